"""Checks an evidence pack with nothing but the pack: `python -I verify.py PACK.zip`.

It needs Python 3.9 or newer and its standard library. It looks whether every file is the one the
manifest names, whether the zip holds nothing else, whether each record gives the link it claims,
and whether the sums agree. Each fault is a line that names its file; the exit status is 1 then.

A pack shows that it is whole, not who made it: compare its SHA-256, which is printed, with the
one that the centre tells, and take this program from a centre you trust.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

EPOCH = (1980, 1, 1, 0, 0, 0)
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
CHAINS = ("moves.jsonl", "usage.jsonl", "charges.jsonl", "entries.jsonl")
MICRO = 1_000_000


def packed(files: Mapping[str, bytes]) -> bytes:
    """The one zip that holds these files: same files, same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return whole.getvalue()


def faults(raw: bytes) -> list[str]:
    """Every fault of a pack's bytes, one sentence each, the file's name first."""
    place = "the zip itself"
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        names, files = archive.namelist(), dict[str, bytes]()
        for place in names:
            files[place] = archive.read(place)
    except Exception as error:  # noqa: BLE001  a damaged zip breaks in many ways
        return [f"{place}: it cannot be read: {error}"]
    found = list(_of_files(files, names))
    if not found and packed(files) != raw:
        found = ["the zip itself: bytes outside its files are not as they were written"]
    if found:
        return found
    try:
        return [*_of_links(files), *_of_sums(files)]
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        return [f"{MANIFEST}: the pack is not of the form that is expected: {error!r}"]


def _of_files(files: Mapping[str, bytes], names: Sequence[str]) -> Iterator[str]:
    absent = [name for name in (MANIFEST, SEAL) if name not in files]
    if absent:
        yield f"{absent[0]}: it is missing"
        return
    if files[SEAL] != f"{_digest(files[MANIFEST])}\n".encode():
        yield f"{MANIFEST}: it does not give the digest in {SEAL}"
        return
    told = json.loads(files[MANIFEST])["files"]
    for name in sorted({*told, *files} - {MANIFEST, SEAL}):
        if name not in files:
            yield f"{name}: it is missing"
        elif name not in told:
            yield f"{name}: the manifest does not know it"
        elif _digest(files[name]) != told[name]["sha256"]:
            yield f"{name}: its bytes are not those that the manifest names"
    for name in sorted(name for name in files if names.count(name) > 1):
        yield f"{name}: it is in the zip more than once"


def _of_links(files: Mapping[str, bytes]) -> Iterator[str]:
    for name in CHAINS:
        for number, record in enumerate(_lines(files[name]), start=1):
            text = f"{record['previous']}\n{record['body']}".encode()
            if _digest(text) != record["hash"]:
                yield f"{name}: line {number} does not give its link"
            elif json.loads(record["body"])["seq"] != record["seq"]:
                yield f"{name}: line {number} is another record than it says"


def _of_sums(files: Mapping[str, bytes]) -> Iterator[str]:
    voucher, told = json.loads(files["voucher.json"]), json.loads(files[MANIFEST])["totals"]
    totals = {name: Decimal(text) for name, text in told.items()}
    entries, charges = _bodies(files, "entries.jsonl"), _bodies(files, "charges.jsonl")
    held, used = (f"voucher:{voucher['voucher_id']}:{part}" for part in ("held", "used"))
    paid = [each for each in entries if each["account"] == used and each["movement"] == "charge"]
    granted = [each for each in entries if each["account"] == held and each["movement"] == "issue"]
    sums = {
        "granted_yuan": granted,
        "held_yuan": [each for each in entries if each["account"] == held],
        "used_yuan": [each for each in entries if each["account"] == used],
        "paid_of_jobs_yuan": paid,
        "charged_yuan": charges,
    }
    for name, records in sums.items():
        if totals[name] != _sum(records):
            yield f"{MANIFEST}: {name} says {totals[name]}, the records come to {_sum(records)}"
    yield from _of_transactions(entries)
    yield from _of_jobs(files, charges, paid, Decimal(voucher["ratio"]))
    yield from _of_application(files, voucher, totals["granted_yuan"])


def _of_transactions(entries: Sequence[Any]) -> Iterator[str]:
    rests: dict[int, int] = {}
    for entry in entries:
        if entry["job_id"] is not None:
            number = entry["transaction_seq"]
            rests[number] = rests.get(number, 0) + entry["amount"]
    for number in sorted(number for number, rest in rests.items() if rest):
        yield f"entries.jsonl: transaction {number} does not sum to zero"


def _of_jobs(
    files: Mapping[str, bytes],
    charges: Sequence[Any],
    paid: Sequence[Any],
    ratio: Decimal,
) -> Iterator[str]:
    by_job = {charge["job_id"]: charge for charge in charges}
    metered = {record["seq"] for record in _bodies(files, "usage.jsonl")}
    for entry in paid:
        charge = by_job.get(entry["job_id"])
        if charge is None:
            yield f"charges.jsonl: the charge of {entry['job_id']} is missing"
        elif entry["amount"] > charge["amount"] * ratio:
            yield f"entries.jsonl: of {entry['job_id']} more was paid than the ratio"
        elif not metered.issuperset(charge["usage"]):
            yield f"usage.jsonl: usage behind the charge of {entry['job_id']} is missing"


def _of_application(
    files: Mapping[str, bytes], voucher: Mapping[str, Any], granted: Decimal
) -> Iterator[str]:
    application = json.loads(files["application.json"])
    items = application["contract"]["items"]
    scope = [Decimal(item["amount_yuan"]) for item in items if item["kind"] in voucher["scope"]]
    if granted > sum(scope) * Decimal(voucher["ratio"]):
        yield "application.json: more was granted than the ratio of what is in scope"
    text = json.dumps(application, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    moves = _bodies(files, "moves.jsonl")
    if _digest(text.encode()) not in [move["facts"].get("application_sha256") for move in moves]:
        yield "application.json: it is not one that the moves say was submitted"
    if _digest(files["programme.toml"]) != voucher["programme_sha256"]:
        yield "programme.toml: it is not the programme of the voucher"
    if moves[-1]["state"] != voucher["state"]:
        yield "voucher.json: its state is not the one that the last move led to"


def _lines(content: bytes) -> list[Any]:
    return [json.loads(line) for line in content.decode().split("\n") if line]


def _bodies(files: Mapping[str, bytes], name: str) -> list[Any]:
    return [json.loads(record["body"]) for record in _lines(files[name])]


def _sum(records: Sequence[Any]) -> Decimal:
    return Decimal(sum(each["amount"] for each in records)) / MICRO


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(arguments: Sequence[str]) -> int:
    """The command: 0 whole, 1 not, 2 no pack was named."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -I verify.py PACK.zip\n")
        return 2
    raw = Path(arguments[0]).read_bytes()
    found = faults(raw)
    for fault in found:
        sys.stdout.write(f"FAULT {fault}\n")
    sys.stdout.write(f"sha256 {_digest(raw)}\n")
    sys.stdout.write("the pack is not whole\n" if found else "the pack is whole\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
