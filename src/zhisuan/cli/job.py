"""`zhisuan job`: list, show, what starts it sooner, logs, stop, resume."""

import time
from datetime import datetime
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
        if job["waiting"]["starts_between"]:
            low, high = (datetime.fromisoformat(at) for at in job["waiting"]["starts_between"])
            screen.show(
                f"  Likely to start between {low:%H:%M:%S} and {high:%Y-%m-%d %H:%M:%S} UTC."
            )
    for text in (job["message"], job["why_en"]):
        if text:
            screen.show(f"  {screen.escape(text)}")
    if job["money"]:
        _show_money(job["money"])
    for held in job["allocations"]:
        devices = ", ".join(f"{share['device']}{_simulated(share)}" for share in held["devices"])
        screen.show(
            f"  on {held['node']}{_simulated(held)}: {held['cpu_milli'] / 1000:g} cores "
            f"{held['cores']}, {held['memory_mb']} MB{f', {devices}' if devices else ''}"
        )
    for line in job["story"]:
        screen.show(f"  {line}")


@app.command("sooner")
def sooner(
    job_id: _Id, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """What would start a waiting job sooner, if it were submitted again."""
    with opened(Where(url, key, data)) as door:
        found = door.get(f"/v1/jobs/{job_id}/sooner")["items"]
    if as_json:
        screen.show_json(found)
        return
    for each in found:
        at = datetime.fromisoformat(each["starts_at"])
        screen.show(f"  about {at:%Y-%m-%d %H:%M} UTC: {screen.escape(each['how_en'])}")
    if not found:
        screen.show("Nothing we know of would start it clearly sooner.")


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


@app.command("resume")
def resume(
    job_id: _Id, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """Let a job queue again that was suspended for idling."""
    with opened(Where(url, key, data)) as door:
        job = door.ask("POST", f"/v1/jobs/{job_id}/resume").json()
    if as_json:
        screen.show_json(job)
        return
    screen.show(f"{job_id} waits for its turn again.")


def _show_money(money: dict[str, Any]) -> None:
    told = f"quoted ¥{money['quote_low_yuan']} to ¥{money['quote_high_yuan']}"
    if money["so_far_yuan"] is not None:
        told += f", so far ¥{money['so_far_yuan']}"
    if money["charge_yuan"] is not None:
        told += f", charged ¥{money['charge_yuan']}"
    screen.show(f"  {told}")
    if money["explanation_en"]:
        screen.show(f"  {screen.escape(money['explanation_en'])}")


def _simulated(held: dict[str, Any]) -> str:
    return " (simulated)" if held["simulated"] else ""
