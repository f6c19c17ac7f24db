"""`zhisuan key`: make keys, list them, give one a new secret, end one."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Tenant, Url

app = typer.Typer(help="Keys: what programs show to be let in.", no_args_is_help=True)

_ThisKey = Annotated[str, typer.Argument(help="The key's id, as `zhisuan key list` shows it.")]


@app.command("make")
def make(
    role: Annotated[str, typer.Option(help="What it is for.")] = "member",
    name: Annotated[str, typer.Option(help="What you call it.")] = "",
    scope: Annotated[
        list[str] | None, typer.Option(help="Only this permission; may be given again.")
    ] = None,
    project: Annotated[str | None, typer.Option(help="The only project it works for.")] = None,
    expires: Annotated[str | None, typer.Option(help="Until when, such as 2027-01-31T00:00Z.")] = (
        None
    ),
    tenant: Tenant = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make a key; its text is shown once. It may do at most what its maker may."""
    body = {
        "role": role,
        "name": name,
        "scope": scope or None,
        "project": project,
        "expires_at": expires,
    }
    with opened(Where(url, key, data)) as door:
        made = door.post("/v1/keys", body, tenant=tenant)
    _tell(made, as_json=as_json)


@app.command("list")
def list_(
    tenant: Tenant = None,
    limit: Limit = 50,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """A tenant's keys, ended ones too; never their texts."""
    with opened(Where(url, key, data)) as door:
        found = list(door.pages("/v1/keys", limit, tenant=tenant))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("key", "name", "role", "scope", "project", "expires", "last used", "state"),
        (
            (
                each["key_id"],
                each["name"],
                each["role"],
                ", ".join(each["scope"] or []) or "all of the role",
                each["project"] or "",
                (each["expires_at"] or "")[:16],
                (each["last_used_at"] or "")[:16],
                "revoked" if each["revoked_at"] else "",
            )
            for each in found
        ),
        "No keys.",
    )


@app.command("rotate")
def rotate(
    this: _ThisKey,
    overlap: Annotated[
        int, typer.Option(min=0, help="Seconds for which the former secret still holds.")
    ] = 0,
    tenant: Tenant = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Give a key a new secret, which is shown once."""
    body = {"overlap_s": overlap}
    with opened(Where(url, key, data)) as door:
        made = door.post(f"/v1/keys/{quote(this, safe='')}/rotate", body, tenant=tenant)
    _tell(made, as_json=as_json)


@app.command("revoke")
def revoke(
    this: _ThisKey,
    tenant: Tenant = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """End a key at once."""
    query = {"tenant": tenant}
    with opened(Where(url, key, data)) as door:
        ended = door.ask("DELETE", f"/v1/keys/{quote(this, safe='')}", query=query).json()
    if as_json:
        screen.show_json(ended)
        return
    screen.show(f"{ended['key_id']} is revoked.")


def _tell(made: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        screen.show_json(made)
        return
    screen.show(made["key"])
    screen.say(f"Shown once. The key {made['about']['key_id']} is a {made['about']['role']}.")
