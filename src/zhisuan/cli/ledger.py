"""`zhisuan ledger verify`: recompute every chain and name the first broken record."""

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url
from zhisuan.core.errors import TamperFound

app = typer.Typer(help="The ledger: verify what was metered and charged.", no_args_is_help=True)


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
