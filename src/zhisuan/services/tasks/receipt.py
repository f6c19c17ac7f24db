"""The receipt: one record that links result, algorithm, compute, energy and carbon, and money.

Each block carries the ids to go one step deeper, and each number that was not measured says
so. Composed from records alone, so the same job always has the same receipt.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from zhisuan.algorithms.catalogue import Catalogue
from zhisuan.compute.job import Job
from zhisuan.core.clock import format_instant
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.core.quantities import Quality, worst
from zhisuan.data.dataset import Dataset
from zhisuan.green import records as footprints
from zhisuan.ledger.account import Entry
from zhisuan.ledger.charge import Charge
from zhisuan.ledger.quote import Line
from zhisuan.ledger.usage import UsageRecord
from zhisuan.ledger.voucher.spend import part
from zhisuan.services.centre import Centre
from zhisuan.services.tasks.task import Task

Json = Mapping[str, Any]


def compose(
    centre: Centre,
    connection: Connection,
    job: Job,
    task: Task | None = None,
    dataset: Dataset | None = None,
    result: Json | None = None,
) -> Json:
    """The receipt of a job that has ended; blocks without records say so with None."""
    usage = centre.ledger.usage_of(connection, job.job_id)
    charge = centre.ledger.charge_of(connection, job.job_id)
    entries = centre.ledger.entries_of(connection, job.job_id)
    offer = centre.ledger.get_quote(connection, job.tenant, job.quote_id) if job.quote_id else None
    return {
        "job_id": job.job_id,
        "tenant": job.tenant,
        "state": job.state,
        "reason": job.reason,
        "result": _result(result, task, dataset),
        "algorithm": _algorithm(centre.catalogue, job),
        "compute": _compute(job, usage),
        "energy": _energy(footprints.of_job(connection, job.job_id)),
        "money": None
        if offer is None
        else {
            "quote": {
                "quote_id": offer.quote_id,
                "low_yuan": yuan(offer.quote.low),
                "high_yuan": yuan(offer.quote.high),
            },
            "tariff": f"{offer.quote.tariff}@{offer.quote.tariff_version}",
            **_charge(charge),
            **_split(charge, entries),
            "entries": [
                {
                    "seq": entry.seq,
                    "account": entry.account,
                    "movement": entry.movement,
                    "yuan": yuan(entry.amount),
                }
                for entry in entries
            ],
        },
    }


def yuan(amount: MicroYuan) -> str:
    """An exact amount as JSON carries it."""
    return f"{to_yuan(amount):f}"


def _result(result: Json | None, task: Task | None, dataset: Dataset | None) -> Json | None:
    if task is None or dataset is None:
        return None
    summary = result or {}
    return {
        "task_id": task.task_id,
        "question": {"target": task.question.target, "kind": task.question.kind},
        "dataset": {
            "dataset_id": dataset.id,
            "name": dataset.name,
            "version": dataset.version,
            "sha256": dataset.sha256,
        },
        **{
            name: summary.get(name)
            for name in ("metric", "score", "baseline_score", "usable", "model", "holdout_rows")
        },
    }


def _algorithm(catalogue: Catalogue, job: Job) -> Json:
    algorithm = catalogue.get(job.work.algorithm)
    return {
        "name": job.work.algorithm,
        "version": job.work.version,
        "digest": algorithm.digest if algorithm.card.version == job.work.version else None,
        "licence": algorithm.card.licence,
    }


def _compute(job: Job, usage: Sequence[UsageRecord]) -> Json:
    return {
        "submitted_at": format_instant(job.submitted_at),
        "attempts": [
            {
                "usage_seq": record.seq,
                "attempt": record.attempt,
                "node": record.node,
                "devices": [
                    {
                        "name": device.name,
                        "kind": device.kind,
                        "milli": device.milli,
                        "simulated": device.simulated,
                    }
                    for device in record.devices
                ],
                "cores": record.cpu_milli / 1000,
                "memory_mb": record.memory_mb,
                "started_at": format_instant(record.started_at),
                "ended_at": format_instant(record.ended_at),
                "wall_s": record.wall_s,
                "cpu_s": record.cpu_s,
                "device_seconds": record.device_seconds,
                "peak_memory_mb": record.peak_memory_mb,
                "gap_s": record.gap_s,
                "billable": record.billable,
                "quality": Quality.MEASURED,
            }
            for record in usage
        ],
        "wall_s": sum(record.wall_s for record in usage),
        "cpu_s": sum(record.cpu_s for record in usage),
        "device_seconds": sum(record.device_seconds for record in usage),
    }


def _energy(feet: Sequence[Json]) -> Json | None:
    if not feet:
        return None
    last = feet[-1]
    return {
        "energy_wh": sum(foot["energy_wh"] for foot in feet),
        "energy_low_wh": sum(foot["energy_low_wh"] for foot in feet),
        "energy_high_wh": sum(foot["energy_high_wh"] for foot in feet),
        "energy_quality": worst(*(Quality(foot["energy_quality"]) for foot in feet)),
        "facility_energy_wh": sum(foot["facility_energy_wh"] for foot in feet),
        "pue": last["pue"],
        "pue_quality": last["pue_quality"],
        "carbon_g": sum(foot["carbon_g"] for foot in feet),
        "carbon_quality": worst(*(Quality(foot["carbon_quality"]) for foot in feet)),
        "factor": last["factor"],
        "explanation_zh": last["explanation_zh"],
        "explanation_en": last["explanation_en"],
    }


def _charge(charge: Charge | None) -> Json:
    if charge is None:
        return {"charge_yuan": None, "lines": []}
    return {
        "charge_yuan": yuan(charge.amount),
        "charge_seq": charge.seq,
        "outcome": charge.outcome,
        "factor": str(charge.factor),
        "released_yuan": yuan(charge.released),
        "usage_seq": list(charge.usage),
        "lines": [_line(line) for line in charge.lines],
        "explanation_zh": charge.explanation_zh,
        "explanation_en": charge.explanation_en,
    }


def _split(charge: Charge | None, entries: Sequence[Entry]) -> Json:
    """Who paid the charge when it was settled: the tenant's own money and a voucher."""
    if charge is None:
        return {"own_yuan": None, "voucher": None}
    paid = part(entries)
    if paid is None:
        return {"own_yuan": yuan(charge.amount), "voucher": None}
    return {
        "own_yuan": yuan(MicroYuan(charge.amount - paid[1])),
        "voucher": {"voucher_id": paid[0], "yuan": yuan(paid[1])},
    }


def _line(line: Line) -> Json:
    return {
        "item": line.item,
        "title_zh": line.title("zh"),
        "title_en": line.title("en"),
        "quantity": str(line.quantity),
        "unit": line.unit,
        "price_yuan": yuan(line.price),
        "price_unit": line.price_unit,
        "amount_yuan": yuan(line.amount),
        "charged": line.charged,
        "tariff_version": line.tariff_version,
        "period": line.period,
        "factors": list(line.factors),
    }
