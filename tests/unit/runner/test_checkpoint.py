from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.runner.checkpoint import Checkpoint, fingerprint

pieces = st.binary(max_size=200)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checkpoint")


@given(first=pieces, second=pieces)
def test_the_next_attempt_finds_what_was_kept_last(
    folder: Path, first: bytes, second: bytes
) -> None:
    mine = Checkpoint(folder, "mine")
    assert mine.keep("state", first)
    assert mine.keep("state", second)
    assert Checkpoint(folder, "mine").find("state") == second
    assert [path.name for path in folder.iterdir()] == ["state"]


@given(piece=pieces, data=st.data())
def test_a_torn_or_rotten_piece_is_absent(folder: Path, piece: bytes, data: st.DataObject) -> None:
    mine = Checkpoint(folder, "mine")
    mine.keep("state", piece)
    whole = (folder / "state").read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    rotten = bytes([whole[place] ^ data.draw(st.integers(1, 255))])
    for spoilt in (whole[:place], whole[:place] + rotten + whole[place + 1 :], whole + rotten):
        (folder / "state").write_bytes(spoilt)
        assert mine.find("state") is None


@given(origin=st.text(max_size=20), name=st.sampled_from(["state", "part"]), piece=pieces)
def test_a_piece_of_another_origin_or_name_is_absent(
    folder: Path, origin: str, name: str, piece: bytes
) -> None:
    mine = Checkpoint(folder, f"{origin} mine")
    mine.keep(name, piece)
    assert Checkpoint(folder, origin).find(name) is None
    (folder / "elsewhere").write_bytes((folder / name).read_bytes())
    assert mine.find("elsewhere") is None
    mine.forget()
    assert list(folder.iterdir()) == []
    assert mine.find(name) is None


def test_a_disk_that_takes_nothing_costs_only_the_checkpoint(tmp_path: Path) -> None:
    lost = Checkpoint(tmp_path / "absent", "mine")
    assert not lost.keep("state", b"all")
    assert lost.find("state") is None
    lost.forget()


def test_a_write_that_fails_leaves_the_earlier_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Checkpoint(tmp_path, "mine")
    mine.keep("state", b"first")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert not mine.keep("state", b"second")
    assert mine.find("state") == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(parameters=st.dictionaries(st.text(max_size=3), values), more=values)
def test_a_fingerprint_tells_values_apart_and_not_their_order(
    parameters: Mapping[str, object], more: object
) -> None:
    turned = dict(reversed(parameters.items()))
    assert fingerprint(parameters, more) == fingerprint(turned, more)
    assert fingerprint([parameters, more]) != fingerprint(parameters, more)
    assert fingerprint({**parameters, "effort": 1}) != fingerprint({**parameters, "effort": 2})


def test_a_fingerprint_reads_files_and_not_their_names(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b'"a,b\\n"')
    other.write_bytes(one.read_bytes())
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one) != fingerprint("a,b\n")
    other.write_bytes(b"a,c\n")
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one, other) != fingerprint(other, one)
