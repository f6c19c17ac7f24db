"""The command line's outermost layer: whatever happens, a person is told two lines."""

import sys
from pathlib import Path

import pytest

from zhisuan.cli import main


def test_a_fault_of_ours_is_two_lines_and_its_trace_lies_in_a_file(monkeypatch, capsys):
    def broken(**_):
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr(main, "app", broken)
    monkeypatch.setattr(sys, "argv", ["zhisuan", "task", "list"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 2
    assert "ZeroDivisionError" in told[0]
    trace = Path(told[1].rsplit("lies in ", 1)[1].rstrip("."))
    assert "nobody foresaw this" in trace.read_text()
    trace.unlink()
