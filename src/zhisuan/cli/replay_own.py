"""`zhisuan replay own`: the centre's own history under another policy or on another pool."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url
from zhisuan.core.errors import WrongInput

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]

_FIGURES = {
    "jobs": ("jobs", ""),
    "average_wait_s": ("average wait", "s"),
    "p99_wait_s": ("99th percentile of waits", "s"),
    "bounded_slowdown": ("bounded slowdown", ""),
    "utilisation": ("utilisation", "of 1"),
    "makespan_s": ("makespan", "s"),
    "jain_fairness": ("fairness between tenants (Jain)", "of 1"),
    "preemptions": ("preemptions", ""),
    "never_started": ("jobs that could never start", ""),
}

_COLUMNS = {
    "lived": "as it was (measured)",
    "today": "today's rules (simulated)",
    "changed": "changed (simulated)",
}


def own(
    policy: Annotated[
        Path | None, typer.Option(help="A policy file to try; today's if left away.")
    ] = None,
    pool: Annotated[Path | None, typer.Option(help="A pool file to try.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=_DATES, help="Jobs from then on, UTC; 30 days ago if left away."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DATES, help="Jobs that ended before then, UTC.")
    ] = None,
    retrace: Annotated[
        bool, typer.Option("--retrace", help="Ask the scheduler again at every turn of that time.")
    ] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """What if: this centre's own jobs under other rules or on another pool.

    Nothing is changed. The jobs really ran; how they would have queued is simulated by the very
    scheduler that queued them. Needs an operator's key.
    """
    asked: dict[str, Any] = {
        "policy": _text(policy),
        "pool": _text(pool),
        "since": _instant(since),
        "until": _instant(until),
        "retrace": retrace,
    }
    with opened(Where(url, key, data), operator=True) as door:
        told = door.post("/v1/replays", asked)
    if as_json:
        screen.show_json(told)
        return
    if told["agreement"]:
        starts, agreed = told["agreement"]["starts"], told["agreement"]["agreed"]
        screen.show(f"Asked again, the scheduler decides {agreed:,} of {starts:,} starts the same.")
    columns = [name for name in _COLUMNS if told[name] is not None]
    rows = [
        (*_FIGURES[figure], *(screen.told(told[name][figure]) for name in columns))
        for figure in _FIGURES
    ]
    headings = ("figure", "unit", *(_COLUMNS[name] for name in columns))
    screen.show_table(headings, rows if told["lived"]["jobs"] else (), "No job ended in that time.")


def _text(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInput(f"{file} cannot be read as text.", hint="Name a TOML file.") from error


def _instant(given: datetime | None) -> str | None:
    return None if given is None else given.replace(tzinfo=UTC).isoformat()
