"""How much the constants of `centre` matter, on one part of a trace apart from the other.

Each constant is made smaller and larger alone, on each part from an empty pool, so that a reader
sees which part could have told its value and what it then gives on the other. Prints tables;
schedules are deterministic and wall time is no part of them.
"""

import argparse
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from zhisuan.compute.count import Count
from zhisuan.compute.replay.cases import Case, GpuPolicy, SwfOrder, gpu_case, swf_case
from zhisuan.compute.replay.run import Run
from zhisuan.compute.replay.trace import Trace
from zhisuan.compute.traces.philly import Cluster, Tenants, Window, read_philly
from zhisuan.compute.traces.swf import read_swf
from zhisuan.core.quantities import MILLI

NEVER = float("inf")
DAY_S = 86_400.0
EDGES = [datetime(2017, month, 1, tzinfo=UTC) for month in (10, 11, 12)]
MONTHS = {f"{begin:%B}": Window(begin, end) for begin, end in pairwise(EDGES)}
HALVES = ("first half", "second half")
OF_GPUS: list[Mapping[str, float]] = [
    {},
    *({"minimum_run_s": 60.0 * minutes} for minutes in (1, 2, 10, 20)),
    *({"patience_s": days * DAY_S} for days in (2, 4, 14, NEVER)),
    *({"patience_share": share} for share in (0.25, 1.0)),
]
OF_LOG: list[Mapping[str, float]] = [
    {},
    *({"patience_s": days * DAY_S} for days in (1, 2, 3, 4, 6, 7, 10, NEVER)),
]


@dataclass(frozen=True)
class Asked:
    """One replay: a file, how large the pool, which part, and what is changed; None is EASY."""

    file: Path
    size: int
    part: str
    change: Mapping[str, Any] | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--philly", type=Path, help="philly_sia.csv")
    parser.add_argument("--gpus", type=int, default=512)
    parser.add_argument("--swf", type=Path)
    parser.add_argument("--procs", type=int, default=128)
    given = parser.parse_args()
    with ProcessPoolExecutor() as workers:
        if given.philly:
            asked = [Asked(given.philly, given.gpus, *each) for each in product(MONTHS, OF_GPUS)]
            show(("JCT s", "wait s", "Jain"), asked, workers.map(of_gpus, asked))
        if given.swf:
            changes = [None, *OF_LOG]
            asked = [Asked(given.swf, given.procs, *each) for each in product(HALVES, changes)]
            show(("slowdown", "p99 wait s", "wait s"), asked, workers.map(of_log, asked))


def show(heads: tuple[str, ...], asked: Iterable[Asked], told: Iterable[tuple[float, ...]]) -> None:
    print(f"{'part':<12} {'constant':<22}", *(f"{head:>11}" for head in heads))
    for each, values in zip(asked, told, strict=True):
        print(
            f"{each.part:<12} {named(each.change):<22}", *(f"{value:>11,.3f}" for value in values)
        )


def named(change: Mapping[str, float] | None) -> str:
    if change is None:
        return "EASY, users' estimates"
    return ", ".join(f"{name} {value:g}" for name, value in change.items()) or "as shipped"


def of_gpus(asked: Asked) -> tuple[float, float, float]:
    """Average completion time and wait, s, and Jain's index between virtual clusters."""
    cluster = Cluster(Tenants.ONE, 0)
    case = changed(gpu_case(GpuPolicy.CENTRE), asked.change or {})
    run = Run(read_philly(asked.file, cluster, MONTHS[asked.part]), case)
    run.through(cluster.pool(asked.size), lambda _: None)
    return run.measures.average_jct_s, run.measures.average_wait_s, run.measures.fairness


def of_log(asked: Asked) -> tuple[float, float, float]:
    """Bounded slowdown, and the wait that 99 of 100 do not exceed and the average one, s."""
    if asked.change is None:
        case = swf_case(SwfOrder.FCFS, None, None)
    else:
        case = changed(swf_case(SwfOrder.CENTRE, None, None), asked.change)
    run = Run(half(read_swf(asked.file), asked.part), case)
    run.through(Count(MILLI * asked.size), lambda _: None)
    told = run.measures
    return told.bounded_slowdown, told.p99_wait_s, told.average_wait_s


def half(log: Trace, part: str) -> Trace:
    first = len(log.jobs) // 2
    if part == HALVES[0]:
        return replace(log, jobs=log.jobs[:first])
    return log.last(len(log.jobs) - first)


def changed(case: Case, change: Mapping[str, Any]) -> Case:
    return replace(case, policy=replace(case.policy, **change))


if __name__ == "__main__":
    main()
