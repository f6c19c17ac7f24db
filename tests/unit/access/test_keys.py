"""Keys: shown once, kept as a hash, known by nobody else."""

from datetime import UTC, datetime

import pytest

from zhisuan.access import key as keys
from zhisuan.access import records
from zhisuan.access.permission import GRANTS, Permission, require
from zhisuan.access.tenant import Caller, Role
from zhisuan.core.errors import Conflict, NotAllowed, NotAuthenticated
from zhisuan.store.database import METADATA, Database

AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "centre.db")
    with opened.write() as connection:
        METADATA.create_all(connection)
    yield opened
    opened.close()


def test_a_key_is_recognised_and_its_text_is_stored_nowhere(database, tmp_path):
    with database.write() as connection:
        tenant = records.add_tenant(connection, "shop", AT)
        made = records.add_key(connection, tenant.tenant_id, Role.MEMBER, AT)
    with database.read() as connection:
        who = records.caller(connection, made.text)
    assert who == Caller(tenant.tenant_id, Role.MEMBER, made.key_id)
    database.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert made.text.encode() not in stored
    assert made.text.rsplit("_", 1)[1].encode() not in stored


@pytest.mark.parametrize("text", ["", "zs_", "zs_abc_def", "x" * 500, "zs_a_b_c", "钥匙", "zs__"])
def test_what_is_no_key_is_not_authenticated(database, text):
    with database.read() as connection, pytest.raises(NotAuthenticated):
        records.caller(connection, text)


def test_the_right_id_with_a_wrong_secret_is_not_authenticated(database):
    with database.write() as connection:
        tenant = records.add_tenant(connection, "shop", AT)
        made = records.add_key(connection, tenant.tenant_id, Role.MEMBER, AT)
        wrong = made.text[:-1] + ("0" if made.text[-1] != "0" else "1")
        with pytest.raises(NotAuthenticated):
            records.caller(connection, wrong)


def test_no_two_keys_are_alike():
    assert len({keys.new_key().text for _ in range(1000)}) == 1000


def test_a_name_is_taken_once(database):
    with database.write() as connection:
        records.add_tenant(connection, "shop", AT)
        with pytest.raises(Conflict, match="shop"):
            records.add_tenant(connection, "shop", AT)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", list(Permission))
def test_a_role_may_do_just_what_it_is_granted(role, permission):
    caller = Caller("ten_1", role, "key")
    if permission in GRANTS[role]:
        require(caller, permission)
    else:
        with pytest.raises(NotAllowed, match=permission):
            require(caller, permission)


def test_an_auditor_can_change_nothing():
    assert GRANTS[Role.AUDITOR] == {Permission.SEE_POOL, Permission.VERIFY}
