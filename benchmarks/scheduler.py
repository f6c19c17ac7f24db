"""The scheduler on public traces: against published results, beside a peer, and at scale.

- **openb** (`--openb FOLDER`, and the published rows with `--published FILE`): unallocated GPU
  when demand reaches the capacity, by workload and policy, mean over seeds, and placements/s.
- **swf** (`--swf FILE --procs N`): EASY backfilling of a whole log; and AccaSim 1.1.3 from PyPI on
  the first jobs of the same log in the same run (wall seconds of whole processes, so ratios hold).
- **scale**: one plan on pools and queues of growing size, simulated; always run.

`python benchmarks/scheduler.py …` prints tables and writes `benchmarks/out/scheduler.json` and
`benchmarks/out/scale.svg`. Traces are not ours and are not shipped; see the how-to on replays.
"""

import argparse
import csv
import gzip
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node
from zhisuan.compute.policy import Backfill, Policy
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import DeviceRequest, ResourceRequest, Together
from zhisuan.compute.scheduler.plan import plan
from zhisuan.compute.scheduler.queue import Queue, Running
from zhisuan.compute.scheduler.values import Outlook, QueuedJob, RunningJob

OUT = Path(__file__).parent / "out"
PEER = OUT / "accasim"
ZHISUAN = [sys.executable, "-m", "zhisuan", "replay"]
SIZES = ((100, 1_000), (1_000, 1_000), (1_000, 10_000), (1_000, 100_000))
SIZES += ((10_000, 1_000), (10_000, 10_000), (10_000, 100_000))

PEER_PROGRAM = """
import collections, collections.abc, json, sys, time
for name in ("Mapping", "MutableMapping", "Iterable", "Sequence", "Callable", "Hashable"):
    setattr(collections, name, getattr(collections.abc, name))
from accasim.base.simulator_class import Simulator
from accasim.base.scheduler_class import EASYBackfilling
from accasim.base.allocator_class import FirstFit
simulator = Simulator(sys.argv[1], sys.argv[2], EASYBackfilling(FirstFit()),
                      SCHEDULING_OUTPUT=False, PPRINT_OUTPUT=False, STATISTICS_OUTPUT=False)
simulator.start_simulation()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--openb", type=Path)
    parser.add_argument("--published", type=Path)
    parser.add_argument("--workloads", nargs="*", default=["default", "gpuspec33", "multigpu50"])
    parser.add_argument("--policies", nargs="*", default=["random", "bestfit", "fgd", "centre"])
    parser.add_argument("--seeds", nargs="*", type=int, default=[47, 48, 49, 50, 51])
    parser.add_argument("--swf", type=Path)
    parser.add_argument("--procs", type=int, default=128)
    parser.add_argument("--peer-jobs", type=int, default=5000)
    given = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    told: dict[str, Any] = {"scale": scale()}
    if given.openb:
        told["openb"] = openb(given)
    if given.swf:
        told["swf"] = swf(given)
    OUT.joinpath("scheduler.json").write_text(json.dumps(told, indent=2))


def replayed(*arguments: object) -> dict[str, float]:
    asked = [*ZHISUAN, *map(str, arguments), "--json"]
    return json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)


def openb(given: argparse.Namespace) -> list[dict[str, Any]]:
    published = rows(given.published) if given.published else {}
    nodes = given.openb / "openb_node_list_gpu_node.csv"
    table: list[dict[str, Any]] = []
    print(f"\nunallocated GPU % at full demand, seeds {given.seeds}")
    print(
        f"{'workload':14} {'policy':9} {'ours':>7} {'published':>10} {'sd':>5} {'pods/s':>8} p99 ms"
    )
    for workload in given.workloads:
        for policy in given.policies:
            pods = given.openb / f"openb_pod_list_{workload}.csv"
            asked = ("openb", "--nodes", nodes, "--pods", pods, "--policy", policy)
            runs = [replayed(*asked, "--seed", seed) for seed in given.seeds]
            mean = statistics.mean(each["unallocated_gpu_percent_at_100"] for each in runs)
            speed = statistics.median(each["placements_per_second"] for each in runs)
            late = statistics.median(each["decision_ms_p99"] for each in runs)
            known = published.get((workload, policy))
            row = {"workload": workload, "policy": policy, "mean": mean, "pods_per_s": speed}
            table.append(row | {"p99_ms": late, "published": known})
            beside = f"{known[0]:10.2f} {known[1]:5.2f}" if known else f"{'–':>10} {'–':>5}"
            print(f"{workload:14} {policy:9} {mean:7.2f} {beside} {speed:8.0f} {late:6.2f}")
    return table


def rows(file: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Mean and deviation of what published runs left unallocated, by workload and policy."""
    names = {
        "01-Random": "random",
        "04-GpuPacking": "packing",
        "05-BestFit": "bestfit",
        "06-FGD": "fgd",
    }
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    with file.open() as lines:
        for row in csv.DictReader(lines):
            if row["sc_policy"] in names and row["tune"] == "1.3":
                workload = row["workload"].removeprefix("openb_pod_list_")
                values[workload, names[row["sc_policy"]]].append(100 - float(row["100"]))
    return {key: (statistics.mean(each), statistics.stdev(each)) for key, each in values.items()}


def swf(given: argparse.Namespace) -> dict[str, Any]:
    asked = ("swf", given.swf, "--procs", given.procs, "--order", "fcfs", "--backfill", "easy")
    runs = [replayed(*asked, "--estimates", "user") for _ in range(5)]
    best = max(each["jobs_per_second"] for each in runs)
    middle = statistics.median(each["jobs_per_second"] for each in runs)
    jobs, wait, slow = (runs[0][key] for key in ("jobs", "average_wait_s", "bounded_slowdown"))
    print(f"\nEASY, whole log of {jobs:,.0f} jobs: wait {wait:,.1f} s, slowdown {slow:.2f}")
    print(f"{middle:,.0f} jobs/s median of 5, best {best:,.0f} (processor time of the replay)")
    part = cut(given.swf, given.peer_jobs)
    ours = timed([*ZHISUAN, *map(str, ("swf", part, *asked[2:])), "--json"])
    theirs = timed(peer(part, given.procs))
    print(
        f"first {given.peer_jobs:,} jobs, whole processes: zhisuan {ours:.2f} s, "
        f"AccaSim {theirs:.2f} s, ratio {theirs / ours:.0f}"
    )
    return {"jobs_per_s": middle, "best": best, "ours_s": ours, "accasim_s": theirs}


def cut(log: Path, jobs: int) -> Path:
    """The first jobs of a log that ran, as a file both programs read."""
    raw = log.read_bytes()
    text = (gzip.decompress(raw) if log.suffix == ".gz" else raw).decode("latin-1")
    lines = text.splitlines(keepends=True)
    comments = [line for line in lines if line.startswith(";")]
    ran = [line for line in lines if not line.startswith(";") and float(line.split()[3]) > 0]
    part = OUT / "part.swf"
    part.write_text("".join([*comments, *ran[:jobs]]))
    return part


def peer(part: Path, procs: int) -> list[str]:
    """The command that replays the same part with AccaSim, in an environment of its own."""
    python = PEER / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(PEER)], check=True)
        install = [uv, "pip", "install", "-q", "--python", str(python)]
        subprocess.run([*install, "accasim==1.1.3", "setuptools<81"], check=True)
    system = OUT / "system.json"
    system.write_text(json.dumps({"groups": {"a": {"core": 1}}, "resources": {"a": procs}}))
    return [str(python), "-W", "ignore", "-c", PEER_PROGRAM, str(part), str(system)]


def timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=OUT)
    return time.perf_counter() - began


def scale() -> list[dict[str, float]]:
    table: list[dict[str, float]] = []
    print(f"one plan, EASY, simulated, {os.cpu_count()} cores")
    print(f"{'nodes':>7} {'queued':>8} {'starts':>7} {'first plan s':>13} {'next plan s':>12}")
    for nodes, queued in SIZES:
        pool, queue, running = Pool(machines(nodes)), Queue(jobs=jobs(queued)), Running()
        policy = Policy(backfill=Backfill.EASY)
        began = time.process_time()
        made = plan(1e6, pool, queue, running, policy, Outlook(), explain=False)
        first = time.process_time() - began
        for start in made.starts:
            job = start.job
            queue.remove(job.job_id)
            pool.take(start.places, job.request)
            held = (job.job_id, job.tenant, job.sequence, job.request, start.places)
            running.add(RunningJob(*held, started_at=1e6, ends_at=1e6 + job.run_s))
        began = time.process_time()
        plan(1e6, pool, queue, running, policy, Outlook(), explain=False)
        again = time.process_time() - began
        row = {"nodes": nodes, "queued": queued, "starts": len(made.starts)}
        table.append(row | {"first_s": first, "next_s": again})
        print(f"{nodes:7,} {queued:8,} {len(made.starts):7,} {first:13.3f} {again:12.4f}")
    OUT.joinpath("scale.svg").write_text(drawn(table), encoding="utf-8")
    return table


def machines(count: int) -> list[Node]:
    kinds = (DeviceKind.GPU, DeviceKind.NPU)
    made = []
    for row in range(count):
        kind = kinds[row % 2]
        devices = tuple(Device(f"d{n}", kind, "", f"m{row % 4}", 65536) for n in range(8))
        made.append(Node(f"n{row}", tuple(range(64)), 512_000, devices, f"r{row // 32}"))
    return made


def jobs(count: int) -> list[QueuedJob]:
    rng = random.Random(0)
    shapes = [ResourceRequest(1000 * cores, 2048 * cores) for cores in (1, 2, 4, 8, 16)]
    for kind in (DeviceKind.GPU, DeviceKind.NPU):
        for milli in (250, 500, 1000, 2000, 4000, 8000):
            wanted = (DeviceRequest(kind, milli),)
            shapes.append(ResourceRequest(max(500, 4 * milli), 4096, wanted))
        for nodes in (2, 4, 8):
            wanted = (DeviceRequest(kind, 8000),)
            close = Together.RACK_PREFERRED
            shapes.append(ResourceRequest(32_000, 65_536, wanted, nodes, together=close))
    return [
        QueuedJob(
            f"j{n}",
            "abcdefgh"[rng.randrange(8)],
            n,
            rng.choice(shapes),
            rng.choice((0, 10)),
            float(n),
            rng.expovariate(1 / 3600),
        )
        for n in range(count)
    ]


def drawn(table: list[dict[str, float]]) -> str:
    """Seconds of the first plan against queued jobs, both axes logarithmic, a line a pool size."""
    width, height, left, top = 520, 340, 70, 30

    def across(queued: float) -> float:
        return left + (math.log10(queued) - 3) / 2 * (width - left - 90)

    def down(seconds: float) -> float:
        return top + (1.5 - math.log10(max(seconds, 1e-3))) / 4.5 * (height - top - 50)

    space, font = "http://www.w3.org/2000/svg", 'font-family="system-ui, sans-serif"'
    parts = [
        f'<svg xmlns="{space}" viewBox="0 0 {width} {height}" {font} font-size="12">',
        "<title>Seconds of one plan by queued jobs and nodes</title>",
    ]
    for seconds in (0.001, 0.01, 0.1, 1.0, 10.0):
        y = down(seconds)
        parts.append(f'<path d="M{left} {y:.1f}H{width - 80}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{seconds:g} s</text>')
    for queued in (1_000, 10_000, 100_000):
        x = across(queued)
        parts.append(f'<text x="{x:.1f}" y="{height - 25}" text-anchor="middle">{queued:,}</text>')
    parts.append(f'<text x="{left}" y="{height - 6}">jobs that wait, first plan</text>')
    colours = {100: "#8aa", 1_000: "#2a7", 10_000: "#246"}
    for nodes, colour in colours.items():
        points = [
            (across(row["queued"]), down(row["first_s"])) for row in table if row["nodes"] == nodes
        ]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        x, y = points[-1]
        parts.append(
            f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{nodes:,} nodes</text>'
        )
    return "\n".join([*parts, "</svg>"])


if __name__ == "__main__":
    main()
