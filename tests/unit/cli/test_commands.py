"""What holds for every command there is."""

import json
import re
from pathlib import Path

import pytest
import typer

import zhisuan
from zhisuan.cli import screen
from zhisuan.cli.follow import STAGES
from zhisuan.cli.main import app
from zhisuan.core.errors import CentreError, TargetMissing

SERVERS = {"up", "demo"}
"""Commands whose result is a running centre."""

ALONE = {"replay openb", "replay swf", "replay philly", "voucher check", "backup check"}
"""Commands that compute in their own process and need no centre."""

SOURCE = Path(zhisuan.__file__).parent


def leaves(command, name=""):
    if hasattr(command, "commands"):
        for word, each in command.commands.items():
            yield from leaves(each, f"{name} {word}".strip())
    else:
        yield name, command


COMMANDS = dict(leaves(typer.main.get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_speaks_json(name):
    command = COMMANDS[name]
    options = {option for parameter in command.params for option in parameter.opts}
    assert command.help
    assert ("--json" in options) == (name not in SERVERS)
    assert ("--data" in options) == (name not in ALONE)


def test_the_commands_are_these():
    assert set(COMMANDS) >= {
        *("up", "demo", "solve", "doctor", "ledger verify", "node list", "receipt show"),
        *(f"dataset {verb}" for verb in ("add", "list", "show", "delete")),
        *(f"task {verb}" for verb in ("list", "show")),
        *(f"replay {trace}" for trace in ("openb", "swf", "philly", "own")),
        *(f"job {verb}" for verb in ("list", "show", "logs", "stop", "resume")),
        *(f"node {verb}" for verb in ("drain", "down", "ready")),
    }


def test_every_stage_has_words_for_people():
    said = re.findall(
        r'\btell\(job, memory, "(\w+)"',
        (SOURCE / "algorithms/presets/tables/program/tables/run.py").read_text("utf-8"),
    )
    for file in (SOURCE / "data").glob("*.py"):
        said += re.findall(r'progress\("(\w+)"', file.read_text("utf-8"))
    assert len(set(said)) > 5
    assert set(said) <= set(STAGES)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (3.14159, "3.142"),
        (123456, "123,456"),
        (12345.678, "12,346"),
        (0.00001234, "1.234e-05"),
    ],
)
def test_a_number_is_told_for_people(value, text):
    assert screen.told(value) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0.0 kB"), (1536, "1.5 kB"), (3 << 20, "3.0 MB"), (2 << 40, "2,097,152.0 MB")],
)
def test_a_size_is_told_for_people(size, text):
    assert screen.megabytes(size) == text


def test_an_error_is_two_lines_whatever_it_quotes(capsys):
    screen.show_error(TargetMissing("No column '[/x]'.", hint="Try '[bold]'."), as_json=False)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "✗ No column '[/x]'.\n  Try '[bold]'.\n"


def test_an_error_as_json_is_one_line(capsys):
    screen.show_error(CentreError("错了。" * 100, hint=""), as_json=True)
    told = capsys.readouterr()
    assert told.out == ""
    assert json.loads(told.err)["error"] == {
        "code": "internal",
        "detail": "错了。" * 100,
        "hint": "",
    }
    assert told.err.count("\n") == 1
