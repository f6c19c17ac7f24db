"""The stage: a data folder in which a busy month really happened, for looking, testing, measuring.

`stage.py FOLDER` makes it: a month told by `month.py` in the past, then the real centre on that
folder, which solves two tables and takes up the jobs that still run. `--serve` goes on answering
until Ctrl-C; `--unsolved` leaves the tables out; `--pace 0.2` tells a fifth of the work.

It lives with the tests because it is theirs: it must never be mistaken for a centre's own past, so
nothing of it is in the package. Nobody in it exists, and every machine but one is simulated.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cast
import httpx
import psutil
from month import DAYS, Month
from played import played

CHECKOUT = Path(__file__).parents[2]
TOLD = "stage.json"
SOLVED = (("lab-student", "concrete", None), ("bricks-lab", "砖坯烧成记录", "是否合格"))
"""Who asks which table for which column; the first one says itself what to ask."""
_PATIENCE_S = 900.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pace", type=float, default=1.0)
    parser.add_argument("--unsolved", action="store_true")
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    given.folder = given.folder.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the runners end as well
    began = time.monotonic()
    if not (given.folder / TOLD).exists():
        tell(given.folder, given.pace)
        print(f"{DAYS} days told in {time.monotonic() - began:.0f} s")
    with running(given.folder, given.port) as stage:
        if not given.unsolved:
            began = time.monotonic()
            solve(stage)
            print(f"solved in {time.monotonic() - began:.0f} s")
        if given.serve:
            print(f"{stage.url} as {', '.join(stage.told['logins'])}")
            print(f"all with the password {cast.PASSWORD!r}; Ctrl-C ends it", flush=True)
            stage.process.wait()


def tell(folder: Path, pace: float = 1.0) -> None:
    """Make the data folder, up to this moment."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"centre": cast.SETTINGS, "operating": cast.OPERATING, "pool": cast.POOL}
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    end = datetime.now(UTC)
    begin = end - timedelta(days=DAYS)
    with played(folder, begin) as here:
        told = Month(here, begin, end, pace).tell()
    (folder / TOLD).write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


@dataclass(frozen=True)
class Stage:
    """The centre of a told folder, running.

    Attributes:
        told: `password`, `tenants` by name, `logins` with their roles.
    """

    folder: Path
    url: str
    told: dict[str, Any]
    process: subprocess.Popen[bytes]

    @contextmanager
    def session(self, login: str) -> Iterator[httpx.Client]:
        """Somebody's client, logged in as their browser would be."""
        said = {"login": login, "password": self.told["password"]}
        with httpx.Client(base_url=f"{self.url}/v1/", trust_env=False, timeout=60.0) as client:
            answer = client.post("session", json=said).raise_for_status()
            client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
            yield client


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[Stage]:
    """The real centre on a told folder, for the time of a block."""
    _share_environments(folder)
    command = [sys.executable, "-m", "zhisuan", "up", "--data", folder, "--port", str(port)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZHISUAN_")}
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=clean
        )
    try:
        url = _answering(folder, process, log)
        yield Stage(folder, url, json.loads((folder / TOLD).read_text("utf-8")), process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        _end_runners(folder)


def _end_runners(folder: Path) -> None:
    """A centre's runners outlive it, and go on with the jobs; nobody would ever look again."""
    place = f"{folder}/runners/"
    ours = [
        each
        for each in psutil.process_iter(["cmdline"])
        if any(part.startswith(place) for part in each.info["cmdline"] or ())
    ]
    for each in ours:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs(ours, 10)


def solve(stage: Stage) -> None:
    """Ask the questions of `SOLVED` and wait for what can be taken away."""
    with ExitStack() as stack:
        asked = []
        for login, dataset, target in SOLVED:
            client = stack.enter_context(stage.session(login))
            asked.append((client, _ask(client, dataset, target)))
        for client, task_id in asked:
            _try(client, _until_ready(client, task_id))


def _ask(client: httpx.Client, dataset: str, target: str | None) -> str:
    found = next(
        each for each in client.get("datasets?limit=200").json()["items"] if each["name"] == dataset
    )
    question = {"dataset_id": found["dataset_id"]} | ({"target": target} if target else {})
    task = client.post("tasks", json=question).raise_for_status().json()
    client.post(f"tasks/{task['task_id']}/accept", json={"effort": "fast"}).raise_for_status()
    return task["task_id"]


def _until_ready(client: httpx.Client, task_id: str) -> str:
    """The id of the solution that answers a task."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        task = client.get(f"tasks/{task_id}").raise_for_status().json()
        if task["state"] == "solved":
            return task["solution_id"]
        assert task["state"] not in {"failed", "cancelled"}, task
        assert time.monotonic() < deadline, task
        time.sleep(0.5)


def _try(client: httpx.Client, solution_id: str) -> None:
    """Ask a solution about two rows it never learned from; it answers in its own time."""
    form = client.get(f"solutions/{solution_id}/form").raise_for_status().json()["items"]
    rows = [{each["name"]: each["examples"][row] for each in form} for row in (0, 1)]
    client.post(f"solutions/{solution_id}/predictions", json={"rows": rows}).raise_for_status()


def _answering(folder: Path, process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        try:
            url = json.loads((folder / "centre.json").read_text("utf-8"))["url"]
            if httpx.get(f"{url}/v1/health", trust_env=False).is_success:
                return url
        except (OSError, httpx.HTTPError):
            pass
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"the centre did not answer: {log.read_text()}")


def _share_environments(folder: Path) -> None:
    """The algorithms' environments of the checkout, made once for all."""
    kept = CHECKOUT / ".zhisuan" / "environments"
    kept.mkdir(parents=True, exist_ok=True)
    there = folder / "environments"
    if there.is_symlink():
        return
    if there.exists():
        shutil.rmtree(there)
    there.symlink_to(kept)


if __name__ == "__main__":
    main()
