"""`zhisuan application`: apply for a grant, see how far it is, review, report."""

from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import quote

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Url

app = typer.Typer(help="Applications: ask for more than the small grant.", no_args_is_help=True)

_Application = Annotated[str, typer.Argument(help="app_…")]


@app.command("send")
def send(
    title: Annotated[str, typer.Argument(help="One line.")],
    purpose: Annotated[str, typer.Option(help="What it is for.")],
    yuan: Annotated[str, typer.Option(help="How much is asked for.")],
    device_hours: Annotated[float, typer.Option(min=0, help="Of computing, planned.")] = 0.0,
    devices: Annotated[int, typer.Option(min=0, help="The most at one time.")] = 0,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Send the short form; what is small enough is awarded at once."""
    body = {
        "title": title,
        "purpose": purpose,
        "yuan": yuan,
        "device_hours": device_hours,
        "devices": devices,
    }
    with opened(Where(url, key, data)) as door:
        _tell(door.post("/v1/applications", body), as_json=as_json)


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="Those in one state.")] = None,
    limit: Limit = 50,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Applications, newest first: one's own, or everybody's with an operator's key."""
    with opened(Where(url, key, data)) as door:
        found = list(door.pages("/v1/applications", limit, state=state))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("application", "title", "state", "level", "asked", "awarded", "paid"),
        (
            (
                each["application_id"],
                each["title"],
                each["state"],
                each["level"],
                *(f"¥{each[column]}" for column in ("yuan", "awarded_yuan", "paid_yuan")),
            )
            for each in found
        ),
        "No applications yet; send one with: zhisuan application send TITLE",
    )


@app.command("review")
def review(
    application: _Application,
    yuan: Annotated[str, typer.Option(help="What you would award; 0 refuses.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say what to award; as many as the level asks for decide. Needs an operator's key."""
    with opened(Where(url, key, data), operator=True) as door:
        body = {"yuan": str(Decimal(yuan)), "note": note}
        _tell(door.post(_path(application, "review"), body), as_json=as_json)


@app.command("report")
def report(
    application: _Application,
    text: Annotated[str, typer.Argument(help="What the first part did.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Report on the first part of an award, so that the rest can be paid."""
    with opened(Where(url, key, data)) as door:
        _tell(door.post(_path(application, "report"), {"text": text}), as_json=as_json)


@app.command("accept")
def accept(
    application: _Application,
    back: Annotated[bool, typer.Option("--return", help="Return the report instead.")] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Accept a report, which pays the rest of the award. Needs an operator's key."""
    with opened(Where(url, key, data), operator=True) as door:
        _tell(door.post(_path(application, "verdict"), {"accepted": not back}), as_json=as_json)


@app.command("withdraw")
def withdraw(
    application: _Application,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take an application back before it is decided."""
    with opened(Where(url, key, data)) as door:
        _tell(door.delete(_path(application)), as_json=as_json)


def _path(application: str, what: str = "") -> str:
    path = f"/v1/applications/{quote(application, safe='')}"
    return f"{path}/{what}" if what else path


def _tell(application: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        screen.show_json(application)
        return
    screen.show(
        f"{application['application_id']}  {application['state']}  asked ¥{application['yuan']}, "
        f"awarded ¥{application['awarded_yuan']}, paid ¥{application['paid_yuan']}"
    )
