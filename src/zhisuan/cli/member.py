"""`zhisuan member`: add people to a tenant, change and remove them."""

import sys
from typing import Annotated, Any
from urllib.parse import quote

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Tenant, Url

app = typer.Typer(help="Members: the people of a tenant.", no_args_is_help=True)

_Member = Annotated[str, typer.Argument(help="mem_…")]
_Role = Annotated[str, typer.Option(help="owner, member or viewer; an operator may give more.")]
_Asked = Annotated[
    bool,
    typer.Option("--password", help="Ask for a password; piped, it is the first line of input."),
]


@app.command("add")
def add(
    login: Annotated[str, typer.Argument(help="The name to log in with, such as an e-mail.")],
    name: Annotated[str, typer.Option(help="The person's name; the login if left out.")] = "",
    role: _Role = "member",
    password: _Asked = False,
    tenant: Tenant = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add a person. Without a password, one who logs in at another house. Needs an owner's key."""
    body = {"login": login, "name": name or login, "role": role, "password": _password(password)}
    with opened(Where(url, key, data)) as door:
        member = door.post("/v1/members", body, tenant=tenant)
    _tell(member, as_json=as_json)


@app.command("list")
def list_(
    tenant: Tenant = None,
    limit: Limit = 50,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """The people of a tenant. Needs an owner's key."""
    with opened(Where(url, key, data)) as door:
        found = list(door.pages("/v1/members", limit, tenant=tenant))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("member", "login", "name", "role"),
        ((each["member_id"], each["login"], each["name"], each["role"]) for each in found),
        "No members yet; add one with: zhisuan member add LOGIN",
    )


@app.command("change")
def change(
    member: _Member,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    role: Annotated[str | None, typer.Option(help="Another role.")] = None,
    password: _Asked = False,
    tenant: Tenant = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Change a name, a role or a password, which ends the person's sessions."""
    said = {"name": name, "role": role, "password": _password(password)}
    body = {field: value for field, value in said.items() if value is not None}
    with opened(Where(url, key, data)) as door:
        changed = door.post(f"/v1/members/{quote(member, safe='')}", body, tenant=tenant)
    _tell(changed, as_json=as_json)


@app.command("remove")
def remove(
    member: _Member,
    tenant: Tenant = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """End a membership, and with it the person's sessions and keys."""
    query = {"tenant": tenant}
    with opened(Where(url, key, data)) as door:
        path = f"/v1/members/{quote(member, safe='')}"
        removed = door.ask("DELETE", path, query=query).json()
    _tell(removed, as_json=as_json)


def _password(asked: bool) -> str | None:
    if not asked:
        return None
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")


def _tell(member: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        screen.show_json(member)
        return
    gone = " (removed)" if member["removed_at"] else ""
    who = screen.escape(f"{member['name']} <{member['login']}>")
    screen.show(f"{member['member_id']}  {who}  {member['role']}{gone}")
