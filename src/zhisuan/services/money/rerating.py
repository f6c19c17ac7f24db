"""Rating a month again: the program that shares no code with the centre, in a process of its own.

The centre only hands it the month's export, the same that anybody who verifies can take away, and
passes on what it says.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from zhisuan.core.errors import CentreError, Conflict, TamperFound
from zhisuan.ledger.export.export import export
from zhisuan.services.centre import Centre

_PATIENCE_S = 600.0
_BUSY = Lock()


@dataclass(frozen=True, slots=True)
class Differs:
    """One thing that is not what it is when rated again.

    Attributes:
        tenant, job: whose; empty or None where it is about no one.
        centre, again: what each of the two says.
    """

    tenant: str
    job: str | None
    what: str
    centre: str
    again: str


@dataclass(frozen=True, slots=True)
class TenantMonth:
    """One tenant's month; amounts are decimal text in yuan.

    Attributes:
        invoice: its number; None while the month is open.
        invoiced, again: its total, as the centre made it and rated again.
    """

    tenant: str
    jobs: int
    usage_records: int
    charged: str
    invoice: int | None
    invoiced: str | None
    again: str | None


@dataclass(frozen=True, slots=True)
class Rerated:
    """What the program says of a month.

    Attributes:
        seconds: that it took, the export included.
    """

    month: str
    equal: bool
    usage_records: int
    tenants: Sequence[TenantMonth]
    differences: Sequence[Differs]
    seconds: float


def rerate(centre: Centre, month: str) -> Rerated:
    """Export a month and have it rated again.

    Raises:
        WrongInput: it is not written as a month.
        Conflict: another month is being rated again, or this one takes too long.
        CentreError: the program could not read the export.
    """
    if not _BUSY.acquire(blocking=False):
        raise Conflict("A month is being rated again already.", hint="Wait until that one is done.")
    try:
        began = time.monotonic()
        report = _rated(centre, month)
        return _read(report, time.monotonic() - began)
    finally:
        _BUSY.release()


def _rated(centre: Centre, month: str) -> dict[str, Any]:
    with TemporaryDirectory(prefix="zhisuan-") as folder:
        file = Path(folder) / "month.zip"
        with centre.database.read() as connection, file.open("wb") as zipped:
            book = centre.ledger.tariffs.refresh(connection)
            now = centre.clock.now()
            zipped.writelines(export(connection, book, month, centre.ledger.zone, now))
        return _said(file)


def _said(file: Path) -> dict[str, Any]:
    """What the program says, as JSON."""
    few = max(1, (os.cpu_count() or 1) // 2)  # the centre has other work, too
    with as_file(files("zhisuan") / "rerate.py") as program:
        command = [sys.executable, "-I", str(program), str(file), "--json"]
        try:
            done = subprocess.run(  # noqa: S603  our own program
                [*command, "--processes", str(few)],
                capture_output=True,
                text=True,
                check=False,
                timeout=_PATIENCE_S,
            )
        except subprocess.TimeoutExpired as error:
            raise Conflict(
                f"The month is not rated again after {_PATIENCE_S:.0f} s.",
                hint="Take it away and rate it elsewhere: zhisuan ledger export",
            ) from error
    if done.returncode not in (0, TamperFound.exit_status):
        raise CentreError("The month could not be rated again.", hint=done.stderr.strip()[-300:])
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _read(report: dict[str, Any], seconds: float) -> Rerated:
    return Rerated(
        report["month"],
        report["equal"],
        report["usage_records"],
        [
            TenantMonth(
                each["tenant_id"],
                each["jobs"],
                each["usage_records"],
                each["charged_yuan"],
                each["invoice"],
                each["invoice_yuan"],
                each["again_yuan"],
            )
            for each in report["tenants"]
        ],
        [
            Differs(
                each["tenant"], each["job"], each["what"], str(each["centre"]), str(each["again"])
            )
            for each in report["differences"]
        ],
        seconds,
    )
