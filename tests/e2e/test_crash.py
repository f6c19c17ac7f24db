"""The crash drill, short; `python tests/e2e/crash_drill.py --kills 200` is the full one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_killing_the_centre_loses_nothing_and_does_nothing_twice():
    drill = Path(__file__).with_name("crash_drill.py")
    done = subprocess.run(
        [sys.executable, str(drill), "--kills", "8", "--seed", "7"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    counted = json.loads(done.stdout)
    assert counted["kills"] == 8
    assert counted["succeeded"] >= 10
