"""An archive: any changed byte is found, and the member it lies in is named."""

import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhisuan.core.errors import TamperFound, WrongInput
from zhisuan.store.archive import members, verified, writing

CONTENTS = {"tables/one.jsonl": b'{"a":1}\n' * 40, "objects/abc": bytes(range(256)) * 9, "e": b""}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "whole.tar"
    with path.open("wb") as file, writing(file) as archive:
        for name, content in CONTENTS.items():
            archive.add(name, content)
        archive.facts["made_by"] = "a test"
    return path


def written(path: Path, content: bytes) -> Path:
    changed = path.with_name("changed.tar")
    changed.write_bytes(content)
    return changed


def test_what_goes_in_comes_out_and_any_tar_reads_it(whole):
    assert {name: content.read() for name, content in members(whole)} == CONTENTS
    manifest = verified(whole)
    assert manifest.facts == {"made_by": "a test"}
    assert [member.name for member in manifest.members] == list(CONTENTS)
    with tarfile.open(whole) as tar:
        assert tar.getnames() == [*CONTENTS, "manifest.json"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_is_found(whole, data):
    content = bytearray(whole.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(TamperFound, match="not what was written"):
        verified(written(whole, bytes(content)))


@pytest.mark.parametrize("name", ["tables/one.jsonl", "objects/abc"])
def test_the_member_it_lies_in_is_named(whole, name):
    with tarfile.open(whole) as tar:
        place = tar.getmember(name).offset_data
    content = bytearray(whole.read_bytes())
    content[place + 3] ^= 4
    with pytest.raises(TamperFound, match=name):
        verified(written(whole, bytes(content)))


@pytest.mark.parametrize("text", [b"a test", b'"facts"', b'"sha256"', b"tables/one.jsonl"])
def test_a_changed_manifest_is_named_and_not_a_member_that_is_whole(whole, text):
    with tarfile.open(whole) as tar:
        found = tar.getmember("manifest.json")
        place = found.offset_data + tar.extractfile(found).read().index(text) + len(text) - 2
    content = bytearray(whole.read_bytes())
    content[place] ^= 1
    with pytest.raises(TamperFound, match=r"manifest\.json"):
        verified(written(whole, bytes(content)))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_cut_or_lengthened_archive_is_found(whole, data):
    content = whole.read_bytes()
    cut = data.draw(st.integers(600, len(content) - 1))
    with pytest.raises(TamperFound):
        verified(written(whole, content[:cut]))
    with pytest.raises(TamperFound):
        verified(written(whole, content + b"x"))


def test_another_file_is_no_archive(tmp_path):
    for content in (b"", b"some text", b"x" * 5000):
        path = tmp_path / "other"
        path.write_bytes(content)
        with pytest.raises(WrongInput, match="no backup"):
            verified(path)
