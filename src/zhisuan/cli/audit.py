"""`zhisuan audit list`: who changed what, of every tenant."""

import json
from typing import Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Url

app = typer.Typer(help="The audit: who changed what.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Who changed what; `zhisuan ledger verify` says whether the records are whole."""


@app.command("list")
def list_(
    actor: Annotated[str | None, typer.Option(help="A key's or member's id.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Whose people changed it: ten_….")] = None,
    action: Annotated[str | None, typer.Option(help="Such as key.made.")] = None,
    subject: Annotated[str | None, typer.Option(help="What was changed.")] = None,
    since: Annotated[str | None, typer.Option(help="From then on, such as 2027-01-31T00:00Z.")] = (
        None
    ),
    until: Annotated[str | None, typer.Option(help="Before then.")] = None,
    limit: Limit = 50,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Changes, newest first. Needs an operator's or auditor's key."""
    asked = {
        "actor": actor,
        "tenant": tenant,
        "action": action,
        "subject": subject,
        "since": since,
        "until": until,
    }
    with opened(Where(url, key, data), operator=True) as door:
        found = list(door.pages("/v1/audit", limit, **asked))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("number", "when", "who", "what", "of", "before", "after"),
        (
            (
                each["seq"],
                each["at"][:19],
                each["actor"],
                each["action"],
                each["subject"],
                _short(each["before"]),
                _short(each["after"]),
            )
            for each in found
        ),
        "Nothing was changed.",
    )


def _short(facts: dict[str, object] | None) -> str:
    return "" if facts is None else json.dumps(facts, ensure_ascii=False)
