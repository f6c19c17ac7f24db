"""`zhisuan solution`: list, get, try."""

import json
import time
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from zhisuan.cli import screen
from zhisuan.cli.dataset import bring
from zhisuan.cli.door import Door, Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Url
from zhisuan.cli.takeaway import take_away
from zhisuan.core.errors import CentreError, WrongInput

app = typer.Typer(help="Solutions: results to take away.", no_args_is_help=True)


@app.command("list")
def list_(
    url: Url = None, key: Key = None, data: Data = None, limit: Limit = 50, as_json: Json = False
) -> None:
    """Solutions, newest first."""
    with opened(Where(url, key, data)) as door:
        found = list(door.pages("/v1/solutions", limit))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("solution", "state", "predicts", "metric", "score", "naive", "usable"),
        (
            (
                each["solution_id"],
                each["state"],
                each["summary"].get("target"),
                each["summary"].get("metric"),
                screen.told(each["summary"].get("score")),
                screen.told(each["summary"].get("baseline_score")),
                each["summary"].get("usable"),
            )
            for each in found
        ),
        "No solutions yet; make one with: zhisuan solve FILE",
    )


@app.command("get")
def get(
    solution_id: Annotated[str, typer.Argument(help="sol_…, or the job that made it.")],
    out: Annotated[Path | None, typer.Option(help="Where it goes; else results/<id> here.")] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take a solution away, again if you like: report, model, receipt."""
    with opened(Where(url, key, data)) as door:
        solution = door.get(f"/v1/solutions/{solution_id}")
        folder = take_away(door, solution, out)
    if as_json:
        taken = {"solution_id": solution["solution_id"], "result_dir": str(folder)}
        screen.show_json({**taken, "report": str(folder / "report.html")})
        return
    screen.show(f"Report: {folder / 'report.html'}")


@app.command("try")
def try_(
    solution_id: Annotated[str, typer.Argument(help="sol_…, or the job that made it.")],
    row: Annotated[str | None, typer.Option(help="One row as JSON: column to value.")] = None,
    file: Annotated[Path | None, typer.Option(help="A table with the same columns.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where every answer goes, as CSV.")] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Answer new rows with a solution: one row, or every row of a table."""
    if (row is None) == (file is None):
        raise WrongInput("Give either --row or --file.", hint="Such as: --row '{\"age\": 28}'")
    with opened(Where(url, key, data)) as door:
        rows = {"rows": [_row(row)]} if row is not None else None
        body = rows or {"dataset_id": bring(door, cast("Path", file))["dataset_id"]}
        found = door.post(f"/v1/solutions/{solution_id}/predictions", body)
        found = _answered(door, found["prediction_id"])
        if out is not None and found["state"] == "succeeded":
            door.download(f"/v1/predictions/{found['prediction_id']}/file", out)
    if found["state"] != "succeeded":
        error = WrongInput if found["reason"] == "wrong_input" else CentreError
        what = found["message"] or found["why_en"] or found["state"]
        raise error(what, hint=f"Its log: zhisuan job logs {found['prediction_id']}")
    if as_json:
        screen.show_json(found)
    else:
        _show_answers(found)


def _show_answers(found: dict[str, Any]) -> None:
    screen.show_table(found["columns"], found["first"], "No rows.")
    if found["rows"] > len(found["first"]):
        screen.say(f"… and {found['rows'] - len(found['first']):,} more; --out takes them all.")
    for column, count in found["unread"].items():
        cells = f"{count} cells of {screen.escape(column)}"
        screen.say(f"[yellow]![/] {cells} could not be read and count as missing.")
    if found["unused"]:
        unused = screen.escape(", ".join(found["unused"]))
        screen.say(f"[yellow]![/] Not used: {unused}")
    if found["interval"]:
        screen.say(screen.escape(found["interval"]["how_en"]))
    screen.say(
        f"Charge ¥{found['charge_yuan']}  ·  {found['energy_wh']:.6f} Wh "
        f"({found['energy_quality']})"
    )


def _row(text: str) -> dict[str, Any]:
    try:
        said: Any = json.loads(text)
    except ValueError as error:
        raise WrongInput(f"--row is not JSON: {error}.", hint='Such as: {"age": 28}') from error
    if not isinstance(said, dict):
        raise WrongInput("--row is no object.", hint='Such as: {"age": 28}')
    return cast("dict[str, Any]", said)


def _answered(door: Door, prediction_id: str) -> dict[str, Any]:
    while True:
        found = door.get(f"/v1/predictions/{prediction_id}")
        if found["state"] in {"succeeded", "failed", "cancelled"}:
            return found
        time.sleep(_LOOK_EVERY_S)


_LOOK_EVERY_S = 0.05
