"""`zhisuan invoice`: list, show; for an operator close a month."""

from pathlib import Path
from typing import Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.account import take
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Url

app = typer.Typer(help="Invoices: closed months.", no_args_is_help=True)


@app.command("list")
def list_(
    month: Annotated[str | None, typer.Option(help="Only of this month, such as 2026-03.")] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Invoices, newest first."""
    with opened(Where(url, key, data)) as door:
        found = list(door.pages("/v1/invoices", limit, month=month))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("number", "month", "tenant", "due"),
        (
            (each["number"], each["month"], each["tenant_name"], each["total_yuan"])
            for each in found
        ),
        "No month was closed yet; see this one with: zhisuan account statement",
    )


@app.command("show")
def show(
    number: Annotated[int, typer.Argument(help="As `zhisuan invoice list` shows it.")],
    form: Annotated[str, typer.Option(help="csv, html or pdf.")] = "html",
    language: Annotated[str, typer.Option(help="zh or en.")] = "en",
    to: Annotated[Path | None, typer.Option("--to", help="Write it into this file.")] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """One invoice; with --to as a table, a page or a PDF."""
    with opened(Where(url, key, data)) as door:
        take(door, f"/v1/invoices/{number}", {}, form, language, to, as_json=as_json)


@app.command("close")
def close(
    month: Annotated[str, typer.Argument(help="Such as 2026-03; it must be over.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Close a month: make every tenant's invoice. Doing so again changes nothing."""
    with opened(Where(url, key, data), operator=True) as door:
        found = door.post("/v1/invoices", {"month": month})
    if as_json:
        screen.show_json(found)
        return
    screen.show(f"{month}: {len(found['invoices'])} invoices.")
