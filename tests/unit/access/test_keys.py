"""Keys: shown once, kept as a hash, known by nobody else."""

from datetime import UTC, datetime, timedelta

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
        who = records.caller(connection, made.text, AT)
    assert who == Caller(tenant.tenant_id, Role.MEMBER, made.key_id)
    database.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert made.text.encode() not in stored
    assert made.text.rsplit("_", 1)[1].encode() not in stored


@pytest.mark.parametrize("text", ["", "zs_", "zs_abc_def", "x" * 500, "zs_a_b_c", "钥匙", "zs__"])
def test_what_is_no_key_is_not_authenticated(database, text):
    with database.read() as connection, pytest.raises(NotAuthenticated):
        records.caller(connection, text, AT)


def test_the_right_id_with_a_wrong_secret_is_not_authenticated(database):
    with database.write() as connection:
        tenant = records.add_tenant(connection, "shop", AT)
        made = records.add_key(connection, tenant.tenant_id, Role.MEMBER, AT)
        wrong = made.text[:-1] + ("0" if made.text[-1] != "0" else "1")
        with pytest.raises(NotAuthenticated):
            records.caller(connection, wrong, AT)


def test_a_key_that_is_no_good_costs_the_same_whatever_is_wrong_with_it(database, monkeypatch):
    """Statements and comparisons are counted: a wall clock would only guess."""
    at = AT
    with database.write() as connection:
        tenant = records.add_tenant(connection, "shop", at).tenant_id
        good, revoked, expired, rotated = (
            records.add_key(
                connection, tenant, Role.MEMBER, at, expires_at=at if name == "expired" else None
            )
            for name in ("good", "revoked", "expired", "rotated")
        )
        records.revoke_key(connection, revoked.key_id, at)
        before = records.key(connection, tenant, rotated.key_id)
        records.rotate_key(connection, before, at - timedelta(seconds=1))
    counted = []
    compare = keys.hmac.compare_digest
    monkeypatch.setattr(
        keys.hmac, "compare_digest", lambda one, two: counted.append("compare") or compare(one, two)
    )
    wrong = good.text[:-1] + ("0" if good.text[-1] != "0" else "1")
    elsewhere = keys.new_key().text
    costs = {}
    for name, text in {
        "no key": "hello",
        "of another centre": elsewhere,
        "wrong secret": wrong,
        "revoked": revoked.text,
        "expired": expired.text,
        "rotated away": rotated.text,
    }.items():
        with database.read() as connection:
            connection.connection.driver_connection.set_trace_callback(
                lambda statement: counted.append(statement.partition("WHERE")[0])
            )
            counted.clear()
            with pytest.raises(NotAuthenticated) as refused:
                records.caller(connection, text, at)
            costs[name] = (tuple(counted), refused.value.message, refused.value.hint)
            connection.connection.driver_connection.set_trace_callback(None)
    assert len(set(costs.values())) == 1, costs
    cost, *_ = costs["no key"]
    assert cost.count("compare") == 2
    assert len(cost) == 3


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
    seeing = {Permission.SEE_POOL, Permission.SEE_JOBS, Permission.SEE_RECORDS}
    assert GRANTS[Role.AUDITOR] == seeing | {Permission.VERIFY, Permission.SEE_AUDIT}
