"""`zhisuan solution`: list, get."""

from pathlib import Path
from typing import Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Url
from zhisuan.cli.takeaway import take_away

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
