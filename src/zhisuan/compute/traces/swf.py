"""The Standard Workload Format: one job a line, eighteen fields, comments after `;`.

The fields are those of the Parallel Workloads Archive (Chapin et al., JSSPP 1999;
https://www.cs.huji.ac.il/labs/parallel/workload/swf.html); -1 stands for what is not known.
"""

from operator import attrgetter
from pathlib import Path

from zhisuan.compute.replay.trace import Trace, TraceJob
from zhisuan.compute.request import ResourceRequest
from zhisuan.compute.traces.lines import Line, Told, lines
from zhisuan.core.errors import WrongInput
from zhisuan.core.quantities import MILLI

_FIELDS = 18
_JOB, _SUBMIT, _RUN, _ALLOCATED, _REQUESTED, _ESTIMATE = 0, 1, 3, 4, 7, 8
_STATUS, _USER, _GROUP, _EXECUTABLE, _QUEUE = 10, 11, 12, 13, 14
_UNKNOWN = -1
_PARTIAL = frozenset({"2", "3", "4"})
"""Statuses of a part of a job; the whole of it stands in a line of its own."""


def read_swf(path: Path, told: Told | None = None) -> Trace:
    """The jobs of a log that did run.

    A job has the processors it requested, or those allocated if it does not say; its estimate,
    or its run time if it gave none; and no longer a run than its estimate, since it is ended then.

    Args:
        path: the log, gzipped or not.
        told: progress.

    Raises:
        NotFound, WrongInput: no file, a malformed line, or no job in it at all.
    """
    jobs: list[TraceJob] = []
    seen: set[str] = set()
    requests: dict[int, ResourceRequest] = {}
    dropped = 0
    for line, text in lines(path, told):
        if not text.strip() or text.lstrip().startswith(";"):
            continue
        job = _job(line, text, requests)
        if job is None:
            dropped += 1
            continue
        if job.job_id in seen:
            raise line.wrong(
                f"job {job.job_id} stands there twice", "Every job must have a number of its own."
            )
        seen.add(job.job_id)
        jobs.append(job)
    if not jobs:
        raise WrongInput(
            f"{path.name} holds no job that ran.", hint="Name a log in Standard Workload Format."
        )
    jobs.sort(key=attrgetter("arrival_s"))  # stable: those of one instant keep their order
    return Trace(path.name, jobs, dropped)


def _job(line: Line, text: str, requests: dict[int, ResourceRequest]) -> TraceJob | None:
    fields = text.split()
    if len(fields) != _FIELDS:
        raise line.wrong(
            f"there are {len(fields)} fields",
            f"A job of the Standard Workload Format has {_FIELDS} fields, -1 where unknown.",
        )
    submit_s = line.number_in(fields[_SUBMIT], "the submit time (field 2)")
    run_s = line.number_in(fields[_RUN], "the run time (field 4)", _UNKNOWN)
    allocated = line.whole_in(fields[_ALLOCATED], "allocated processors (field 5)", _UNKNOWN)
    requested = line.whole_in(fields[_REQUESTED], "requested processors (field 8)", _UNKNOWN)
    estimate_s = line.number_in(fields[_ESTIMATE], "the requested time (field 9)", _UNKNOWN)
    processors = requested if requested > 0 else allocated
    if run_s <= 0 or processors <= 0 or fields[_STATUS] in _PARTIAL:
        return None
    if estimate_s <= 0:
        estimate_s = run_s
    request = requests.setdefault(processors, ResourceRequest(MILLI * processors))
    user = _known(fields[_USER])
    return TraceJob(
        fields[_JOB],
        user,
        submit_s,
        min(run_s, estimate_s),
        estimate_s,
        request,
        _known(fields[_GROUP]),
        user,
        _known(fields[_EXECUTABLE]),
        _known(fields[_QUEUE]),
    )


def _known(field: str) -> str:
    return "" if field == str(_UNKNOWN) else field
