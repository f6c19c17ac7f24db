"""`zhisuan tenant`: register tenants and list them."""

from typing import Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Url

app = typer.Typer(help="Tenants: who brings data and pays.", no_args_is_help=True)


@app.command("register")
def register(
    name: Annotated[str, typer.Argument(help="Unique in the centre.")],
    category: Annotated[str, typer.Option(help="internal, partner or external.")] = "external",
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Register a tenant; its first key is shown once. Needs an operator's key."""
    with opened(Where(url, key, data), operator=True) as door:
        made = door.post("/v1/tenants", {"name": name, "category": category})
    if as_json:
        screen.show_json(made)
        return
    screen.show(made["key"])
    screen.say(f"Shown once. It is an {made['role']}'s key of {made['tenant']['tenant_id']}.")


@app.command("list")
def list_(
    limit: Limit = 50,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Every tenant. Needs an operator's or auditor's key."""
    with opened(Where(url, key, data), operator=True) as door:
        found = list(door.pages("/v1/tenants", limit))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("tenant", "name", "category", "since"),
        (
            (each["tenant_id"], each["name"], each["category"], each["created_at"][:10])
            for each in found
        ),
        "No tenants.",
    )
