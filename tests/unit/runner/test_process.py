import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from zhisuan.runner.process import alive, children, family, identity, look, proportional_mb

SLEEP = "import time; time.sleep(600)"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", SLEEP]) as process:
        yield process
        process.kill()


def test_a_process_is_seen_with_its_family_and_memory(sleeper: subprocess.Popen[bytes]) -> None:
    me = look(os.getpid())
    assert me is not None
    assert me.memory_mb > 1
    assert me.session == os.getsid(0)
    assert not me.ended
    assert sleeper.pid in children(os.getpid())
    assert sleeper.pid in {process.pid for process in family(os.getpid())}
    share = proportional_mb(os.getpid())
    assert share is not None
    assert 0 < share <= me.memory_mb * 1.1


def test_an_identity_ends_with_its_process(sleeper: subprocess.Popen[bytes]) -> None:
    name = identity(sleeper.pid)
    assert name is not None
    assert alive(name)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert not alive(name), "a zombie is no living process"
    assert identity(sleeper.pid) is None
    sleeper.wait()
    assert look(sleeper.pid) is None
    assert children(sleeper.pid) == []
    assert list(family(sleeper.pid)) == []


def test_the_same_number_later_is_somebody_else() -> None:
    pid, started, boot = (identity(os.getpid()) or "").split("-")
    assert alive(f"{pid}-{started}-{boot}")
    assert not alive(f"{pid}-{int(started) + 1}-{boot}")
    assert not alive(f"{pid}-{started}-00000000")
    assert alive(f"{pid}-{started}-{boot}-a0mark")
    for nonsense in ("", "-", "x", f"{pid}", f"{pid}-{started}"):
        assert not alive(nonsense)
