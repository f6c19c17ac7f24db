"""Follow one yuan: from a receipt to the records behind it, and on to the invoice.

Every step names the next one by its place: lines of the charge name the tariff's version and are
found in its text, the charge names its usage records and its transaction, and all of them stand in
hash chains whose links are told, so that anyone can look each of them up.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from zhisuan.compute.job import Job
from zhisuan.core.clock import Instant
from zhisuan.core.errors import Conflict
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.ledger import records as ledger
from zhisuan.ledger.account import Entry
from zhisuan.ledger.charge import Charge
from zhisuan.ledger.invoicing import records as invoicing
from zhisuan.ledger.line import Line
from zhisuan.services.centre import Centre

Json = dict[str, Any]

_TABLES: Mapping[str, str] = {
    "core": "core_hour",
    "memory": "memory_gb_hour",
    "device": "device_hour",
    "bundle": "bundle_hour",
    "energy": "energy_kwh",
    "storage": "storage_gb_month",
    "tokens": "thousand_tokens",
    "calls": "call",
    "pieces": "piece",
}
"""By item of a line, the table of a tariff file that has its price."""


def follow(centre: Centre, connection: Connection, job: Job) -> Json:
    """The way of a job's money, step by step.

    Raises:
        Conflict: the job is not settled yet.
    """
    charge = centre.ledger.charge_of(connection, job.job_id)
    if charge is None:
        raise Conflict(
            f"The job {job.job_id} is {job.state}; nothing was charged yet.",
            hint="Ask again when it has ended.",
        )
    entries = centre.ledger.entries_of(connection, job.job_id)
    links = ledger.links(connection, "usage", charge.usage)
    paid = [entry for entry in entries if entry.transaction_seq == charge.transaction_seq]
    return {
        "job_id": job.job_id,
        "lines": [_line(centre, line) for line in charge.lines],
        "usage": [
            {**record.body(), "hash": links[record.seq]}
            for record in centre.ledger.usage_of(connection, job.job_id)
        ],
        "charge": _charge(charge, ledger.links(connection, "charge", [charge.seq])[charge.seq]),
        "entries": _entries(entries, ledger.links(connection, "entry", [e.seq for e in entries])),
        "paid_sum_micro_yuan": sum(entry.amount for entry in paid),
        "invoice": _invoice(centre, connection, charge.tenant, charge.settled_at, job.job_id),
    }


def tariff_line(text: str, item: str) -> tuple[int, str]:
    """Where a tariff file has the price of an item: the number of the line, from 1, and the line.

    Args:
        text: of the file.
        item: of a line of a charge, such as `device:gpu-80g`.

    Returns:
        `(0, "")` where the file has it in a way of its own.
    """
    kind, _, name = item.partition(":")
    table = _TABLES.get(kind, kind)
    family = name.partition("-")[0]
    wanted = [f"{table}.{each}" for each in (name, family, "other") if each] + [table]
    lines = text.splitlines()
    for heading in wanted:
        pattern = re.compile(rf"\s*\[+\s*{re.escape(heading)}\s*\]|\s*{re.escape(heading)}\s*=")
        for number, line in enumerate(lines, start=1):
            if pattern.match(line.replace('"', "")):
                return number, line.strip()
    return 0, ""


def _line(centre: Centre, line: Line) -> Json:
    version = line.tariff_version
    number, text = tariff_line(centre.ledger.tariffs.book.version(version).text, line.item)
    return {
        **line.as_json(),
        "title_zh": line.title("zh"),
        "title_en": line.title("en"),
        "price_yuan": str(to_yuan(line.price)),
        "amount_yuan": str(to_yuan(line.amount)),
        "tariff_file_line": number,
        "tariff_file_text": text,
    }


def _charge(charge: Charge, link: str) -> Json:
    return {
        "seq": charge.seq,
        "hash": link,
        "metered_yuan": str(to_yuan(charge.metered)),
        "outcome": charge.outcome,
        "factor": str(charge.factor),
        "held_yuan": str(to_yuan(charge.held)),
        "amount_yuan": str(to_yuan(charge.amount)),
        "waived_yuan": str(to_yuan(charge.waived)),
        "usage_seq": list(charge.usage),
        "transaction_seq": charge.transaction_seq,
        "explanation_zh": charge.explanation_zh,
        "explanation_en": charge.explanation_en,
    }


def _entries(entries: tuple[Entry, ...], links: Mapping[int, str]) -> list[Json]:
    return [
        {**entry.body(), "yuan": str(to_yuan(MicroYuan(entry.amount))), "hash": links[entry.seq]}
        for entry in entries
    ]


def _invoice(
    centre: Centre, connection: Connection, tenant: str, settled_at: Instant, job_id: str
) -> Json:
    """The invoice that the job stands on; its month alone while that is open."""
    month = centre.ledger.tariff.calendar.month(settled_at)
    for made in invoicing.page(connection, tenant, month=month, limit=1):
        places = [place for place, item in enumerate(made.items, 1) if item.job_id == job_id]
        if places:
            return {
                "month": month,
                "number": made.number,
                "item": places[0],
                "total_yuan": str(to_yuan(made.total)),
                "digest": made.digest,
            }
    return {"month": month, "number": None, "item": None, "total_yuan": None, "digest": None}
