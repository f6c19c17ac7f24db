"""Foresight: what the live centre expects of its jobs, learned from those that ended.

How long a job will run, how fast one kind of device is beside another, and between which instants
a waiting job will start. All of it is learned again from the kept jobs when the centre opens, but
for the errors of earlier forecasts, which are kept in a file of their own and are no truth to lose.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from zhisuan.compute.exchange import Exchange
from zhisuan.compute.history import History
from zhisuan.compute.job import Job, JobState
from zhisuan.compute.packing.mix import Arrivals, Mix
from zhisuan.compute.promise import Promises
from zhisuan.compute.request import ResourceRequest

REMEMBERED = 2000
"""Ended jobs from which expectations are learned again."""

_FILE = "foresight.json"


class Foresight:
    """What is expected.

    Args:
        folder: the centre's data folder, where it is kept; None keeps nothing.
        ended: jobs that ended of late, the oldest first.

    Attributes:
        mix: what is typically asked for; None before the first job.
    """

    def __init__(self, folder: Path | None, ended: Iterable[Job] = ()) -> None:
        self._file = None if folder is None else folder / _FILE
        self._history = History()
        self._exchange = Exchange()
        self._promises = Promises() if self._file is None else _read(self._file)
        self._told: dict[str, tuple[float, float]] = {}
        self._first: dict[str, float] = {}  # job to the end of the interval it was first told
        self._arrivals = Arrivals()
        self.mix: Mix | None = None
        for job in ended:
            self.learn(job)
            self.arrived(job)

    def expected_s(self, job: Job) -> float:
        """Seconds the job is expected to run from now on, at most what its limit leaves."""
        limit_s = job.time_left_s
        left_s = self._history.expect(_keys(job), job.work.time_limit_s) - job.behind_s
        return max(1.0, min(limit_s, left_s))

    def spread_s(self, job: Job) -> tuple[float, float] | None:
        """The shortest and the longest that like jobs ran of late, of this attempt; None if none.

        Seconds, at most what the job's limit leaves.
        """
        alike = self._history.alike(_keys(job))
        if not alike:
            return None
        low, high = (
            max(1.0, min(job.time_left_s, run_s - job.behind_s))
            for run_s in (min(alike), max(alike))
        )
        return low, high

    def preferring(self, job: Job) -> ResourceRequest:
        """The job's request with the kinds it may have in order of speed, where that is known."""
        if len(job.request.any_of) < 2:  # noqa: PLR2004  one alone is no choice
            return job.request
        return job.request.fastest_first(self._exchange.speeds(job.work.kind))

    def learn(self, job: Job) -> None:
        """A job ended; only one that ended well says how long such work takes."""
        if job.state is not JobState.SUCCEEDED or not job.started_at or not job.ended_at:
            return
        run_s = (job.ended_at - job.started_at).total_seconds() + job.behind_s
        self._history.learn(_keys(job), run_s)
        kinds = {share.kind for each in job.allocations for share in each.devices}
        if len(kinds) == 1 and job.attempt == 1:
            self._exchange.learn(job.work.kind, _work(job), kinds.pop(), run_s)

    def arrived(self, job: Job) -> bool:
        """A job came; says whether what is typically asked for has changed by it."""
        mix = self._arrivals.learn(job.request)
        self.mix = mix or self.mix
        return mix is not None

    def started(self, job_id: str, now: float) -> None:
        """A job started; what it was told first is compared with what came of it."""
        self._first.pop(job_id, None)
        told = self._told.pop(job_id, None)
        if told is not None:
            told_at, forecast_s = told
            self._promises.learn(forecast_s, now - told_at)

    def gone(self, job_id: str) -> None:
        """A job will not start any more."""
        self._told.pop(job_id, None)
        self._first.pop(job_id, None)

    def late(self, now: float) -> Mapping[str, float]:
        """Jobs that wait beyond what they were first told, and until when that was."""
        first = dict(self._first)  # at once: whoever asks need not be the loop
        return {job_id: until for job_id, until in first.items() if until < now}

    def intervals(
        self, now: float, starts: Mapping[str, float]
    ) -> Mapping[str, tuple[float, float]]:
        """The promise to each waiting job: the instants between which it will start."""
        promised: dict[str, tuple[float, float]] = {}
        for job_id, at in starts.items():
            low, high = self._promises.interval(at - now)
            if job_id not in self._told:
                self._told[job_id] = now, at - now
                self._first[job_id] = now + high
            promised[job_id] = now + low, now + high
        return promised

    def keep(self) -> None:
        """Write down what earlier forecasts were worth."""
        if self._file is None:
            return
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(self._promises.to_json()), encoding="utf-8")
        part.replace(self._file)


def _read(file: Path) -> Promises:
    """What was kept; nothing if it cannot be read, since it can be learned again."""
    try:
        return Promises.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return Promises()


def _keys(job: Job) -> Sequence[tuple[object, ...]]:
    """What makes jobs alike, from narrow to wide."""
    work = job.work
    return (
        (job.tenant, work.kind, work.time_limit_s),
        (job.tenant, work.kind),
        (work.kind, work.time_limit_s),
    )


def _work(job: Job) -> str:
    """What tells like questions from unlike ones: the same parameters and inputs."""
    told = json.dumps([job.work.parameters, job.work.inputs], sort_keys=True, ensure_ascii=False)
    return sha256(told.encode()).hexdigest()[:16]
