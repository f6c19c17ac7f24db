"""What a job leaves behind when its runner was killed: found by session or by mark, and ended.

The job's own process dies with its runner (PR_SET_PDEATHSIG); this is for those that it started.
"""

import os
import signal
from contextlib import suppress

from zhisuan.runner.folder import MARK, Heartbeat
from zhisuan.runner.process import PROC, everyone, look


def end_leftovers(owner: str, heartbeat: Heartbeat | None) -> int:
    """End every process of an attempt whose runner is gone; how many there were.

    Args:
        owner: the runner as the claim names it; its mark follows its identity. All jobs of a
            warm runner carry its one mark, and all of them are lost with it.
        heartbeat: the attempt's last, None if it had none.
    """
    session = None if heartbeat is None else _session(heartbeat.job)
    marks = [f"{MARK}={mark}".encode() for mark in owner.split("-")[3:] if mark]
    found = [
        process.pid
        for process in everyone()
        if not process.ended and (process.session == session or _carries(process.pid, marks))
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


def _carries(pid: int, marks: list[bytes]) -> bool:
    """Whether a process was started with one of these marks, or forked from one that was."""
    if not marks:
        return False
    try:
        return not set(marks).isdisjoint((PROC / str(pid) / "environ").read_bytes().split(b"\0"))
    except OSError:
        return False
