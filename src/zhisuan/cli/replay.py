"""`zhisuan replay`: a public trace, replayed in this process under a policy of choice."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.options import Json
from zhisuan.cli.replay_own import own
from zhisuan.compute.replay.cases import (
    Estimates,
    GpuPolicy,
    Placement,
    SwfBackfill,
    SwfOrder,
    Tenants,
    gpu_case,
    swf_case,
)
from zhisuan.core.errors import WrongInput

if TYPE_CHECKING:
    from zhisuan.compute.replay.chart import Chart
    from zhisuan.compute.replay.timeline import Timeline

app = typer.Typer(
    help="Replay public traces, which needs no centre, or one's own history.",
    no_args_is_help=True,
)
app.command("own")(own)

Tell = Callable[[str], Callable[[float], None]]
"""Names a stage and gives what is to be told its progress, 0 to 1."""

_File = Annotated[Path, typer.Argument(help="The trace, as published; may be gzipped.")]
_Html = Annotated[
    Path | None, typer.Option("--html", help="Draw what happened into this HTML file.")
]
_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]


@app.command("openb")
def openb(
    nodes: Annotated[Path, typer.Option(help="List of nodes, as published.")],
    pods: Annotated[Path, typer.Option(help="List of pods, as published.")],
    policy: Annotated[Placement, typer.Option(help="Where a pod goes.")] = Placement.CENTRE,
    seed: Annotated[int, typer.Option(min=0, help="Draws the order of nodes and pods.")] = 42,
    html: _Html = None,
    as_json: Json = False,
) -> None:
    """Fill a GPU cluster pod by pod and tell what stays unallocated (Alibaba, 2023).

    The pods of the trace in random order, then copies of them, until demand is 1.3 times what
    the cluster has; no pod ever leaves.
    """
    from zhisuan.compute.replay.experiment import Filling, experiment
    from zhisuan.compute.replay.report import filling_charts
    from zhisuan.compute.traces.openb import read_nodes, read_pods

    _check_writable(html)
    with _telling(quiet=as_json) as tell:
        cluster = read_nodes(nodes, tell(f"reading {nodes.name}"))
        trace = read_pods(pods, tell(f"reading {pods.name}"))
        tried = experiment(cluster, trace, seed)
        filling = Filling(tried, policy.packing)
        told = tell("placing")
        for done in filling.run():
            told(done / len(tried.pods))
    values = {
        "unallocated_gpu_percent_at_100": filling.unallocated_percent(100),
        "unallocated_gpu_percent_at_130": filling.unallocated_percent(130),
        "fragmentation_percent": filling.fragmentation,
        "placements_per_second": filling.placements_per_second,
        "decision_ms_p50": filling.decision_ms(0.5),
        "decision_ms_p99": filling.decision_ms(0.99),
    }
    lead = (
        f"{policy}, seed {seed}: {len(tried.pods):,} pods on {len(cluster):,} nodes, "
        f"{filling.refused:,} found no room"
    )
    charts = filling_charts(filling) if html is not None else ()
    _show(_Told(pods.name, lead, values), html, charts, as_json=as_json)


@app.command("swf")
def swf(
    file: _File,
    procs: Annotated[int, typer.Option(min=1, help="Processors of the machine.")],
    order: Annotated[
        SwfOrder, typer.Option(help="First come, shortest job, or the centre's own policy.")
    ] = SwfOrder.FCFS,
    backfill: Annotated[
        SwfBackfill | None,
        typer.Option(help="Whether later jobs may pass; easy if left away. centre brings easy."),
    ] = None,
    estimates: Annotated[
        Estimates | None,
        typer.Option(
            help="How long jobs are expected to run: what users said (but predicted for centre, "
            "if left away), the truth (a bound, not a policy), or what was learned on the way."
        ),
    ] = None,
    last: Annotated[
        int | None, typer.Option(min=1, help="Only so many jobs, the last that are kept.")
    ] = None,
    promise: Annotated[
        bool,
        typer.Option(
            "--promise", help="Also promise every arrival a start, and tell how that came out."
        ),
    ] = False,
    html: _Html = None,
    as_json: Json = False,
) -> None:
    """Replay the log of a supercomputer (Standard Workload Format)."""
    from zhisuan.compute.count import Count
    from zhisuan.compute.replay.run import Run
    from zhisuan.compute.replay.timeline import Timeline
    from zhisuan.compute.traces.swf import read_swf
    from zhisuan.core.quantities import MILLI

    _check_writable(html)
    case = swf_case(order, backfill, estimates)
    timeline = Timeline(MILLI * procs) if html is not None else None
    with _telling(quiet=as_json) as tell:
        trace = read_swf(file, tell(f"reading {file.name}"))
        if last is not None:
            trace = trace.last(last)
        run = Run(trace, case, timeline, promise=promise)
        run.through(Count(MILLI * procs), tell("replaying"))
    measures = run.measures
    values: dict[str, float | None] = {
        "jobs": measures.jobs,
        "average_wait_s": measures.average_wait_s,
        "bounded_slowdown": measures.bounded_slowdown,
        "p99_wait_s": measures.p99_wait_s,
        "utilisation": measures.utilisation(procs),
        "makespan_s": measures.makespan_s,
        "jobs_per_second": run.jobs_per_second,
        **run.promised,
    }
    lead = f"{case.told}; {procs:,} processors; {trace.dropped:,} lines were no work"
    told = _Told(trace.name, lead, values, caution=case.caution)
    _show(told, html, _charts(timeline), as_json=as_json)


@app.command("philly")
def philly(
    file: _File,
    gpus: Annotated[int, typer.Option(min=1, help="GPUs of the cluster.")],
    nodes_of: Annotated[
        int | None,
        typer.Option(min=1, help="GPUs of one node; without it, nodes do not matter."),
    ] = None,
    begin: Annotated[
        datetime | None, typer.Option("--from", formats=_DATES, help="Jobs from then on, UTC.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=_DATES, help="Jobs before then, UTC.")
    ] = None,
    policy: Annotated[
        GpuPolicy,
        typer.Option(
            help="sjf and easy are told how long jobs run: bounds, not policies. centre takes "
            "turns and preempts, at a cost; centre-nonpreemptive predicts."
        ),
    ] = GpuPolicy.CENTRE,
    tenants: Annotated[
        Tenants,
        typer.Option(
            help="Count jobs against one tenant, or each virtual cluster its own; fairness is "
            "always told between virtual clusters."
        ),
    ] = Tenants.ONE,
    html: _Html = None,
    as_json: Json = False,
) -> None:
    """Replay gangs of GPUs that queue for a cluster (Microsoft Philly, 2017)."""
    from zhisuan.compute.replay.run import Run
    from zhisuan.compute.replay.timeline import Timeline
    from zhisuan.compute.traces.philly import Cluster, Window, read_philly
    from zhisuan.core.quantities import MILLI

    _check_writable(html)
    if begin is not None and end is not None and begin >= end:
        raise WrongInput(
            f"--from {begin} is not before --to {end}.", hint="Let --from be the earlier one."
        )
    case = gpu_case(policy)
    cluster = Cluster(tenants, nodes_of or 0)
    pool = cluster.pool(gpus)
    timeline = Timeline(MILLI * gpus) if html is not None else None
    with _telling(quiet=as_json) as tell:
        window = Window(_utc(begin), _utc(end))
        trace = read_philly(file, cluster, window, tell(f"reading {file.name}"))
        run = Run(trace, case, timeline)
        run.through(pool, tell("replaying"))
    measures = run.measures
    values = {
        "jobs": measures.jobs,
        "average_jct_s": measures.average_jct_s,
        "average_wait_s": measures.average_wait_s,
        "p99_wait_s": measures.p99_wait_s,
        "jain_fairness": measures.fairness,
        "jobs_per_second": run.jobs_per_second,
    }
    beside = {"preemptions": measures.preemptions, "lost_s": measures.lost_s}
    nodes = f" in nodes of {nodes_of}" if nodes_of else ""
    told = _Told(trace.name, f"{case.told}; {gpus:,} GPUs{nodes}", values, beside, case.caution)
    _show(told, html, _charts(timeline), as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a replay came to.

    Attributes:
        title: which trace.
        lead: under what.
        values: the figures, by their keys in the JSON document.
        beside: more figures, for people alone.
        caution: what must be known to read them right.
    """

    title: str
    lead: str
    values: Mapping[str, float | None]
    beside: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    caution: str = ""


def _show(told: _Told, html: Path | None, charts: Sequence["Chart"], *, as_json: bool) -> None:
    """The figures as a table or one document, and the page if it is asked for."""
    from zhisuan.compute.replay.page import Page, page
    from zhisuan.compute.replay.report import figures

    shown = figures(
        {name: value for name, value in told.values.items() if value is not None}
        | dict(told.beside)
    )
    if html is not None:
        html.write_text(page(Page(told.title, told.lead, told.caution, shown, charts)), "utf-8")
    if told.caution:
        screen.say(told.caution)
    if as_json:
        screen.show_json(told.values)
        return
    screen.show(f"[bold]{screen.escape(told.title)}[/]  {screen.escape(told.lead)}")
    screen.show_table(
        ("figure", "指标", "value", "unit"),
        ((each.en, each.zh, each.value, each.unit) for each in shown),
        "No figures.",
    )
    if html is not None:
        screen.show(f"Drawn: {screen.escape(str(html))}")


def _check_writable(html: Path | None) -> None:
    """Refuse before the work, not after it."""
    if html is not None and (html.is_dir() or not html.absolute().parent.is_dir()):
        raise WrongInput(f"{html} cannot be written.", hint="Name a file in a folder that exists.")


def _charts(timeline: "Timeline | None") -> Sequence["Chart"]:
    from zhisuan.compute.replay.report import time_charts

    return () if timeline is None else time_charts(timeline)


def _utc(given: datetime | None) -> datetime | None:
    return None if given is None else given.replace(tzinfo=UTC)


@contextmanager
def _telling(*, quiet: bool) -> Generator[Tell]:
    """Show progress while the block runs, unless a program reads along."""
    if quiet:
        yield lambda _stage: lambda _share: None
        return
    with screen.stages() as stages:

        def tell(stage: str) -> Callable[[float], None]:
            stages.tell(stage, 0.0)
            return lambda share: stages.tell(stage, share)

        yield tell
