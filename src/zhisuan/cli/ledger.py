"""`zhisuan ledger`: verify every chain, rate a month again, follow one yuan to its records."""

import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url
from zhisuan.core.errors import CentreError, TamperFound

app = typer.Typer(help="The ledger: verify what was metered and charged.", no_args_is_help=True)


_Month = Annotated[str, typer.Option("--month", help="The month, such as 2026-03.")]


@app.command("verify")
def verify(url: Url = None, key: Key = None, data: Data = None, as_json: Json = False) -> None:
    """Walk every chain. Exit status 8 if a record is not what was written."""
    with opened(Where(url, key, data), operator=True) as door:
        report = door.ask("POST", "/v1/ledger/verify").json()
    if as_json:
        screen.show_json(report)
    else:
        for chain, count in report["records"].items():
            screen.show(f"  {chain:<8} {count:,} records")
        screen.show(f"  signed checkpoints: {report['checkpoints']}")
    if not report["ok"]:
        first = report["faults"][0]
        raise TamperFound(
            f"The ledger is not what was written: {first['message_en']}",
            hint="Compare with the last backup before anything else is written.",
        )
    if not as_json:
        screen.show("[green]✓[/] Every record is what was written.")


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The zip to write.")],
    month: _Month,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take a month's raw records, tariffs and invoices, with the program that rates them again."""
    with opened(Where(url, key, data), operator=True) as door:
        door.download(f"/v1/ledger/export?month={month}", file)
    if as_json:
        screen.show_json({"month": month, "file": str(file), "bytes": file.stat().st_size})
        return
    screen.show(f"[green]✓[/] {screen.escape(str(file))}, {file.stat().st_size:,} bytes")
    screen.show("  To rate it again with Python alone: take rerate.py out of it, and")
    screen.show(f"  python3 -I rerate.py {screen.escape(str(file))}")


@app.command("rerate")
def rerate(
    month: _Month,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Rate a month again by a program that shares no code. Exit status 8 if anything differs."""
    with TemporaryDirectory(prefix="zhisuan-") as folder:
        file = Path(folder) / "month.zip"
        with opened(Where(url, key, data), operator=True) as door:
            door.download(f"/v1/ledger/export?month={month}", file)
        with as_file(files("zhisuan") / "rerate.py") as program:
            command = [sys.executable, "-I", str(program), str(file), *["--json"][: int(as_json)]]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own program
    sys.stdout.write(done.stdout)
    if done.returncode == TamperFound.exit_status:
        raise TamperFound(
            f"Rated again, {month} is not what was charged and invoiced.",
            hint="The differences stand above; follow a job with: zhisuan ledger follow JOB",
        )
    if done.returncode:
        raise CentreError("The month could not be rated again.", hint=done.stderr.strip()[-300:])


@app.command("follow")
def follow(
    job_id: Annotated[str, typer.Argument(help="job_…, as a receipt names it.")],
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Follow one yuan: receipt, usage records, tariff, charge, entries, invoice."""
    with opened(Where(url, key, data)) as door:
        found = door.get(f"/v1/jobs/{job_id}/money")
    if as_json:
        screen.show_json(found)
        return
    charge, invoice = found["charge"], found["invoice"]
    screen.show(f"[bold]1 What was used[/] (usage records {charge['usage_seq']})")
    for each in found["usage"]:
        screen.show(
            f"  record {each['seq']}: {each['wall_s']:.3f} s on {each['node']} from "
            f"{each['started_at'][:19]} UTC, {each['cpu_milli'] / 1000:g} cores, "
            f"{each['memory_mb']} MB{'' if each['billable'] else ', not charged'}"
        )
    screen.show("[bold]2 By which price[/]")
    for line in found["lines"]:
        shown = "" if line["charged"] else " (contained in the others, not added)"
        screen.show(
            f"  {line['title_en']}: {float(line['quantity']):,.6g} {line['unit']} x "
            f"¥{line['price_yuan']} for {line['per']:,} = ¥{line['amount_yuan']}{shown}"
        )
        screen.show(
            f"    tariff {line['tariff_version']}, line {line['tariff_file_line']}: "
            f"{screen.escape(line['tariff_file_text'])}"
        )
    screen.show(f"[bold]3 What it came to[/] (charge record {charge['seq']})")
    screen.show(f"  {screen.escape(charge['explanation_en'])}")
    screen.show(f"[bold]4 Where the money went[/] (transaction {charge['transaction_seq']})")
    for each in found["entries"]:
        screen.show(f"  entry {each['seq']}, {each['movement']}: {each['account']} {each['yuan']}")
    screen.show("[bold]5 On which invoice[/]")
    if invoice["number"] is None:
        screen.show(f"  The month {invoice['month']} is still open: zhisuan account statement")
    else:
        screen.show(
            f"  Invoice {invoice['number']} of {invoice['month']}, item {invoice['item']}: "
            f"zhisuan invoice show {invoice['number']}"
        )
