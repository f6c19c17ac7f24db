"""The first tutorial, typed in as it stands: every bash block, in order, in an empty folder."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs/tutorials/first-result.md"


@pytest.mark.environment
def test_the_tutorial_gives_the_result_it_promises(tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    blocks = re.findall(r"(?ms)^```bash\n(.*?)^```$", TUTORIAL.read_text("utf-8"))
    typed = "set -eu\ntrap 'kill ${centre:-} 2>/dev/null || true' EXIT\n" + "\n".join(blocks)
    done = subprocess.run(
        ["bash", "-c", typed],
        cwd=tmp_path,
        env={
            **{name: text for name, text in os.environ.items() if not name.startswith("ZHISUAN_")},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "ZHISUAN_DATA": str(tmp_path / "data"),
            "ZHISUAN_PORT": str(_free_port()),
        },
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    assert "Every record is what was written." in done.stdout
    assert "event: solution.ready" in done.stdout
    assert (tmp_path / "first-result/model/model.onnx").stat().st_size > 0
    receipt = json.loads((tmp_path / "receipt.json").read_text("utf-8"))
    assert receipt["result"]["score"] < receipt["result"]["baseline_score"]
    _every_key_is_explained(receipt)


def _every_key_is_explained(receipt):
    page = (ROOT / "docs/reference/receipt.md").read_text("utf-8")
    blocks = re.findall(r"(?m)^## (\w+)$", page)
    told = {part for name in re.findall(r"`([\w.]+)(?:\[\])?`", page) for part in name.split(".")}
    assert _keys(receipt) <= {*blocks, *told}


def _keys(value):
    if isinstance(value, dict):
        return set(value) | {key for each in value.values() for key in _keys(each)}
    if isinstance(value, list):
        return {key for each in value for key in _keys(each)}
    return set()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
