"""`zhisuan backup take | check | restore`: the whole centre in one file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url
from zhisuan.core.errors import WrongInput

app = typer.Typer(help="Backups: the whole centre in one file, and back.", no_args_is_help=True)

_File = Annotated[Path, typer.Argument(help="The backup, one tar file.")]


@app.command("take")
def take(
    file: _File, url: Url = None, key: Key = None, data: Data = None, as_json: Json = False
) -> None:
    """Write everything the centre knows into a file; it goes on meanwhile."""
    if file.exists():
        raise WrongInput(f"{file} exists already.", hint="Name a new file.")
    part = file.with_name(f"{file.name}.part")
    try:
        part.touch(mode=0o600)
        with opened(Where(url, key, data), operator=True) as door:
            door.download("/v1/backup", part)
        _check(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    _tell(file, as_json=as_json)


@app.command("check")
def check(file: _File, as_json: Json = False) -> None:
    """Whether every byte of a backup is what was written. Exit status 8 if not."""
    _check(file)
    _tell(file, as_json=as_json)


@app.command("restore")
def restore(
    file: _File,
    data: Annotated[
        Path, typer.Option(help="The new data folder; it must not exist, or be empty.")
    ],
    database: Annotated[
        str | None, typer.Option(help="The URL of an empty PostgreSQL database; else SQLite.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a centre of a backup: check it, fill a new folder, verify the ledger."""
    # Imported here: what a restore needs takes half a second that other commands need not pay.
    from zhisuan.services.backup import restore as restored

    _must_exist(file)
    found = restored(file, data.absolute(), database)
    if as_json:
        screen.show_json(
            {
                "made_at": found.made_at,
                "tables": dict(found.tables),
                "objects": found.objects,
                "ledger_records": dict(found.ledger.records),
            }
        )
        return
    screen.show(f"Restored the centre of {found.made_at[:19]} UTC into {data}.")
    screen.show(f"  {sum(found.tables.values()):,} rows, {found.objects:,} objects; ledger whole.")
    screen.show(f"Start it with: zhisuan up --data {data}")


def _check(file: Path) -> None:
    from zhisuan.store.archive import verified

    _must_exist(file)
    verified(file)


def _must_exist(file: Path) -> None:
    if not file.is_file():
        raise WrongInput(f"There is no file {file}.", hint="Name the backup.")


def _tell(file: Path, *, as_json: bool) -> None:
    from zhisuan.store.archive import verified

    manifest = verified(file)
    if as_json:
        facts = dict(manifest.facts)
        screen.show_json({"file": str(file), "bytes": file.stat().st_size, **facts})
        return
    rows = sum(told["rows"] for told in manifest.facts["tables"].values())
    screen.show(f"[green]✓[/] {file}: {file.stat().st_size:,} bytes, every one as it was written.")
    screen.show(f"  made {manifest.facts['made_at'][:19]} UTC; {rows:,} rows.")
