"""The watch over one job: what is known of it, and the decision about it. No I/O."""

import signal
from dataclasses import dataclass

from zhisuan.core.work import EndReason, FinalRecord, LaunchSpec
from zhisuan.runner.folder import AttemptFolder
from zhisuan.runner.meter import Counts

_LEFTOVER_GRACE_S = 0.5  # for helpers that tidy up when their job ends, such as resource trackers


@dataclass(slots=True)
class Watch:
    """What is known of one running job, and the decision about it.

    Attributes:
        job: identity of its main process, which leads its session and process group.
        started, kill_at, beat_at, ended: seconds of the monotonic clock.
        verdict: why it is being ended, None while it may run.
        leftover_cpu_s: processor seconds of processes that it left behind.
        record: the end, once nothing of the job is left.
    """

    spec: LaunchSpec
    folder: AttemptFolder
    pid: int
    pidfd: int
    report: int
    job: str
    started: float
    started_at: str
    counts: Counts
    oom_kills: int
    peak_mb: float = 0.0
    beat_at: float = 0.0
    verdict: EndReason | None = None
    terminated: bool = False
    kill_at: float = float("inf")
    ended: float | None = None
    leftover_cpu_s: float = 0.0
    record: FinalRecord | None = None

    def judge(self, now: float, memory_mb: float, stop_grace_s: float | None) -> int | None:
        """The signal to send now, None for none.

        A stop or the end of its time asks first and insists after the grace; too much memory
        is ended at once, since every moment of waiting may take more.

        Args:
            now: seconds of the monotonic clock.
            memory_mb: resident memory of all the job's processes.
            stop_grace_s: grace of a request to stop, None without one.
        """
        if memory_mb > self.spec.memory_mb:
            self.verdict = self.verdict or EndReason.OUT_OF_MEMORY
            return signal.SIGKILL
        if stop_grace_s is not None:
            self.verdict = self.verdict or EndReason.STOPPED
            self.kill_at = min(self.kill_at, now + stop_grace_s)
        elif self.verdict is None and now - self.started > self.spec.time_limit_s:
            self.verdict = EndReason.OVER_TIME
            self.kill_at = now + self.spec.grace_s
        if now >= self.kill_at:
            return signal.SIGKILL
        if self.verdict is not None and not self.terminated:
            self.terminated = True
            return signal.SIGTERM
        return None

    def over(self, now: float) -> bool:
        """Whether what the job left behind has had its time to tidy up."""
        if self.ended is None:
            return False
        return self.verdict is not None or now - self.ended > _LEFTOVER_GRACE_S
