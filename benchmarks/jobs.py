"""Durable jobs a second and the time from submit to start, beside a plain loop and two queues.

Each runs the same number of trivial jobs on this machine, one after the other in one run:

- **zhisuan warm**: `probe` with nothing to measure, submitted over HTTP to a running centre. Each
  job is admitted, priced, held, planned, forked, metered, settled and receipted, durably.
- **zhisuan cold**: the same through a runner of its own for each job (fewer jobs).
- **subprocess**: two threads starting `true`; nothing is stored. The machine's own limit.
- **huey**: tasks on SQLite with two worker processes; a function call, no process for each.
- **HyperQueue**: one job of many tasks, and many jobs of one; a process for each task.

`python benchmarks/jobs.py [--jobs 1000]` makes its own environment for the peers under
`benchmarks/out/`, prints a table and writes `benchmarks/out/jobs.json`.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import httpx
import psutil

OUT = Path(__file__).parent / "out"
PEERS = OUT / "peers"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    make_peers()
    contenders = {
        "zhisuan warm": lambda: zhisuan(given.jobs, isolated=False),
        "zhisuan cold": lambda: zhisuan(max(20, given.jobs // 10), isolated=True),
        "subprocess": lambda: subprocess_loop(given.jobs),
        "huey on SQLite": lambda: huey(given.jobs),
        "HyperQueue tasks": lambda: hyperqueue(3 * given.jobs, single=False),
        "HyperQueue jobs": lambda: hyperqueue(given.jobs, single=True),
    }
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    for _ in range(given.rounds):
        for name, run in contenders.items():
            rounds[name].append(run())
    rows = {name: medians(results) for name, results in rounds.items()}
    show(rows, given.rounds)
    OUT.joinpath("jobs.json").write_text(json.dumps(rows, indent=2))


def medians(results: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in results) for name in results[0]}


def show(rows: dict[str, dict[str, float]], rounds: int) -> None:
    base = rows["subprocess"]["jobs_per_s"]
    print(f"medians of {rounds} rounds on {os.cpu_count()} cores\n")
    print(f"{'':18} {'jobs/s':>9} {'ratio':>7} {'submit → start ms':>18} {'p99':>7}")
    for name, row in rows.items():
        start, late = row.get("start_ms"), row.get("start_p99_ms")
        print(
            f"{name:18} {row['jobs_per_s']:9.1f} {row['jobs_per_s'] / base:7.3f} "
            f"{f'{start:.1f}' if start else '–':>18} {f'{late:.1f}' if late else '–':>7}"
        )
    warm = rows["zhisuan warm"]
    idle, runner = warm["idle_rss_mb"], warm["warm_rss_mb"]
    print(f"\nresident: {idle:.0f} MB the idle centre, {runner:.0f} MB its warm runner")


@contextlib.contextmanager
def centre() -> Iterator[tuple[str, str, subprocess.Popen[bytes]]]:
    """A centre of its own on a new data folder: address, tenant key, process."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        data = Path(scratch) / "data"
        process = subprocess.Popen(
            [sys.executable, "-m", "zhisuan", "up", "--data", str(data), "--port", "0"],
            stderr=subprocess.DEVNULL,
            env={**os.environ, "ZHISUAN_GRANT_YUAN": "1000000"},
        )
        try:
            while not (data / "centre.json").exists():
                time.sleep(0.02)
            url = json.loads((data / "centre.json").read_text())["url"]
            operator = (data / "keys" / "operator").read_text()
            answer = httpx.post(
                f"{url}/v1/tenants",
                json={"name": "benchmark"},
                headers={"Authorization": f"Bearer {operator}"},
                trust_env=False,
                timeout=30,
            )
            yield url, answer.raise_for_status().json()["key"], process
        finally:
            process.terminate()
            process.wait()


def zhisuan(jobs: int, *, isolated: bool) -> dict[str, float]:
    with centre() as (url, key, process):
        client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            trust_env=False,
            timeout=60,
        )
        idle_mb = psutil.Process(process.pid).memory_info().rss / 2**20
        body = {
            "algorithm": "probe",
            "cpu_milli": 100,
            "memory_mb": 64,
            "time_limit_s": 60,
            "isolated": isolated,
        }
        started = [start_latency(client, body) for _ in range(25)][5:]
        warm = [child.memory_info().rss / 2**20 for child in psutil.Process(process.pid).children()]
        began = time.perf_counter()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: submit(client, body), range(jobs)))
        while unfinished(client):
            time.sleep(0.01)
        seconds = time.perf_counter() - began
        started.sort()
        return {
            "jobs_per_s": jobs / seconds,
            "start_ms": statistics.median(started),
            "start_p99_ms": started[-1],
            "idle_rss_mb": idle_mb,
            "warm_rss_mb": max(warm, default=0.0),
        }


def submit(client: httpx.Client, body: dict[str, object]) -> str:
    answer = client.post("/v1/jobs", json=body)
    return answer.raise_for_status().json()["job_id"]


def start_latency(client: httpx.Client, body: dict[str, object]) -> float:
    """Milliseconds from before the request to the job's first instruction, pool idle."""
    before = time.time()
    job = submit(client, body)
    while client.get(f"/v1/jobs/{job}").json()["state"] != "succeeded":
        time.sleep(0.005)
    receipt = client.get(f"/v1/jobs/{job}/receipt").json()
    began = datetime.fromisoformat(receipt["compute"]["attempts"][0]["started_at"]).timestamp()
    return (began - before) * 1000


def unfinished(client: httpx.Client) -> bool:
    return any(
        client.get("/v1/jobs", params={"state": state, "limit": 1}).json()["items"]
        for state in ("queued", "starting", "running")
    )


def subprocess_loop(jobs: int) -> dict[str, float]:
    true = shutil.which("true") or "/bin/true"
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: subprocess.run([true], check=True), range(jobs)))
    return {"jobs_per_s": jobs / (time.perf_counter() - began)}


HUEY = """
import time
from huey import SqliteHuey
huey = SqliteHuey(filename="tasks.db", fsync=True)

@huey.task()
def nothing(submitted):
    return (time.time() - submitted) * 1000
"""

HUEY_CLIENT = """
import json, statistics, sys, time
from tasks import huey, nothing
jobs = int(sys.argv[1])
soon = {"blocking": True, "backoff": 1.0, "max_delay": 0.002}
late = sorted(nothing(time.time()).get(**soon) for _ in range(20))
began = time.perf_counter()
results = [nothing(time.time()) for _ in range(jobs)]
for result in results:
    result.get(**soon)
print(json.dumps({"jobs_per_s": jobs / (time.perf_counter() - began),
                  "start_ms": statistics.median(late), "start_p99_ms": late[-1]}))
"""


def huey(jobs: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        (folder / "tasks.py").write_text(HUEY)
        (folder / "client.py").write_text(HUEY_CLIENT)
        worker = subprocess.Popen(
            [
                *(str(PEERS / "bin" / "python"), str(PEERS / "bin" / "huey_consumer")),
                *("tasks.huey", "-w", "2", "-k", "process", "-d", "0.005", "-m", "0.01", "-n"),
            ],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )
        try:
            time.sleep(1.5)
            done = subprocess.run(
                [str(PEERS / "bin" / "python"), "client.py", str(jobs)],
                cwd=folder,
                capture_output=True,
                text=True,
                check=True,
            )
        finally:
            worker.terminate()
            worker.wait()
        return json.loads(done.stdout)


HYPERQUEUE = """
import json, sys, time
from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig

jobs, single = int(sys.argv[1]), sys.argv[2] == "single"
with LocalCluster() as cluster:
    cluster.start_worker(WorkerConfig(cores=2))
    client = cluster.client()

    def trivial(tasks):
        job = Job()
        for _ in range(tasks):
            job.program(["true"], stdout=None, stderr=None)
        return client.submit(job)

    client.wait_for_jobs([trivial(1)])
    began = time.perf_counter()
    submitted = [trivial(1) for _ in range(jobs)] if single else [trivial(jobs)]
    client.wait_for_jobs(submitted)
    print(json.dumps({"jobs_per_s": jobs / (time.perf_counter() - began)}))
"""


def hyperqueue(jobs: int, *, single: bool) -> dict[str, float]:
    """Its client looks once a second whether all is done, so a second is lost at most."""
    done = subprocess.run(
        [
            *(str(PEERS / "bin" / "python"), "-c", HYPERQUEUE),
            *(str(jobs), "single" if single else "array"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def make_peers() -> None:
    """An environment of the benchmark's own, with the peers and nothing of ours."""
    if (PEERS / "made").exists():
        return
    OUT.mkdir(exist_ok=True)
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "--quiet", "--clear", str(PEERS)], check=True)
    python = str(PEERS / "bin" / "python")
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", python, "huey", "hyperqueue"], check=True
    )
    (PEERS / "made").touch()


if __name__ == "__main__":
    main()
