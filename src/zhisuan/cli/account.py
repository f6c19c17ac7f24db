"""`zhisuan account`: show, statement, budget; for an operator deposit, credit, sla."""

from pathlib import Path
from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Door, Where, opened
from zhisuan.cli.options import Data, Json, Key, Tenant, Url

app = typer.Typer(help="Accounts: what may be spent, budgets, money paid in.", no_args_is_help=True)

_Yuan = Annotated[str, typer.Argument(help="An amount in yuan, such as 12.50.")]
_Whose = Annotated[str, typer.Argument(help="ten_…, as `zhisuan tenant list` shows it.")]
_Month = Annotated[str, typer.Option(help="Such as 2026-03; this month if left away.")]
_Form = Annotated[str, typer.Option(help="csv, html or pdf.")]
_Language = Annotated[str, typer.Option(help="zh or en.")]
_To = Annotated[Path | None, typer.Option("--to", help="Write it into this file.")]


@app.command("show")
def show(
    tenant: Tenant = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """What may be spent, what is held, budgets, and how the account stands."""
    with opened(Where(url, key, data), operator=tenant is not None) as door:
        found = door.get("/v1/account" if tenant is None else f"/v1/tenants/{tenant}/account")
    _show(found, as_json=as_json)


@app.command("statement")
def statement(
    month: _Month = "",
    form: _Form = "html",
    language: _Language = "en",
    to: _To = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """One's month as it stands, before it is closed."""
    with opened(Where(url, key, data)) as door:
        take(door, "/v1/statement", {"month": month or None}, form, language, to, as_json=as_json)


@app.command("budget")
def budget(
    yuan: Annotated[str, typer.Argument(help="The most in a month; `none` takes it away.")],
    project: Annotated[str, typer.Option(help="Of this project; else of the whole tenant.")] = "",
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Limit what may be spent in a month; work that could pass it is refused."""
    body = {"project": project, "month_yuan": None if yuan == "none" else yuan}
    with opened(Where(url, key, data)) as door:
        _show(door.post("/v1/budgets", body), as_json=as_json)


@app.command("deposit")
def deposit(
    tenant: _Whose,
    yuan: _Yuan,
    note: Annotated[str, typer.Option(help="By what paper, such as a transfer's number.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Enter money that a tenant paid."""
    with opened(Where(url, key, data), operator=True) as door:
        found = door.post(f"/v1/tenants/{tenant}/deposits", {"yuan": yuan, "note": note})
    _show(found, as_json=as_json)


@app.command("credit")
def credit(
    tenant: _Whose,
    yuan: _Yuan,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Let a tenant pay afterwards, up to so much; 0 asks for money first."""
    with opened(Where(url, key, data), operator=True) as door:
        _show(door.post(f"/v1/tenants/{tenant}/credit", {"yuan": yuan}), as_json=as_json)


@app.command("sla")
def sla(
    month: Annotated[str, typer.Argument(help="Such as 2026-03; it must be over.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Credit every tenant for a month in which availability was less than promised."""
    with opened(Where(url, key, data), operator=True) as door:
        found = door.post("/v1/credits", {"month": month})
    if as_json:
        screen.show_json(found)
        return
    screen.show(
        f"{month}: availability {float(found['availability']):.4%}, promised "
        f"{float(found['target']):.3%}; {found['bad_minutes']:.1f} bad minutes."
    )
    screen.show_table(
        ("tenant", "credited"),
        [(tenant, f"¥{yuan}") for tenant, yuan in found["credited_yuan"].items()],
        "Nothing is owed.",
    )


def take(
    door: Door,
    path: str,
    query: dict[str, Any],
    form: str,
    language: str,
    to: Path | None,
    *,
    as_json: bool,
) -> None:
    """Show an invoice's sums, or write it into a file in one of its forms."""
    if to is not None:
        answer = door.ask("GET", path, query={**query, "form": form, "language": language})
        to.write_bytes(answer.content)
        screen.show(f"Written: {to}")
        return
    found = door.get(path, **query)
    if as_json:
        screen.show_json(found)
        return
    number = f"invoice {found['number']}" if found["number"] else "the month is still open"
    screen.show(f"[bold]{found['tenant_name']}[/] {found['month']}: {number}")
    screen.show_table(
        ("job", "project", "charged", "voucher", "waived"),
        [
            (
                item["job_id"],
                item["project"] or "",
                item["charged_yuan"],
                item["voucher_yuan"],
                item["waived_yuan"],
            )
            for item in found["items"]
        ],
        "Nothing was charged.",
    )
    for each in found["adjustments"]:
        screen.show(f"  given back ¥{each['yuan']}: {screen.escape(each['note'])}")
    screen.show(f"  exactly ¥{found['exact_yuan']}, due [bold]¥{found['total_yuan']}[/]")


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        screen.show_json(found)
        return
    screen.show(
        f"available [bold]¥{found['available_yuan']}[/], held ¥{found['held_yuan']}"
        + (f", credit ¥{found['credit_yuan']}" if float(found["credit_yuan"]) else "")
    )
    screen.show(f"  {found['stage_en']}")
    for each in found["budgets"]:
        whose = each["project"] or "the whole tenant"
        screen.show(
            f"  budget of {whose}: ¥{each['committed_yuan']} of ¥{each['month_yuan']} this month"
        )
