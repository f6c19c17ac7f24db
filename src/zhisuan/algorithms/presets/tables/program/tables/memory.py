"""What a run has learned so far, kept so that the next attempt goes on from there.

A part is written each time some CPU seconds of work would be lost otherwise, and when the run is
asked to stop: the fits that are new, and where everything stands. Only a run over the same table,
question and parameters with the same program and libraries finds them again.
"""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tables.budget import Budget
from tables.candidates import Candidate, Fit, Search
from tables.packed import from_bytes, to_bytes
from tables.versions import versions
from zhisuan.runner.checkpoint import Checkpoint, fingerprint
from zhisuan.runner.context import Stopped

if TYPE_CHECKING:
    from zhisuan.runner.context import JobContext

KEEP_EVERY_S = 5.0
"""CPU seconds of finished work that a machine's death may cost at most; keeping them takes about a
hundredth of that (1,000 to 20,000 rows, 2 cores)."""

STATE = "state"


def made_from(job: "JobContext") -> str:
    """The fingerprint of all that decides what the search learns."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    parameters = json.loads(json.dumps(dict(job.parameters)))
    return fingerprint(parameters, versions(), *sources, *job.inputs.values())


class Memory:
    """The search as far as it has come, over all attempts.

    Attributes:
        budget: of the run.
        search: what is known so far.
        fraction: how far the run is, as it was last told.

    Args:
        budget: of the run; what earlier attempts used of it is counted in.
        checkpoint: where it is kept; without one nothing is.
        should_stop: says whether somebody asked the run to end.
    """

    def __init__(
        self,
        budget: Budget,
        checkpoint: Checkpoint | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.search = Search()
        self.fraction = 0.0
        self.budget = budget
        self._checkpoint = checkpoint
        self._should_stop = should_stop
        self._fits: dict[str, dict[int, Fit]] = {}
        self._earlier = ("", 0.0)
        self._new: list[tuple[str, int]] = []
        self._parts = 0
        if checkpoint is not None:
            self._recall(checkpoint)
        self._kept_s = budget.used()

    def fits(self, name: str) -> dict[int, Fit]:
        """A learner's fits so far, by the number of their cut."""
        return dict(self._fits.get(name, {}))

    def spent_on(self, name: str) -> float:
        """CPU seconds that a learner has had from earlier attempts, if it was under way."""
        return self._earlier[1] if self._earlier[0] == name else 0.0

    def add(self, name: str, number: int, fit: Fit) -> None:
        """A learner was fitted on one more cut."""
        self._fits.setdefault(name, {})[number] = fit
        self._new.append((name, number))

    def close_stage(self, stage: str) -> None:
        """A stage has ended, and nobody may look up in the next: keep all fits of a longer run."""
        self.budget.close_stage(stage)
        if self._new and self.budget.used() >= KEEP_EVERY_S:
            self._keep(stage)
        self._keep_if_due(stage)

    def forget(self) -> None:
        """The answer is written: nobody needs to go on from here."""
        if self._checkpoint is not None:
            self._checkpoint.forget()

    def look_up(self, stage: str) -> None:
        """From time to time during a stage: keep what is due, and stop if asked to.

        Raises:
            Stopped: after everything was kept.
        """
        if self._should_stop():
            self._keep(stage)
            raise Stopped
        self._keep_if_due(stage)

    def _keep_if_due(self, stage: str) -> None:
        if self.budget.used() - self._kept_s >= KEEP_EVERY_S:
            self._keep(stage)

    def _keep(self, stage: str) -> None:
        if self._checkpoint is None:
            return
        self.budget.close_stage(stage)
        piece = io.BytesIO()
        np.savez(piece, **{STATE: np.array(json.dumps(self._state()))}, **self._new_fits())
        if self._checkpoint.keep(_part(self._parts + 1), piece.getvalue()):
            self._parts += 1
            self._new.clear()
        self._kept_s = self.budget.used()

    def _new_fits(self) -> dict[str, np.ndarray]:
        kept = {f"{name}/{cut}": to_bytes(self._fits[name][cut]) for name, cut in self._new}
        return {key: np.frombuffer(fit, np.uint8) for key, fit in kept.items() if fit is not None}

    def _state(self) -> dict[str, Any]:
        search = self.search
        name, begun_s = search.under_way
        return {
            "stages": self.budget.stages,
            "fraction": self.fraction,
            "tried": [[each.name, len(each.fits), each.score, each.cpu_s] for each in search.tried],
            "failed": search.failed,
            "passed_over": search.passed_over,
            "cut_short": search.cut_short,
            "under_way": [name, self.budget.used() - begun_s],
        }

    def _recall(self, checkpoint: Checkpoint) -> None:
        """Read the parts up to the first that is not there or not whole."""
        state: dict[str, Any] | None = None
        while (piece := checkpoint.find(_part(self._parts + 1))) is not None:
            state = self._read(piece)
            self._parts += 1
        if state is None:
            return
        self.budget.resume(state["stages"])
        self.fraction = state["fraction"]
        name, spent_s = state["under_way"]
        self._earlier = (name, spent_s)
        tried = [self._candidate(*each) for each in state["tried"]]
        self.search.tried = [candidate for candidate in tried if candidate is not None]
        self.search.failed = state["failed"]
        self.search.passed_over = state["passed_over"]
        self.search.cut_short = state["cut_short"]

    def _read(self, piece: bytes) -> dict[str, Any]:
        with np.load(io.BytesIO(piece), allow_pickle=False) as arrays:
            for key in arrays.files:
                if key != STATE:
                    name, cut = key.split("/")
                    self._fits.setdefault(name, {})[int(cut)] = from_bytes(arrays[key].tobytes())
            return json.loads(str(arrays[STATE]))

    def _candidate(self, name: str, cuts: int, score: float, cpu_s: float) -> Candidate | None:
        """A learner that was tried; None, and so tried again, if not all its fits were kept."""
        fits = self.fits(name)
        if set(fits) != set(range(cuts)):
            return None
        answers = np.concatenate([fits[number].answers for number in range(cuts)])
        return Candidate(name, [fits[n].fitted for n in range(cuts)], answers, score, cpu_s)


def _part(number: int) -> str:
    return f"part-{number}"
