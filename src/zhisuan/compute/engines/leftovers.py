"""What a job leaves behind when its runner was killed: found by session or by mark, and ended.

The job's own process dies with its runner (PR_SET_PDEATHSIG); this is for those that it started.
"""

import os
import signal
from contextlib import suppress

from zhisuan.runner.folder import MARK, Heartbeat
from zhisuan.runner.process import PROC, everyone, look


def end_leftovers(heartbeat: Heartbeat) -> int:
    """End every process of an attempt whose runner is gone; how many there were.

    Args:
        heartbeat: the attempt's last. All jobs of a warm runner carry its one mark, and all of
            them are lost with it.
    """
    session = _session(heartbeat.job)
    mark = f"{MARK}={heartbeat.runner}".encode() if heartbeat.runner else None
    found = [
        process.pid
        for process in everyone()
        if not process.ended and (process.session == session or _carries(process.pid, mark))
    ]
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(found)


def _session(job: str) -> int | None:
    """The job's session, unless its number may belong to somebody else by now.

    A number stays taken while any process is in the session, so a stranger can only have it
    when a new leader of that pid exists.
    """
    pid, started, boot = job.split("-")
    if not (PROC / "sys/kernel/random/boot_id").read_text().startswith(boot):
        return None
    leader = look(int(pid))
    return int(pid) if leader is None or leader.started == int(started) else None


def _carries(pid: int, mark: bytes | None) -> bool:
    """Whether a process was started with this mark, or forked from one that was."""
    if mark is None:
        return False
    try:
        return mark in (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
