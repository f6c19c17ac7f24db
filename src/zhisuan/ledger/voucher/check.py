"""Whether vouchers stand as their moves say, and programmes read as they were added.

The chain of moves is walked like every chain of the ledger; here the rows beside it, which change,
are compared with it.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from zhisuan.core.chain import canonical
from zhisuan.core.money import from_yuan
from zhisuan.ledger.voucher.tables import MOVE, PROGRAMME, VOUCHER


def differences(connection: Connection) -> Iterator[tuple[str, str]]:
    """What is not as it was written: the id of a voucher or programme, and what differs."""
    told = _told(connection)
    for row in connection.execute(select(VOUCHER).order_by(VOUCHER.c.voucher_id)).mappings():
        moves = told.pop(row["voucher_id"], {})
        said = {
            "state": row["state"],
            "tenant": row["tenant"],
            "granted": row["granted"],
            "application_sha256": _digest(row["application"]),
        }
        for name, value in said.items():
            if moves.get(name) != value:
                yield row["voucher_id"], f"its {name} is {value}, its moves say {moves.get(name)}"
    for voucher_id in told:
        yield voucher_id, "it has moves and is not there"
    for row in connection.execute(select(PROGRAMME)):
        if sha256(row.text.encode()).hexdigest() != row.digest:
            yield row.programme_id, "its text does not give its digest"


def _told(connection: Connection) -> dict[str, dict[str, Any]]:
    """What the moves of each voucher come to."""
    told: dict[str, dict[str, Any]] = {}
    rows = connection.execute(select(MOVE.c.body).order_by(MOVE.c.seq)).scalars()
    for move in map(json.loads, rows):
        facts = move["facts"]
        if move["move"] == "draft":
            told[move["voucher_id"]] = {"tenant": move["tenant"], "granted": 0}
        standing = told[move["voucher_id"]]
        standing["state"] = move["state"]
        if "application_sha256" in facts:
            standing["application_sha256"] = facts["application_sha256"]
        if "granted_yuan" in facts:
            standing["granted"] = from_yuan(facts["granted_yuan"])
    return told


def _digest(application: str) -> str:
    try:
        return sha256(canonical(json.loads(application))).hexdigest()
    except ValueError:
        return "no JSON"
