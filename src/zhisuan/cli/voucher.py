"""`zhisuan voucher`: apply, list, show, every move, the evidence pack and its check."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Url
from zhisuan.core.errors import TamperFound, WrongInput

app = typer.Typer(help="Compute vouchers 算力券: apply, spend, redeem.", no_args_is_help=True)

_Voucher = Annotated[str, typer.Argument(help="vch_….")]
_Why = Annotated[str, typer.Option("--note", help="Why.")]


@app.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(help="The application, a TOML file.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Draft an application and see what it comes to; nothing is submitted yet."""
    with opened(Where(url, key, data)) as door:
        made = door.post("/v1/vouchers", {"application": _toml(file)})
    _tell(made, as_json=as_json)


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="Those in one state.")] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Vouchers, newest first: one's own, or everybody's with an operator's or auditor's key."""
    with opened(Where(url, key, data)) as door:
        found = list(door.pages("/v1/vouchers", limit, state=state))
    if as_json:
        screen.show_json(found)
        return
    columns = ("granted_yuan", "left_yuan", "used_yuan")
    screen.show_table(
        ("voucher", "state", "contract", "granted", "left", "used"),
        (
            (
                each["voucher_id"],
                each["state"],
                each["contract"],
                *(f"¥{each[column]}" for column in columns),
            )
            for each in found
        ),
        "No vouchers yet; apply with: zhisuan voucher apply FILE",
    )


@app.command("show")
def show(
    voucher_id: _Voucher,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """One voucher: how it stands, what happened, what is possible now."""
    with opened(Where(url, key, data)) as door:
        found = door.get(f"/v1/vouchers/{voucher_id}")
    _tell(found, as_json=as_json)


@app.command("submit")
def submit(
    voucher_id: _Voucher,
    file: Annotated[
        Path | None, typer.Option("--application", help="A corrected application, TOML.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Submit an application. What is not eligible is refused and stays a draft."""
    corrected = None if file is None else _toml(file)
    where = Where(url, key, data)
    _move(where, voucher_id, "submit", application=corrected, as_json=as_json)


@app.command("withdraw")
def withdraw(
    voucher_id: _Voucher,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Withdraw an application on which nothing was issued."""
    _move(Where(url, key, data), voucher_id, "withdraw", as_json=as_json)


@app.command("approve")
def approve(
    voucher_id: _Voucher,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Issue the voucher: its amount is set aside from the budget. For operators."""
    _move(Where(url, key, data), voucher_id, "approve", operator=True, as_json=as_json)


@app.command("return")
def return_(
    voucher_id: _Voucher,
    note: _Why,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Return an application, or a redemption, to be corrected. For operators and auditors."""
    _move(Where(url, key, data), voucher_id, "return", operator=True, note=note, as_json=as_json)


@app.command("refuse")
def refuse(
    voucher_id: _Voucher,
    note: _Why,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Refuse an application for good. For operators."""
    _move(Where(url, key, data), voucher_id, "refuse", operator=True, note=note, as_json=as_json)


@app.command("bind")
def bind(
    voucher_id: _Voucher,
    contract: Annotated[str, typer.Option(help="The contract's number.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bind an issued voucher to its contract: from now on it pays its share of jobs."""
    _move(Where(url, key, data), voucher_id, "bind", contract=contract, as_json=as_json)


@app.command("close")
def close(
    voucher_id: _Voucher,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Stop spending: what is left goes back to the budget, what was paid can be redeemed."""
    _move(Where(url, key, data), voucher_id, "close", as_json=as_json)


@app.command("redeem")
def redeem(
    voucher_id: _Voucher,
    invoice: Annotated[
        list[str], typer.Option(help="An invoice, NUMBER=YUAN; may be given more than once.")
    ],
    delivery: Annotated[
        list[str], typer.Option(help="A delivery record's number; may be given more than once.")
    ],
    issued: Annotated[
        str | None, typer.Option(help="The papers' day, YYYY-MM-DD; today if left away.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Request redemption with invoices and delivery records."""
    day = issued or date.today().isoformat()  # noqa: DTZ011  a paper carries the day where people are
    papers: list[dict[str, Any]] = []
    for each in invoice:
        number, _, yuan = each.partition("=")
        paper = {"kind": "invoice", "number": number, "issued_on": day, "amount_yuan": yuan}
        papers.append(paper)
    papers += [{"kind": "delivery", "number": each, "issued_on": day} for each in delivery]
    _move(Where(url, key, data), voucher_id, "request", documents=papers, as_json=as_json)


@app.command("verify")
def verify(
    voucher_id: _Voucher,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Find a redemption right. For auditors, or an operator who did not approve the voucher."""
    _move(Where(url, key, data), voucher_id, "verify", operator=True, as_json=as_json)


@app.command("pay")
def pay(
    voucher_id: _Voucher,
    paper: Annotated[str, typer.Option(help="By what paper the issuer paid.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Enter that the issuer paid. For operators."""
    _move(Where(url, key, data), voucher_id, "pay", operator=True, note=paper, as_json=as_json)


@app.command("expire")
def expire(
    voucher_id: _Voucher,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """End a voucher whose time is over; its rest goes back to the budget. For operators."""
    _move(Where(url, key, data), voucher_id, "expire", operator=True, as_json=as_json)


@app.command("revoke")
def revoke(
    voucher_id: _Voucher,
    note: _Why,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take back a voucher that paid for nothing yet. For operators."""
    _move(Where(url, key, data), voucher_id, "revoke", operator=True, note=note, as_json=as_json)


@app.command("reclaim")
def reclaim(
    voucher_id: _Voucher,
    note: _Why,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Claw a voucher back: its tenant owes what it had paid. For operators."""
    _move(Where(url, key, data), voucher_id, "claw_back", operator=True, note=note, as_json=as_json)


@app.command("evidence")
def evidence(
    voucher_id: _Voucher,
    out: Annotated[Path | None, typer.Option(help="Where it goes; else <id>.zip here.")] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take the evidence pack: a zip that checks itself."""
    target = out or Path(f"{voucher_id}.zip")
    with opened(Where(url, key, data)) as door:
        door.download(f"/v1/vouchers/{voucher_id}/evidence", target)
    if as_json:
        screen.show_json({"voucher_id": voucher_id, "file": str(target)})
        return
    screen.show(f"Evidence: {target}")


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="An evidence pack.")], as_json: Json = False
) -> None:
    """Check an evidence pack, without any centre. Exit status 8 if a byte was changed."""
    from hashlib import sha256

    from zhisuan.ledger.voucher.evidence import faults

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise WrongInput(f"{file} cannot be read.", hint="Name a zip file.") from error
    found = faults(raw)
    if found:
        raise TamperFound(
            f"The pack is not whole: {'; '.join(found)}", hint="Ask the centre for it again."
        )
    digest = sha256(raw).hexdigest()
    if as_json:
        screen.show_json({"whole": True, "sha256": digest})
        return
    screen.show(f"[green]✓[/] The pack is whole; its SHA-256 is {digest}.")


def _move(
    where: Where,
    voucher_id: str,
    move: str,
    *,
    as_json: bool,
    operator: bool = False,
    **said: Any,
) -> None:
    with opened(where, operator=operator) as door:
        made = door.post(f"/v1/vouchers/{voucher_id}/moves", {"move": move, **said})
    _tell(made, as_json=as_json)


def _tell(voucher: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        screen.show_json(voucher)
        return
    screen.show(f"[bold]{voucher['voucher_id']}[/]  {voucher['state']}")
    for column in ("granted", "left", "used", "redeemed", "given_back", "owed"):
        screen.show(f"  {column:<11} ¥{voucher[f'{column}_yuan']}")
    if found := voucher["assessment"]:
        for each in [*found["steps"], *found["refusals"]]:
            sentence = screen.escape(f"{each['zh']} {each['en']}")
            screen.show(f"  {each['name']:<18} {sentence}")
    for each in voucher["moves"]:
        screen.show(f"  {each['at']}  {each['move']:<10} {each['by']:<9} {each['actor']}")
    screen.show(f"  possible    {', '.join(voucher['possible']) or '–'}")


def _toml(file: Path) -> dict[str, Any]:
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInput(f"{file} cannot be read as text.", hint="Name a TOML file.") from error
    except tomllib.TOMLDecodeError as error:
        raise WrongInput(f"{file} is not valid TOML: {error}.") from error
    return _plain(said)


def _plain(value: Any) -> Any:
    """TOML's days as the text that JSON carries."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[Any]", value)]
    return value.isoformat() if isinstance(value, date) else value
