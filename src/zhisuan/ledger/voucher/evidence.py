"""The evidence pack: one zip that shows where each yuan of a voucher went.

It holds the programme's text, the application, how the voucher stands, the papers of the
redemption, every move, and the usage records, charges and entries behind it with their links, so
that nothing else is needed to check it. The program that checks it is inside (`verify.py`). The
same voucher gives the same bytes, so a centre can be asked again and the digests compared.
"""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, or_

from zhisuan.core.clock import format_instant
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.ledger.account import voucher_held, voucher_owed, voucher_used
from zhisuan.ledger.tables import CHARGE, ENTRY, USAGE
from zhisuan.ledger.voucher import records
from zhisuan.ledger.voucher.application import application_json, documents_json
from zhisuan.ledger.voucher.pack_verify import MANIFEST, SEAL, faults, packed
from zhisuan.ledger.voucher.records import KeptProgramme, Linked
from zhisuan.ledger.voucher.tables import MOVE
from zhisuan.ledger.voucher.voucher import Voucher

__all__ = ["faults", "pack"]

FORMAT = 1
"""Raised when a file of the pack changes its form."""


def pack(connection: Connection, voucher: Voucher) -> bytes:
    """The evidence pack of a voucher as it stands."""
    kept = records.programme(connection, voucher.programme_id)
    jobs = list(records.jobs_paid(connection, voucher.voucher_id))
    used, held = voucher_used(voucher.voucher_id), voucher_held(voucher.voucher_id)
    accounts = [used, held, voucher_owed(voucher.voucher_id)]
    mine = records.linked(connection, MOVE, MOVE.c.voucher_id == voucher.voucher_id)
    usage = records.linked(connection, USAGE, USAGE.c.job_id.in_(jobs))
    charges = records.linked(connection, CHARGE, CHARGE.c.job_id.in_(jobs))
    about = or_(ENTRY.c.account.in_(accounts), ENTRY.c.job_id.in_(jobs))
    entries = records.linked(connection, ENTRY, about)
    content = {
        "programme.toml": kept.programme.text.encode(),
        "application.json": _json(application_json(voucher.application)),
        "voucher.json": _json(_standing(kept, voucher)),
        "redemption.json": _json(_redemption(voucher)),
        "moves.jsonl": _lines(mine),
        "usage.jsonl": _lines(usage),
        "charges.jsonl": _lines(charges),
        "entries.jsonl": _lines(entries),
        "verify.py": _verifier(),
        "README.txt": _README.encode(),
    }
    manifest = {
        "format": FORMAT,
        "voucher_id": voucher.voucher_id,
        "as_of": format_instant(voucher.changed_at),
        "totals": _totals(entries, charges, held, used),
        "files": {
            name: {"bytes": len(each), "sha256": sha256(each).hexdigest()}
            for name, each in sorted(content.items())
        },
    }
    content[MANIFEST] = _json(manifest)
    content[SEAL] = f"{sha256(content[MANIFEST]).hexdigest()}\n".encode()
    return packed(content)


def _standing(kept: KeptProgramme, voucher: Voucher) -> dict[str, Any]:
    ratio = kept.programme.ratio_for(voucher.application.contract.supply)
    return {
        "voucher_id": voucher.voucher_id,
        "programme_id": kept.programme_id,
        "programme_sha256": kept.programme.digest,
        "tenant": voucher.tenant,
        "state": voucher.state.value,
        "ratio": str(ratio or Decimal(0)),
        "scope": sorted(kind.value for kind in kept.programme.scope.items),
        "created_at": format_instant(voucher.created_at),
        "expires_at": voucher.expires_at and format_instant(voucher.expires_at),
        "bound_at": voucher.bound_at and format_instant(voucher.bound_at),
        "granted_yuan": _yuan(voucher.granted),
        "given_back_yuan": _yuan(voucher.given_back),
    }


def _redemption(voucher: Voucher) -> dict[str, Any]:
    return {
        "year": voucher.redeem_year,
        "redeemed_yuan": _yuan(voucher.redeemed),
        "papers": documents_json(voucher.papers),
    }


def _totals(
    entries: Sequence[Linked], charges: Sequence[Linked], held: str, used: str
) -> dict[str, str]:
    said = [json.loads(each.body) for each in entries]

    def total(account: str, movement: str | None = None) -> str:
        return _yuan(
            sum(
                each["amount"]
                for each in said
                if each["account"] == account and movement in (None, each["movement"])
            )
        )

    return {
        "granted_yuan": total(held, "issue"),
        "held_yuan": total(held),
        "used_yuan": total(used),
        "paid_of_jobs_yuan": total(used, "charge"),
        "charged_yuan": _yuan(sum(json.loads(each.body)["amount"] for each in charges)),
    }


def _lines(records_: Iterable[Linked]) -> bytes:
    return b"".join(
        json.dumps(
            {"seq": each.seq, "previous": each.previous, "hash": each.hash, "body": each.body},
            ensure_ascii=False,
        ).encode()
        + b"\n"
        for each in records_
    )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _yuan(amount: int) -> str:
    return f"{to_yuan(MicroYuan(amount)):f}"


def _verifier() -> bytes:
    return files("zhisuan.ledger.voucher").joinpath("pack_verify.py").read_bytes()


_README = """\
算力券证据包 · Evidence pack of a compute voucher

检查 / To check it, with Python alone:

    python3 -m zipfile -e PACK.zip pack
    python3 -I pack/verify.py PACK.zip

manifest.json     每个文件的摘要与合计 / the digest of each file, and totals
manifest.sha256   清单的摘要 / the digest of the manifest
programme.toml    计划的规则原文 / the rules of the programme, word for word
application.json  申请与合同 / the application and its contract
voucher.json      算力券现状 / how the voucher stands
redemption.json   发票与交付凭证 / invoices and delivery records
moves.jsonl       每一步：何人、何时 / each move: who, when
usage.jsonl       用量记录 / usage records of the jobs it paid for
charges.jsonl     费用 / their charges
entries.jsonl     分录，整数微元 / entries of the accounts, integer micro-yuan

每行记录的链接 = SHA-256（前一链接、换行、body）。
The link of a record is SHA-256 over the link before it, a line break and its body.
"""
