"""`zhisuan node`: list, drain, take down, make ready; add simulated ones and take them out."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url
from zhisuan.core.errors import WrongInput

app = typer.Typer(help="Nodes: the machines of the pool.", no_args_is_help=True)

_DEVICE = ("kind", "vendor", "model", "memory_mb", "count")
_FEW = 4
_Name = Annotated[str, typer.Argument(help="As `zhisuan node list` shows it.")]


@app.command("list")
def list_(url: Url = None, key: Key = None, data: Data = None, as_json: Json = False) -> None:
    """Every machine, its devices and what is free. Needs an operator's or auditor's key."""
    with opened(Where(url, key, data), operator=True) as door:
        nodes = door.get("/v1/nodes")["items"]
    if as_json:
        screen.show_json(nodes)
        return
    screen.show_table(
        ("node", "state", "cores free", "memory free", "devices"),
        (
            (
                f"{node['name']}{' (simulated)' if node['simulated'] else ''}",
                node["state"],
                f"{node['cpu_milli_free'] / 1000:g} of {node['cores']}",
                f"{node['memory_mb_free']:,} of {node['memory_mb']:,} MB",
                _devices(node["devices"]),
            )
            for node in nodes
        ),
        "The pool is empty.",
    )


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What to call it; several are numbered from 1.")],
    cores: Annotated[int, typer.Option(min=1, help="Logical cores of each.")],
    memory_mb: Annotated[int, typer.Option(min=1, help="Megabytes of 2^20 bytes of each.")],
    count: Annotated[int, typer.Option(min=1, help="How many alike.")] = 1,
    rack: Annotated[str, typer.Option(help="The rack they stand in.")] = "",
    device: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND,VENDOR,MODEL,MEMORY_MB,COUNT",
            help="Devices of each, such as npu,Ascend,910B,65536,8; may be given again.",
        ),
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add simulated nodes to the pool while the centre runs. Needs an operator's key."""
    body = {
        "name": name,
        "count": count,
        "cores": cores,
        "memory_mb": memory_mb,
        "rack": rack,
        "simulated": True,
        "device": [_device(each) for each in device or []],
    }
    with opened(Where(url, key, data), operator=True) as door:
        made = door.post("/v1/nodes", body)
    if as_json:
        screen.show_json(made)
        return
    screen.show(f"Added {made['count']} simulated node(s): {screen.escape(_some(made['names']))}")


@app.command("remove")
def remove(
    name: _Name, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """Take out a node that was added, is drained and holds no work. Needs an operator's key."""
    with opened(Where(url, key, data), operator=True) as door:
        gone = door.delete(f"/v1/nodes/{quote(name, safe='')}")
    if as_json:
        screen.show_json(gone)
        return
    screen.show(f"{screen.escape(gone['name'])} is no part of the pool any more.")


@app.command("drain")
def drain(
    name: _Name, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """Let a node finish what it has and take nothing new. Needs an operator's key."""
    _set(Where(url, key, data), name, "draining", as_json=as_json)


@app.command("ready")
def ready(
    name: _Name, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """Let a node take new work. Needs an operator's key."""
    _set(Where(url, key, data), name, "ready", as_json=as_json)


@app.command("down")
def down(
    name: _Name, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """Count a node as lost: its jobs end at once and queue again. Needs an operator's key."""
    _set(Where(url, key, data), name, "down", as_json=as_json)


def _set(where: Where, name: str, state: str, *, as_json: bool) -> None:
    with opened(where, operator=True) as door:
        node = door.post(f"/v1/nodes/{quote(name, safe='')}", {"state": state})
    if as_json:
        screen.show_json(node)
        return
    screen.show(f"{screen.escape(node['name'])} is {node['state']}.")


def _device(written: str) -> dict[str, Any]:
    """Devices as the option writes them."""
    parts = [part.strip() for part in written.split(",")]
    if len(parts) != len(_DEVICE) or not all(part.isdecimal() for part in parts[3:]):
        raise WrongInput(
            f"{written!r} does not name devices.", hint=f"Write {','.join(_DEVICE).upper()}."
        )
    told = dict(zip(_DEVICE, parts, strict=True))
    return {**told, "memory_mb": int(told["memory_mb"]), "count": int(told["count"])}


def _some(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _FEW else f"{names[0]} to {names[-1]}"


def _devices(devices: list[dict[str, Any]]) -> str:
    kinds: dict[str, int] = {}
    for device in devices:
        simulated = " (simulated)" if device["simulated"] else ""
        name = f"{device['vendor']} {device['model']} {device['kind']}{simulated}"
        kinds[name] = kinds.get(name, 0) + 1
    return ", ".join(f"{count} × {name}" for name, count in kinds.items())
