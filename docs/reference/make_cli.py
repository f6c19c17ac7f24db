"""Writes cli.md from the commands themselves: `.venv/bin/python docs/reference/make_cli.py`.

The page is what Typer knows of each command and its options; nothing is said here that the
command line does not say of itself. A test fails when the page is stale.
"""
# ruff: noqa: INP001  a script beside the page it writes, not a package

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from typer import Context
from typer.main import get_command

from zhisuan.cli.main import app
from zhisuan.core.errors import CentreError

PAGE = Path(__file__).with_name("cli.md")

_HEAD = """\
# The command line

Made by `docs/reference/make_cli.py` from the commands themselves; `zhisuan COMMAND --help` says
the same. What each error code means stands in [errors.md](errors.md).

Every command that asks the centre works in two ways. With `--url` (or `ZHISUAN_URL`) and a key it
talks to a centre that runs elsewhere. Without, it uses the centre of the data folder: the one
that has it open, or one opened inside the command for as long as it lasts.

Results go to standard output, progress and questions to standard error. With `--json` standard
output is one JSON document, and an error is one JSON line on standard error.

| exit status | meaning |
|---|---|
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD, *_statuses(), *_commands(get_command(app), "zhisuan")]
    return "".join(parts)


def _statuses() -> Iterator[str]:
    yield "| 0 | done |\n"
    meanings: dict[int, list[str]] = {}
    for error in _family(CentreError):
        link = f"[`{error.code}`](errors.md#{error.code})"
        meanings.setdefault(error.exit_status, []).append(link)
    for status, codes in sorted(meanings.items()):
        yield f"| {status} | {', '.join(codes)} |\n"
    yield "| 130 | ended with Ctrl-C |\n"


def _family(error: type[CentreError]) -> Iterator[type[CentreError]]:
    yield error
    for child in error.__subclasses__():
        yield from _family(child)


def _commands(command: Any, name: str) -> Iterator[str]:  # noqa: ANN401  Typer's own, untyped
    children = getattr(command, "commands", None)
    if children is not None:
        for child in children.values():
            yield from _commands(child, f"{name} {child.name}")
        return
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    usage = " ".join([name, *(each.name.upper() for each in arguments), "[OPTIONS]"])
    yield f"\n## {name}\n\n{command.help}\n\n```text\n{usage}\n```\n\n"
    yield "| argument or option | value | meaning |\n|---|---|---|\n"
    for each in (*arguments, *options):
        yield _row(each, Context(command))


def _row(parameter: Any, context: Context) -> str:  # noqa: ANN401  the same
    flag = getattr(parameter, "is_flag", False)
    argument = parameter.param_type_name == "argument"
    name = parameter.name.upper() if argument else ", ".join(parameter.opts)
    said = [parameter.help or ""]
    if parameter.default is not None and not flag:
        default = parameter.default
        said.append(f"Default: `{default.value if isinstance(default, Enum) else default}`.")
    if parameter.envvar:
        said.append(f"Environment: `{parameter.envvar}`.")
    value = "" if flag else parameter.display_type(context).strip("<>").replace("|", " or ")
    return f"| `{name}` | {value} | {' '.join(said)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
