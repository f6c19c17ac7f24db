"""`zhisuan usage`: what was charged, with hours, energy and carbon."""

from datetime import datetime
from typing import Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


def usage(
    by: Annotated[str, typer.Option(help="day, task, project or algorithm.")] = "day",
    since: Annotated[
        datetime | None, typer.Option(formats=_DATES, help="UTC; 30 days ago if left away.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DATES, help="UTC; now if left away.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """One's own charges over a period, with the hours, energy and carbon behind them."""
    query = {
        name: at and f"{at.isoformat()}Z" for name, at in {"since": since, "until": until}.items()
    }
    with opened(Where(url, key, data)) as door:
        found = door.get("/v1/usage", by=by, **query)
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        (by, "jobs", "charge", "core-hours", "device-hours", "kWh", "gCO2e", "energy is"),
        (
            (
                each["label_en"] or each["key"] or "none",
                each["jobs"],
                f"¥{each['charge_yuan']}",
                screen.told(each["core_hours"]),
                screen.told(each["device_hours"]),
                screen.told(each["energy_kwh"]),
                screen.told(each["carbon_g"]),
                each["energy_quality"],
            )
            for each in [*found["items"], {**found["total"], "label_en": "total"}]
        ),
        "Nothing was settled in that time.",
    )
