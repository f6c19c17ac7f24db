"""`zhisuan project`: open projects, give them money, close them."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Tenant, Url

app = typer.Typer(help="Projects: the parts of a tenant's work.", no_args_is_help=True)

_Project = Annotated[str, typer.Argument(help="prj_… or its name.")]
_Yuan = Annotated[str | None, typer.Option(help="Yuan of the tenant's money; none of its own.")]


@app.command("open")
def open_(
    name: Annotated[str, typer.Argument(help="Unique in the tenant.")],
    yuan: _Yuan = None,
    tenant: Tenant = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Open a project. Allocations never pass what the tenant has. Needs an owner's key."""
    body = {"name": name, "allocation_yuan": yuan}
    with opened(Where(url, key, data)) as door:
        made = door.post("/v1/projects", body, tenant=tenant)
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
    """A tenant's projects, with what their jobs hold and have cost."""
    with opened(Where(url, key, data)) as door:
        found = list(door.pages("/v1/projects", limit, tenant=tenant))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("project", "name", "allocated", "held", "charged", "state"),
        (
            (
                each["project_id"],
                each["name"],
                f"¥{each['allocation_yuan']}" if each["allocation_yuan"] else "",
                f"¥{each['held_yuan']}",
                f"¥{each['charged_yuan']}",
                "closed" if each["closed_at"] else "open",
            )
            for each in found
        ),
        "No projects yet; open one with: zhisuan project open NAME",
    )


@app.command("allocate")
def allocate(
    project: _Project,
    yuan: _Yuan = None,
    tenant: Tenant = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Give a project another part of the tenant's money, or with no --yuan none of its own."""
    body = {"allocation_yuan": yuan}
    with opened(Where(url, key, data)) as door:
        changed = door.post(f"/v1/projects/{quote(project, safe='')}", body, tenant=tenant)
    _tell(changed, as_json=as_json)


@app.command("close")
def close(
    project: _Project,
    tenant: Tenant = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Let nothing new be done in a project; what it had left is the tenant's again."""
    query = {"tenant": tenant}
    with opened(Where(url, key, data)) as door:
        path = f"/v1/projects/{quote(project, safe='')}"
        closed = door.ask("DELETE", path, query=query).json()
    _tell(closed, as_json=as_json)


def _tell(project: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        screen.show_json(project)
        return
    own = f"¥{project['allocation_yuan']}" if project["allocation_yuan"] else "nothing of its own"
    state = "closed" if project["closed_at"] else "open"
    screen.show(f"{project['project_id']}  {screen.escape(project['name'])}  {own}  {state}")
