"""`zhisuan solve FILE`: the whole story in one command."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.dataset import bring, show_warnings
from zhisuan.cli.door import Door, Where, opened
from zhisuan.cli.follow import tell
from zhisuan.cli.options import Data, Json, Key, Url
from zhisuan.cli.takeaway import take_away
from zhisuan.core.errors import CentreError, TargetUnclear, WrongInput
from zhisuan.core.task import Effort, TaskKind

_ENDED = {"job.succeeded", "job.failed", "job.cancelled"}


def solve(
    file: Annotated[Path, typer.Argument(help="A table: CSV, TSV, XLSX, Parquet, JSON lines.")],
    target: Annotated[str | None, typer.Option(help="The column to predict.")] = None,
    kind: Annotated[TaskKind | None, typer.Option(help="Classes or numbers.")] = None,
    effort: Annotated[Effort, typer.Option(help="How much work.")] = Effort.STANDARD,
    out: Annotated[Path | None, typer.Option(help="Where the result goes.")] = None,
    project: Annotated[str | None, typer.Option(help="The project it belongs to.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Accept the offer without asking.")] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bring a table, take away a result: a report, a model, a receipt."""
    with opened(Where(url, key, data)) as door:
        dataset = bring(door, file)
        posed = _ask(door, dataset, target, kind)
        offer = offer_of(posed, effort)
        if not as_json:
            show_offer(posed, offer)
        if not (yes or as_json) and sys.stdin.isatty():
            typer.confirm("Start?", default=True, abort=True, err=True)
        result = answer(door, posed, effort, out, project)
    if as_json:
        screen.show_json(result)
    else:
        show_result(result)


def answer(
    door: Door,
    posed: dict[str, Any],
    effort: Effort,
    out: Path | None,
    project: str | None = None,
) -> dict[str, Any]:
    """Accept an offer, wait for the result with progress, and take it away.

    Raises:
        WrongInput: `out` is no folder.
        CentreError: the job failed or was stopped; says why.
    """
    if out is not None and out.exists() and not out.is_dir():
        raise WrongInput(f"{out} is a file, not a folder.", hint="Give another one with --out.")
    job = door.post(
        f"/v1/tasks/{posed['task_id']}/accept", {"effort": effort.value, "project": project}
    )
    _wait(door, job)
    solution = door.get(f"/v1/solutions/{job['job_id']}")
    folder = take_away(door, solution, out)
    return result_of(posed, solution, folder)


def offer_of(posed: dict[str, Any], effort: Effort) -> dict[str, Any]:
    """The offer of an effort."""
    return next(offer for offer in posed["offers"] if offer["effort"] == effort)


def result_of(posed: dict[str, Any], solution: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What `solve --json` prints; docs/reference/solve-result.md explains each key."""
    summary, receipt = solution["summary"], solution["receipt"]
    offer = next(
        each
        for each in posed["offers"]
        if each["quote_id"] == receipt["money"]["quote"]["quote_id"]
    )
    energy = receipt["energy"]
    said = (
        *("metric", "higher_is_better", "score", "baseline_score", "usable", "reason", "model"),
        *("portable_model", "portable_score", "train_rows", "holdout_rows"),
    )
    return {
        "solution_id": solution["solution_id"],
        "task": posed["kind"],
        "target": posed["target"],
        **{name: summary.get(name) for name in said},
        "effort": offer["effort"],
        "quote": {
            "money_yuan": float(offer["money_high_yuan"]),
            "seconds": offer["seconds_high"],
            "energy_wh": offer["energy_high_wh"],
            "money_yuan_low": float(offer["money_low_yuan"]),
            "seconds_low": offer["seconds_low"],
            "energy_wh_low": offer["energy_low_wh"],
        },
        "charge_yuan": float(receipt["money"]["charge_yuan"]),
        "wall_seconds": receipt["compute"]["wall_s"],
        "cpu_seconds": receipt["compute"]["cpu_s"],
        "device_seconds": receipt["compute"]["device_seconds"],
        "energy_wh": energy["energy_wh"],
        "energy_quality": energy["energy_quality"],
        "carbon_g": energy["carbon_g"],
        "carbon_quality": energy["carbon_quality"],
        "job_id": solution["job_id"],
        "task_id": posed["task_id"],
        "dataset_id": posed["dataset_id"],
        "result_dir": str(folder),
        "report": str(folder / "report.html"),
    }


def show_offer(posed: dict[str, Any], offer: dict[str, Any]) -> None:
    """The question and what answering it would cost, before the start."""
    screen.say(f"[bold]{screen.escape(posed['target'])}[/]: {screen.escape(posed['why_en'])}")
    show_warnings(posed["warnings"], screen.say)
    screen.say(
        f"Offer ({offer['effort']}): at most ¥{offer['money_high_yuan']}, "
        f"{offer['seconds_low']:.0f}–{offer['seconds_high']:.0f} s, "
        f"{offer['energy_low_wh']:.3f}–{offer['energy_high_wh']:.3f} Wh (modelled)"
    )


def show_result(result: dict[str, Any]) -> None:
    """The result for people."""
    better = "higher" if result["higher_is_better"] else "lower"
    mark = "[green]✓[/]" if result["usable"] else "[yellow]–[/]"
    screen.show(
        f"{mark} {result['metric']}: [bold]{screen.told(result['score'])}[/] "
        f"(naive baseline {screen.told(result['baseline_score'])}, {better} is better)"
    )
    if not result["usable"]:
        screen.show(f"  No usable model: {screen.escape(result['reason']['en'])}")
    screen.show(
        f"  Charge ¥{result['charge_yuan']:.6f}  ·  {result['energy_wh'] / 1000:.6f} kWh "
        f"({result['energy_quality']})  ·  {result['carbon_g']:.3f} gCO2e "
        f"({result['carbon_quality']})"
    )
    screen.show(f"  Report: {screen.escape(result['report'])}")
    screen.show(f"  Receipt: zhisuan receipt show {result['solution_id']}")


def _ask(
    door: Door, dataset: dict[str, Any], target: str | None, kind: TaskKind | None
) -> dict[str, Any]:
    body = {"dataset_id": dataset["dataset_id"], "target": target, "kind": kind}
    try:
        posed: dict[str, Any] = door.post("/v1/tasks", body)
    except TargetUnclear as unclear:
        if not sys.stdin.isatty():
            raise
        screen.say(screen.escape(f"{unclear.message}\n{unclear.hint}"))
        body["target"] = typer.prompt("Column to predict", err=True)
        posed = door.post("/v1/tasks", body)
    return posed


def _wait(door: Door, job: dict[str, Any]) -> None:
    """Until the solution is ready, showing progress; any other end is an error."""
    with screen.stages() as stages:
        stages.tell("waiting for its turn", 0.0)
        for _, kind, event in door.events(0):
            facts = event["facts"]
            ours = event["subject"] == job["job_id"]
            if kind == "solution.ready" and facts["job_id"] == job["job_id"]:
                return
            if kind == "job.progress" and ours:
                tell(stages, facts)
            elif kind == "job.waiting" and ours:
                stages.tell(facts["why_en"])
            elif kind in _ENDED and ours and kind != "job.succeeded":
                break
    ended = door.get(f"/v1/jobs/{job['job_id']}")
    what = ended["message"] or ended["why_en"] or ended["state"]
    error = WrongInput if ended["reason"] == "wrong_input" else CentreError
    raise error(what, hint=f"Its log: zhisuan job logs {job['job_id']}")
