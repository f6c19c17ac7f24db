"""`zhisuan utilisation`: the five rates of the pool, with what each is."""

from datetime import datetime
from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
_Since = Annotated[
    datetime | None, typer.Option(formats=_DATES, help="UTC; 30 days ago if left away.")
]
_Until = Annotated[datetime | None, typer.Option(formats=_DATES, help="UTC; now if left away.")]


def utilisation(
    since: _Since = None,
    until: _Until = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="The intervals the rates are counted from, as JSON.")
    ] = False,
    by: Annotated[
        str | None, typer.Option(help="Hours by kind, node, hour or tenant instead of rates.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """How well the pool is used: available, allocated, sold, busy, effective."""
    query = {
        name: at and f"{at.isoformat()}Z" for name, at in {"since": since, "until": until}.items()
    }
    with opened(Where(url, key, data), operator=True) as door:
        path = "/v1/utilisation/records" if raw else "/v1/utilisation"
        if by is not None:
            path, query = "/v1/utilisation/breakdown", {**query, "by": by}
        found = door.get(path, **query)
    if as_json or raw:
        screen.show_json(found)
        return
    screen.show(f"{found['since'][:16]} to {found['until'][:16]} UTC")
    if by is not None:
        _show_hours(found["rows"])
        return
    screen.show_table(
        ("supply", "rate", "value", "what it is", "from"),
        (
            (
                kind["kind"],
                f"{rate['code']} {rate['name_en']}",
                "–" if rate["value"] is None else f"{rate['value']:.1%}",
                rate["note_en"] or rate["formula_en"],
                rate["quality"],
            )
            for kind in found["kinds"]
            for rate in kind["rates"]
        ),
        "Nothing was there in that time.",
    )
    screen.show(
        f"  This centre calls {found['application_level']} its application level (应用水平)."
    )


def _show_hours(rows: list[dict[str, Any]]) -> None:
    measures = ("available", "allocated", "billable", "busy")
    screen.show_table(
        ("what", "supply", *(f"{each} h" for each in measures)),
        (
            (
                row["name"] or row["kind"],
                f"{row['kind']}{' (simulated)' if row['simulated'] else ''}",
                *("–" if row[each] is None else f"{row[each]:,.2f}" for each in measures),
            )
            for row in rows
        ),
        "Nothing was there in that time.",
    )
