"""Bring: a table becomes a dataset, with its progress told to whoever follows."""

import time
from collections.abc import Iterable
from pathlib import Path

from zhisuan.data.dataset import Dataset
from zhisuan.services import records
from zhisuan.services.centre import Centre
from zhisuan.services.events import Event

_TELL_EVERY_S = 0.5


def bring(
    centre: Centre,
    tenant: str,
    name: str,
    source: Path | Iterable[bytes],
    filename: str,
    request: str,
) -> Dataset:
    """Register a table.

    Args:
        centre: where.
        tenant: whose it becomes.
        name: of the dataset; the same name with other bytes is its next version.
        source: a file on this machine, or the bytes of one as they come.
        filename: as its owner calls the file.
        request: the caller's name for this call; progress events carry it.

    Raises:
        DataError: the table cannot be used; nothing is left behind.
    """
    told = 0.0

    def progress(stage: str, fraction: float) -> None:
        nonlocal told
        if time.monotonic() - told < _TELL_EVERY_S:
            return
        told = time.monotonic()
        facts = {"stage": stage, "fraction": round(fraction, 3)}
        _tell(centre, Event(tenant, "dataset.progress", request, facts, centre.clock.now()))

    dataset = centre.shelf.add(
        tenant, name, source, filename=filename, limits=centre.limits, progress=progress
    )
    facts = {"name": dataset.name, "version": dataset.version, "request": request}
    _tell(
        centre,
        Event(tenant, "dataset.ready", dataset.id, facts, centre.clock.now()),
    )
    return dataset


def _tell(centre: Centre, event: Event) -> None:
    with centre.database.write() as connection:
        records.append_events(connection, [event])
    centre.news.ring()
