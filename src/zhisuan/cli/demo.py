"""`zhisuan demo FILE`: the first result on a new machine, through the public API, then serve."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.console import show_links
from zhisuan.cli.dataset import bring
from zhisuan.cli.door import Door
from zhisuan.cli.options import Data
from zhisuan.cli.solve import answer, offer_of, result_of, show_offer, show_result
from zhisuan.cli.takeaway import take_away
from zhisuan.core.errors import EnvironmentUnavailable
from zhisuan.core.task import Effort

_LOOK_EVERY_S = 0.3


def demo(
    file: Annotated[Path, typer.Argument(help="The sample table.")],
    data: Data = None,
    port: Annotated[int | None, typer.Option(help="Port to answer on.")] = None,
    out: Annotated[Path, typer.Option(help="Where results go.")] = Path("results"),
) -> None:
    """Start the centre, solve the sample once, show the result, serve."""
    # Imported here: the whole centre, which other commands need not load.
    from zhisuan.local import local_centre
    from zhisuan.settings import read_settings

    screen.say("Starting the centre …")
    with local_centre(data, read_settings(data=data, port=port).port) as centre:
        screen.say(f"The centre answers at [bold]{centre.url}[/]")
        door = Door(centre.url, centre.tenant_key("demo"), local=True)
        dataset = bring(door, file)
        screen.say(
            f"Data: {screen.escape(file.name)}, "
            f"{dataset['rows']:,} rows, {dataset['columns']} columns"
        )
        solved = _solved(door, dataset, out)
        if solved is None:
            _prepare(Door(centre.url, centre.operator_key or "", local=True))
            posed = door.post("/v1/tasks", {"dataset_id": dataset["dataset_id"]})
            show_offer(posed, offer_of(posed, Effort.FAST))
            solved = answer(door, posed, Effort.FAST, out / posed["task_id"])
        else:
            screen.say("Solved before; the result is still here.")
        show_result(solved)
        keys = {"your own work": door.key, "the operator's view": centre.operator_key or ""}
        _serve(centre.url, keys)


def _solved(door: Door, dataset: dict[str, Any], out: Path) -> dict[str, Any] | None:
    """The result of an earlier run on the same data, taken away again where it is missing."""
    for task in door.pages("/v1/tasks", 200):
        if task["dataset_id"] == dataset["dataset_id"] and task["state"] == "solved":
            solution = door.get(f"/v1/solutions/{task['solution_id']}")
            folder = (out / task["task_id"]).absolute()
            if not (folder / "report.html").exists():
                take_away(door, solution, folder)
            return result_of(task, solution, folder)
    return None


def _prepare(door: Door) -> None:
    """Make the environment of the algorithm, which the first run on a machine needs."""
    with screen.stages() as stages:
        while True:
            state = door.post("/v1/algorithms/tables/prepare")
            if state["stage"] == "ready":
                return
            if state["stage"] == "failed":
                raise EnvironmentUnavailable(state["detail"], hint=state["hint"])
            stages.tell(f"making the algorithm's environment: {state['stage']} {state['detail']}")
            time.sleep(_LOOK_EVERY_S)


def _serve(url: str, keys: Mapping[str, str]) -> None:
    """Until Ctrl-C; without a terminal, end and say how to serve."""
    from zhisuan.serving import wait_for_the_end

    if not sys.stdin.isatty():
        screen.say("Serve with: make up")
        return
    screen.say(f"Serving at [bold]{url}[/]  (Ctrl-C ends it; make up serves again)")
    show_links(url, keys)
    wait_for_the_end()
