"""`zhisuan tariff`: list, show, publish, preview."""

from pathlib import Path
from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url
from zhisuan.core.errors import WrongInput

app = typer.Typer(help="Tariffs: the versions of the price list.", no_args_is_help=True)

_File = Annotated[Path, typer.Argument(help="A tariff file, TOML.")]
_STATES = {"past": "past", "in_force": "[green]in force[/]", "coming": "coming"}


@app.command("list")
def list_(url: Url = None, key: Key = None, data: Data = None, as_json: Json = False) -> None:
    """Every version, in the order in which they take effect."""
    with opened(Where(url, key, data)) as door:
        tariffs = door.get("/v1/tariffs")["items"]
    if as_json:
        screen.show_json(tariffs)
        return
    screen.show_table(
        ("version", "name", "state", "takes effect", "until", "prices in"),
        (
            (
                str(each["version"]),
                each["name"],
                _STATES[each["state"]],
                _instant(each["effective_from"]),
                _instant(each["until"]) if each["until"] else "",
                each["currency"],
            )
            for each in tariffs
        ),
        "There is no tariff.",
    )


@app.command("show")
def show(
    version: Annotated[int, typer.Argument(help="As `zhisuan tariff list` shows it.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """One version, word for word."""
    with opened(Where(url, key, data)) as door:
        tariff = door.get(f"/v1/tariffs/{version}")
    if as_json:
        screen.show_json(tariff)
        return
    screen.OUT.print(tariff["text"], end="", markup=False, highlight=False)


@app.command("publish")
def publish(
    file: _File, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """Publish a version that takes effect at an instant to come. Needs an operator's key.

    A published version never changes; what runs when it takes effect is split exactly.
    """
    body = {"text": _text(file)}
    with opened(Where(url, key, data), operator=True) as door:
        tariff = door.post("/v1/tariffs", body)
    if as_json:
        screen.show_json(tariff)
        return
    screen.show(
        f"[green]✓[/] Version {tariff['version']} takes effect"
        f" {_instant(tariff['effective_from'])} UTC."
    )


@app.command("preview")
def preview(
    file: _File,
    month: Annotated[str, typer.Option(help="A month that is past, such as 2026-03.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """What a tariff would have made of a month's usage, by tenant and item. Changes nothing.

    Metered prices are compared, before the shares for how work ended. Needs an operator's key.
    """
    body = {"text": _text(file), "month": month}
    with opened(Where(url, key, data), operator=True) as door:
        made: dict[str, Any] = door.post("/v1/tariffs/preview", body)
    if as_json:
        screen.show_json(made)
        return
    total = {"tenant": "all", "item": "", **made}
    screen.show_table(
        ("tenant", "item", "before ¥", "after ¥"),
        (
            (each["tenant"], each["item"], each["before_yuan"], each["after_yuan"])
            for each in (*made["items"], total)
        ),
        "Nothing was used in that month.",
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInput(
            f"The tariff {file} cannot be read.", hint="Name a TOML file in UTF-8."
        ) from error


def _instant(text: str) -> str:
    return text[:19].replace("T", " ")
