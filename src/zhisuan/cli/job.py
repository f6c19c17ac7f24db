"""`zhisuan job`: list, show, logs, stop."""

import time
from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Limit, Url

app = typer.Typer(help="Jobs: the work behind the tasks.", no_args_is_help=True)

_Id = Annotated[str, typer.Argument(help="job_…")]
_LOOK_EVERY_S = 0.5


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="Only those in this state.")] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Jobs, newest first."""
    with opened(Where(url, key, data)) as door:
        found: list[dict[str, Any]] = list(door.pages("/v1/jobs", limit, state=state))
    if as_json:
        screen.show_json(found)
        return
    screen.show_table(
        ("job", "algorithm", "state", "why", "submitted"),
        (
            (
                each["job_id"],
                f"{each['algorithm']}@{each['version']}",
                each["state"],
                each["waiting"]["reason"] if each["waiting"] else each["reason"],
                each["submitted_at"][:19].replace("T", " "),
            )
            for each in found
        ),
        "No jobs yet; solve something with: zhisuan solve FILE",
    )


@app.command("show")
def show(
    job_id: _Id, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """One job: its state, why, what it holds, its story."""
    with opened(Where(url, key, data)) as door:
        job = door.get(f"/v1/jobs/{job_id}")
    if as_json:
        screen.show_json(job)
        return
    screen.show(f"[bold]{job['job_id']}[/] {job['algorithm']}@{job['version']}: {job['state']}")
    if job["waiting"]:
        screen.show(f"  {job['waiting']['why_en']} {job['waiting']['ahead']} ahead.")
    for text in (job["message"], job["why_en"]):
        if text:
            screen.show(f"  {screen.escape(text)}")
    for held in job["allocations"]:
        devices = ", ".join(f"{share['device']}{_simulated(share)}" for share in held["devices"])
        screen.show(
            f"  on {held['node']}{_simulated(held)}: {held['cpu_milli'] / 1000:g} cores "
            f"{held['cores']}, {held['memory_mb']} MB{f', {devices}' if devices else ''}"
        )
    for line in job["story"]:
        screen.show(f"  {line}")


@app.command("logs")
def logs(
    job_id: _Id,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until it ends.")] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """What a job printed."""
    with opened(Where(url, key, data)) as door:
        offset, text = 0, ""
        while True:
            ended = door.get(f"/v1/jobs/{job_id}")["ended_at"] is not None
            answer = door.ask("GET", f"/v1/jobs/{job_id}/log", query={"offset": offset})
            grown = int(answer.headers["X-Next-Offset"]) > offset
            offset = int(answer.headers["X-Next-Offset"])
            if as_json:
                text += answer.text
            else:
                screen.OUT.print(answer.text, end="", markup=False)
            if not grown and (ended or not follow):
                break
            if not grown:
                time.sleep(_LOOK_EVERY_S)
    if as_json:
        screen.show_json({"job_id": job_id, "log": text})


@app.command("stop")
def stop(
    job_id: _Id, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """Ask a job to end."""
    with opened(Where(url, key, data)) as door:
        job = door.ask("POST", f"/v1/jobs/{job_id}/stop").json()
    if as_json:
        screen.show_json(job)
        return
    screen.show(f"Asked {job_id} to stop.")


def _simulated(held: dict[str, Any]) -> str:
    return " (simulated)" if held["simulated"] else ""
