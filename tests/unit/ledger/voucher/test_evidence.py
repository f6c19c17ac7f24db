"""The evidence pack: it checks with nothing but itself, and shows whatever was changed."""

import io
import json
import subprocess
import sys
import zipfile
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhisuan.ledger.voucher.evidence import faults, pack
from zhisuan.ledger.voucher.pack_verify import MANIFEST, SEAL, packed
from zhisuan.ledger.voucher.voucher import Move


def packed_up(bureau, voucher_id):
    with bureau.database.read() as connection:
        return pack(connection, bureau.get(voucher_id))


@pytest.fixture(scope="module")
def story(open_bureau):
    """A bureau, and a voucher that went the whole way, among others."""
    bureau = open_bureau()
    made = bureau.bound()
    for _ in range(3):
        bureau.settled()
        bureau.bound(number=f"other {next(bureau.numbers)}", firm=f"F{next(bureau.numbers)}")
    bureau.do(made.voucher_id, Move.CLOSE)
    bureau.do(made.voucher_id, Move.REQUEST, documents=bureau.papers("1"))
    bureau.do(made.voucher_id, Move.VERIFY)
    bureau.do(made.voucher_id, Move.PAY, note="slip 7")
    return bureau, made.voucher_id


@pytest.fixture(scope="module")
def whole(story):
    return packed_up(*story)


def files_of(raw):
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sealed(files):
    """The files with a manifest and a seal that fit them, as a forger would make them."""
    manifest = json.loads(files[MANIFEST])
    manifest["files"] = {
        name: {"bytes": len(each), "sha256": sha256(each).hexdigest()}
        for name, each in files.items()
        if name not in (MANIFEST, SEAL)
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    return packed(files | {MANIFEST: text, SEAL: f"{sha256(text).hexdigest()}\n".encode()})


def test_a_pack_is_whole_and_the_same_each_time(story, whole):
    assert faults(whole) == []
    assert packed_up(*story) == whole
    manifest = json.loads(files_of(whole)[MANIFEST])
    assert manifest["totals"] == {
        "granted_yuan": "600000.000000",
        "held_yuan": "0.000000",
        "used_yuan": "0.000000",
        "paid_of_jobs_yuan": "0.039000",
        "charged_yuan": "0.195000",
    }


def test_it_checks_itself_in_a_bare_python(whole, tmp_path):
    (tmp_path / "pack.zip").write_bytes(whole)
    (tmp_path / "verify.py").write_bytes(files_of(whole)["verify.py"])
    command = [sys.executable, "-I", "-S", "verify.py", "pack.zip"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
    assert sha256(whole).hexdigest() in said.stdout


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found_and_its_file_is_named(whole, data):
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.integers(1, 255))
    found = faults(bytes(changed))
    assert found
    name = next((name for name, span in spans(whole).items() if place in span), None)
    if name is not None:
        assert name in found[0]


def spans(raw):
    """Where the content of each file lies."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {
            each.filename: range(
                each.header_offset + 30 + len(each.filename),
                each.header_offset + 30 + len(each.filename) + each.file_size,
            )
            for each in archive.infolist()
        }


def without_one(text, word):
    lines = text.decode().split("\n")
    gone = next(line for line in lines if word in line)
    return "\n".join(line for line in lines if line != gone).encode()


FORGED = {
    "entries.jsonl": lambda files: without_one(files["entries.jsonl"], '\\"charge\\"'),
    "charges.jsonl": lambda _files: b"",
    "usage.jsonl": lambda _files: b"",
    "application.json": lambda files: files["application.json"].replace(b"3000000", b"3000001"),
    "voucher.json": lambda files: files["voucher.json"].replace(b'"paid"', b'"verified"'),
    "programme.toml": lambda files: files["programme.toml"].replace(b"0.20", b"0.30"),
    "moves.jsonl": lambda files: files["moves.jsonl"].replace(b"slip 7", b"slip 8"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forger_who_seals_anew_still_has_to_make_everything_agree(whole, name):
    files = files_of(whole)
    found = faults(sealed(files | {name: FORGED[name](files)}))
    assert found
    assert name in " ".join(found) or MANIFEST in " ".join(found)


def test_a_file_that_is_gone_or_too_many_is_named(whole):
    files = files_of(whole)
    gone = {name: each for name, each in files.items() if name != "usage.jsonl"}
    assert faults(packed(gone)) == ["usage.jsonl: it is missing"]
    assert faults(packed(files | {"more.txt": b""})) == ["more.txt: the manifest does not know it"]
    assert faults(b"no zip at all")[0].startswith("the zip itself")


def test_a_draft_has_a_pack_too(bureau):
    made = bureau.draft()
    raw = packed_up(bureau, made.voucher_id)
    assert faults(raw) == []
    assert files_of(raw)["charges.jsonl"] == b""
