"""`zhisuan task`: list, show."""

from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Url

app = typer.Typer(help="Tasks: questions asked of data.", no_args_is_help=True)


@app.command("list")
def list_(
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only those in this state, such as running; may come repeatedly."),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="Only those asked of this dataset: its id or name.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Tasks, newest first."""
    with opened(Where(url, key, data)) as door:
        found = list(door.pages("/v1/tasks", limit, state=state, dataset=dataset))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("task", "dataset", "predicts", "kind", "effort", "state", "cost", "solution"),
        (
            (
                each["task_id"],
                each["dataset_name"],
                each["target"],
                each["kind"],
                each["effort"],
                _state(each),
                _cost(each["money"]),
                each["solution_id"],
            )
            for each in found
        ),
        "No tasks yet; ask one with: zhisuan solve FILE",
    )


@app.command("show")
def show(
    task_id: Annotated[str, typer.Argument(help="tsk_…")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """One task: the question, the offers, how far it is."""
    with opened(Where(url, key, data)) as door:
        task = door.get(f"/v1/tasks/{task_id}")
    if as_json:
        screen.show_json(task)
        return
    screen.show(f"[bold]{screen.escape(task['target'])}[/] ({task['kind']}): {task['state']}")
    screen.show(screen.escape(task["why_en"]))
    screen.show_table(
        ("effort", "at most", "seconds", "Wh (modelled)", "quote"),
        (
            (
                f"{offer['effort']}{' ✓' if offer['effort'] == task['effort'] else ''}",
                f"¥{offer['money_high_yuan']}",
                f"{offer['seconds_low']:.0f}–{offer['seconds_high']:.0f}",
                f"{offer['energy_low_wh']:.3f}–{offer['energy_high_wh']:.3f}",
                offer["quote_id"],
            )
            for offer in task["offers"]
        ),
        "No offers.",
    )
    if task["stage_en"]:
        screen.show(f"{task['stage_en']}. {_cost(task['money'])}")
    if task["waiting"]:
        screen.show(task["waiting"]["en"])
    if task["failure"]:
        failure = task["failure"]
        screen.show(f"{failure['en']} {screen.escape(failure['message'])} {failure['next_en']}")
    if task["solution_id"]:
        screen.show(f"Solution: {task['solution_id']}")


def _state(task: dict[str, Any]) -> str:
    under_way = task["state"] == "running" and task["fraction"] is not None
    return f"{task['state']} {task['fraction']:.0%}" if under_way else task["state"]


def _cost(money: dict[str, Any]) -> str:
    if money["charge_yuan"] is not None:
        return f"¥{money['charge_yuan']}"
    return "" if money["so_far_yuan"] is None else f"¥{money['so_far_yuan']} so far"
