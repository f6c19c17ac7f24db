"""`zhisuan node list`: the machines of the pool."""

from typing import Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url

app = typer.Typer(help="Nodes: the machines of the pool.", no_args_is_help=True)


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


def _devices(devices: list[dict[str, Any]]) -> str:
    kinds: dict[str, int] = {}
    for device in devices:
        simulated = " (simulated)" if device["simulated"] else ""
        name = f"{device['vendor']} {device['model']} {device['kind']}{simulated}"
        kinds[name] = kinds.get(name, 0) + 1
    return ", ".join(f"{count} × {name}" for name, count in kinds.items())
