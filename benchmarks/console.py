"""The console against its budgets: first load, time to ready, live updates, memory, frames.

On a centre with 10,000 simulated devices and 10,000 waiting jobs, in the system's Chromium:

- **first load**: bytes over the wire of the screens' own files, as packed, until a page stands in a
  fresh browser; what the page asks the API is not counted;
- **time to ready**: processor time of the browser's main thread until then (`TaskDuration`);
- **live update**: from sending a job's submission until each of 50 listening sessions has its
  event, over HTTP as a browser hears it;
- **memory**: what a centre that has just opened grows by for each further listening session, 50
  to 1,050; one that has served for long would take them out of what it has freed;
- **frames**: drawn in a second while the queue's table and the pool's map are scrolled.

`python benchmarks/console.py [--rounds 5]` prints a table and writes `benchmarks/out/console.json`.
It is worth something on a quiet machine only: browser, centre and listeners share its cores.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
from playwright.sync_api import Browser, Page

from jobs import OUT

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "stage"))

import browser as browsers
from pages import settled
from played import PlayedCentre, played

from stage import Stage, running
from zhisuan.access.tenant import Caller, Role
from zhisuan.compute.device import DeviceKind
from zhisuan.compute.job import Times
from zhisuan.compute.request import DeviceRequest, ResourceRequest
from zhisuan.core.money import from_yuan
from zhisuan.services.money.accounts import pay_in
from zhisuan.services.pool.run import Order, submit

SESSIONS, MORE_SESSIONS = 50, 1050
UPDATES = 40
SCROLL_S = 3.0
PASSWORD = "ten thousand devices"  # noqa: S105  of a centre that lives for minutes
BUDGETS = {
    "first load, login (kB)": (400, "at most"),
    "first load, home (kB)": (400, "at most"),
    "main thread to ready, login (ms)": (700, "at most"),
    "main thread to ready, home (ms)": (700, "at most"),
    f"live update p95 at {SESSIONS} sessions (ms)": (500, "at most"),
    "memory for a session (kB)": (60, "at most"),
    "frames/s, job table": (30, "at least"),
    "frames/s, pool map": (30, "at least"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=10_000)
    given = parser.parse_args()
    if browsers.program() is None:
        sys.exit(f"The console cannot be measured: {browsers.MISSING}.")
    built = Path(__file__).parents[1] / "web" / "build.py"
    subprocess.run([sys.executable, built], check=True)
    OUT.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=OUT) as place:
        folder = Path(place) / "data"
        fill(folder, given.devices, given.jobs)
        with running(folder) as stage:
            figures = measure(stage, given.rounds)
        with running(folder) as opened_anew:
            figures["memory for a session (kB)"] = asyncio.run(memory(opened_anew))
    show(figures, given.rounds)
    OUT.joinpath("console.json").write_text(json.dumps(figures, indent=2))


def show(figures: Mapping[str, float], rounds: int) -> None:
    print(f"medians of {rounds} rounds\n")
    print(f"{'':40} {'here':>9} {'budget':>16}")
    for name, (budget, how) in BUDGETS.items():
        kept = figures[name] <= budget if how == "at most" else figures[name] >= budget
        print(f"{name:40} {figures[name]:9.1f} {f'{how} {budget}':>16}{'' if kept else '  missed'}")


def fill(folder: Path, devices: int, jobs: int) -> None:
    """A centre with so many devices, and one tenant whose jobs wait for tomorrow."""
    folder.mkdir(parents=True)
    each = 8
    (folder / "pool.toml").write_text(
        "\n".join(
            f'[[node]]\nname = "row{row}"\ncount = {devices // each // 10}\ncores = 64\n'
            f'memory_mb = 524288\nrack = "R{row}"\nsimulated = true\n[[node.device]]\n'
            f'kind = "npu"\nvendor = "Ascend"\nmodel = "910B"\nmemory_mb = 65536\ncount = {each}\n'
            for row in range(10)
        )
    )
    now = datetime.now(UTC)
    with played(folder, now - timedelta(minutes=1)) as here:
        tenant, key = _people(here)
        request = ResourceRequest(8000, 65_536, (DeviceRequest(DeviceKind.NPU, 8000),))
        order = Order("probe", {}, request, times=Times(not_before=now + timedelta(days=1)))
        with here.centre.database.write() as connection:
            operator = Caller(tenant, Role.OPERATOR, "benchmark")
            pay_in(here.centre, connection, operator, tenant, from_yuan(10**8), "benchmark")
            for _ in range(jobs):
                submit(here.centre, connection, tenant, order)
    told = {"password": PASSWORD, "key": key}
    (folder / "stage.json").write_text(json.dumps(told))


def _people(here: PlayedCentre) -> tuple[str, str]:
    """An operator and a member; the member's tenant, and a key of it."""

    def ask(path: str, body: Mapping[str, str]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {here.key()}"}
        answer = here.door.request("POST", f"/v1/{path}", json=body, headers=headers)
        return answer.raise_for_status().json()

    person = {"name": "benchmark", "password": PASSWORD}
    made = ask("tenants", {"name": "benchmark"})
    tenant = made["tenant"]["tenant_id"]
    ask(f"members?tenant={tenant}", {**person, "login": "member", "role": "owner"})
    ask("members", {**person, "login": "operator", "role": "operator"})
    return tenant, made["key"]


def measure(stage: Stage, rounds: int) -> dict[str, float]:
    """Every figure; the browser first, while nobody listens."""
    found: list[dict[str, float]] = []
    with browsers.opened() as program:
        for _ in range(rounds):
            login = _opened(program, stage, "/login", None)
            home = _opened(program, stage, "/home", "member")
            table = _scrolled(program, stage, "/ops/queue", "[role=table][aria-rowcount]")
            pool = _scrolled(program, stage, "/ops/pool", "[role=application]")
            found.append(
                {
                    "first load, login (kB)": login.kilobytes,
                    "first load, home (kB)": home.kilobytes,
                    "main thread to ready, login (ms)": login.busy_ms,
                    "main thread to ready, home (ms)": home.busy_ms,
                    "frames/s, job table": table,
                    "frames/s, pool map": pool,
                }
            )
    figures = {name: statistics.median(each[name] for each in found) for name in found[0]}
    figures[f"live update p95 at {SESSIONS} sessions (ms)"] = asyncio.run(live(stage))
    return figures


@dataclass(frozen=True)
class Opening:
    """What it took to open a page in a fresh browser."""

    kilobytes: float
    busy_ms: float


@contextmanager
def _page(program: Browser, stage: Stage, login: str | None) -> Iterator[Page]:
    context = browsers.visitor(program, stage.url, "zh")
    if login:
        said = {"login": login, "password": PASSWORD}
        assert context.request.post("/v1/session", data=said).ok  # noqa: S101
    try:
        yield context.new_page()
    finally:
        context.close()


def _opened(program: Browser, stage: Stage, address: str, login: str | None) -> Opening:
    with _page(program, stage, login) as page:
        tools = page.context.new_cdp_session(page)
        sizes: dict[str, float] = {}
        answers: set[str] = set()

        def see(event: Mapping[str, Any]) -> None:
            if urlsplit(event["response"]["url"]).path.startswith("/v1/"):
                answers.add(event["requestId"])

        def count(event: Mapping[str, Any]) -> None:
            sizes[event["requestId"]] = event["encodedDataLength"]

        tools.on("Network.responseReceived", see)
        tools.on("Network.loadingFinished", count)
        tools.send("Network.enable")
        tools.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(address)
        settled(page)
        metrics = tools.send("Performance.getMetrics")["metrics"]
        busy = next(each["value"] for each in metrics if each["name"] == "TaskDuration")
        loaded = sum(size for request, size in sizes.items() if request not in answers)
        return Opening(loaded / 1000, busy * 1000)


_FRAMES = """([selector, seconds]) => new Promise(done => {
  const frame = document.querySelector(selector)
  const inner = frame.scrollHeight - frame.clientHeight > 200
  const began = performance.now()
  let frames = 0, way = 1
  const step = now => {
    frames += 1
    const [at, most] = inner
      ? [frame.scrollTop, frame.scrollHeight - frame.clientHeight]
      : [scrollY, document.documentElement.scrollHeight - innerHeight]
    if (at >= most - 1) way = -1
    if (at <= 0) way = 1
    inner ? frame.scrollBy(0, way * 120) : scrollBy(0, way * 120)
    if (now - began >= seconds * 1000) done([1000 * frames / (now - began), most])
    else requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})"""


def _scrolled(program: Browser, stage: Stage, address: str, selector: str) -> float:
    """Frames a second while something is scrolled through, 120 pixels a frame."""
    with _page(program, stage, "operator") as page:
        page.goto(address)
        page.wait_for_selector(selector)
        settled(page)
        frames, most = page.evaluate(_FRAMES, [selector, SCROLL_S])
        if most < 200:
            sys.exit(f"{address} is too short to be scrolled; give more jobs or devices.")
        return float(frames)


async def live(stage: Stage) -> float:
    """Milliseconds from a submission until a listening session has heard of it, the slow 5 %."""
    waits: list[float] = []
    sent: dict[str, float] = {}
    async with AsyncExitStack() as stack:
        queues = [await _listening(stack, stage) for _ in range(SESSIONS)]
        client = await stack.enter_async_context(_client(stage))
        await _log_in(client, stage)
        order = {"algorithm": "probe", "not_before": str(datetime.now(UTC) + timedelta(days=1))}
        for _ in range(UPDATES):
            began = time.perf_counter()
            answer = await client.post("jobs", json=order)
            answer.raise_for_status()
            sent[answer.json()["job_id"]] = began
            await asyncio.sleep(0.1)
        for queue in queues:
            for _ in range(UPDATES):
                job_id, at = await asyncio.wait_for(queue.get(), 30)
                waits.append(1000 * (at - sent[job_id]))
    return statistics.quantiles(waits, n=100)[94]


async def memory(stage: Stage) -> float:
    """Kilobytes that the centre grows by for each listening session."""
    process = psutil.Process(stage.process.pid)
    async with AsyncExitStack() as stack:
        for _ in range(SESSIONS):
            await _listening(stack, stage)
        await asyncio.sleep(2)
        before = process.memory_info().rss
        for _ in range(MORE_SESSIONS - SESSIONS):
            await _listening(stack, stage)
        await asyncio.sleep(2)
        grown = process.memory_info().rss - before
    return grown / 1000 / (MORE_SESSIONS - SESSIONS)


def _client(stage: Stage) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{stage.url}/v1/", trust_env=False, timeout=60.0)


async def _log_in(client: httpx.AsyncClient, stage: Stage) -> None:
    answer = await client.post("session", json={"key": stage.told["key"]})
    client.headers["X-CSRF-Token"] = answer.raise_for_status().json()["csrf_token"]


async def _listening(stack: AsyncExitStack, stage: Stage) -> "asyncio.Queue[tuple[str, float]]":
    """A session of its own that hears the live feed; its queued jobs and when it heard of them."""
    client = await stack.enter_async_context(_client(stage))
    await _log_in(client, stage)
    stream = client.stream("GET", "events", timeout=None)
    answer = await stack.enter_async_context(stream)
    answer.raise_for_status()
    heard: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
    task = asyncio.create_task(_hear(answer, heard))
    stack.push_async_callback(_ended, task)
    return heard


async def _hear(answer: httpx.Response, heard: "asyncio.Queue[tuple[str, float]]") -> None:
    kind = ""
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: ") and kind == "job.queued":
            heard.put_nowait(
                (json.loads(line.removeprefix("data: "))["subject"], time.perf_counter())
            )


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


if __name__ == "__main__":
    main()
