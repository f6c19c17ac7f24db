"""`zhisuan programme`: list, show, add voucher programmes."""

from pathlib import Path
from typing import Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Url
from zhisuan.core.errors import WrongInput

app = typer.Typer(help="Voucher programmes 算力券计划: rules and budgets.", no_args_is_help=True)


@app.command("list")
def list_(
    url: Url = None, key: Key = None, data: Data = None, limit: Limit = 50, as_json: Json = False
) -> None:
    """Programmes of this centre."""
    with opened(Where(url, key, data)) as door:
        found = list(door.pages("/v1/voucher-programmes", limit))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("programme", "name", "version", "名称", "issuer", "left"),
        (
            (
                each["programme_id"],
                each["slug"],
                each["version"],
                each["name_zh"],
                each["issuer_zh"],
                None if each["budget"] is None else f"¥{each['budget']['left_yuan']}",
            )
            for each in found
        ),
        "No voucher programmes yet.",
    )


@app.command("show")
def show(
    programme: Annotated[str, typer.Argument(help="vpr_…, or a short name such as beijing.")],
    shipped: Annotated[
        bool, typer.Option("--shipped", help="The text of one that comes with the program.")
    ] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """A programme's rules, word for word, and its budget."""
    if shipped:
        from zhisuan.ledger.voucher.programme import shipped_text

        screen.OUT.print(shipped_text(programme), markup=False, end="")
        return
    with opened(Where(url, key, data)) as door:
        found = door.get(f"/v1/voucher-programmes/{programme}")
    if as_json:
        screen.show_json(found)
        return
    screen.OUT.print(found["text"], markup=False, end="")
    if budget := found["budget"]:
        screen.show(f"# budget  ¥{budget['budget_yuan']}")
        screen.show(f"# left    ¥{budget['left_yuan']}")
        screen.show(f"# held    ¥{budget['held_yuan']}")
        screen.show(f"# paid    ¥{budget['paid_yuan']}")


@app.command("add")
def add(
    programme: Annotated[str, typer.Argument(help="A shipped one, such as beijing, or a file.")],
    budget: Annotated[
        str | None, typer.Option(help="Yuan; the programme's own if left away.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add a programme with its budget. For operators."""
    file = Path(programme)
    named = {"text": _text(file)} if file.suffix == ".toml" else {"shipped": programme}
    with opened(Where(url, key, data), operator=True) as door:
        made = door.post("/v1/voucher-programmes", {**named, "budget_yuan": budget})
    if as_json:
        screen.show_json(made)
        return
    screen.show(f"{made['programme_id']}  {made['name_zh']}  ¥{made['budget']['left_yuan']}")


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInput(f"{file} cannot be read as text.", hint="Name a TOML file.") from error
