"""Backup and restore: the whole centre in one file, and back, on either database.

A backup is also the export: open formats. Of the jobs' folders it holds what people would miss:
rows that were typed in, answers to them, the course of the work, and a result that is not wrapped
yet. Left out are logs, checkpoints, scratch and environments; a restored centre takes attempts that
were live as lost, and they queue again.
"""

import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, MetaData, select

from zhisuan import __version__
from zhisuan.access.tables import AUDIT, AUDIT_CHAIN
from zhisuan.algorithms.answers import ANSWERS, TABLE
from zhisuan.compute import records as jobs
from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.errors import Conflict, TamperFound, WrongInput
from zhisuan.ledger.audit import VerifyReport, audit
from zhisuan.ledger.voucher.tables import CHAIN as VOUCHERS
from zhisuan.ledger.voucher.tables import MOVE
from zhisuan.services import records
from zhisuan.store import dump
from zhisuan.store.archive import (
    ArchiveWriter,
    Manifest,
    Member,
    digest_of,
    members,
    verified,
    writing,
)
from zhisuan.store.chains import HEAD as HEADS
from zhisuan.store.database import Database
from zhisuan.store.schema import HEAD, revision, upgrade

FILES = ("centre.toml", "pool.toml", "policy.toml", "operating.toml", "foresight.json")
FOLDERS = ("keys", "tariffs")
ROWS = "*.json"
OF_ATTEMPTS = ("*/events.jsonl", f"*/output/{ANSWERS}", f"*/output/{TABLE}")
"""Only of jobs that have ended: of a live one nothing may be there, or it would not be lost."""

_TABLES = "tables/"
_OBJECTS = "objects/"
_FILES = "files/"
_REVISIONS = "alembic_version"
_DATABASE = re.compile(r"""\s*(database|"database"|'database')\s*=""")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back.

    Attributes:
        made_at: when the backup was made.
        tables: rows by table.
        objects: how many.
        ledger: the walk over every chain afterwards.
    """

    made_at: str
    tables: Mapping[str, int]
    objects: int
    ledger: VerifyReport


def write_backup(folder: Path, database: Database, file: IO[bytes], at: Instant) -> None:
    """Write the whole centre into a file, as it is at one instant; it may go on meanwhile.

    Args:
        folder: the data folder.
        database: its database.
        file: open for writing.
        at: now.

    Raises:
        TamperFound: the bytes of a stored object are not what was stored.
    """
    with tempfile.TemporaryDirectory(dir=spool(folder), prefix="backup-") as scratch:
        kept = Path(scratch)
        with writing(file) as archive:
            with ExitStack() as snapshot:
                # While nobody writes, nothing that the snapshot names comes or goes.
                with database.write():
                    connection = snapshot.enter_context(database.read())
                    made_with = revision(connection)
                    _link_objects(folder / "objects", kept)
                archive.facts.update(
                    version=__version__,
                    made_at=format_instant(at),
                    revision=made_with,
                    **_add_tables(archive, connection, kept),
                )
                of_jobs = sorted(_of_jobs(folder, connection))
            for each in sorted(kept.glob("object-*")):
                name = each.name.removeprefix("object-")
                _require_genuine(archive.add_file(f"{_OBJECTS}{name}", each))
            for each in [*_own_files(folder), *of_jobs]:
                archive.add_file(f"{_FILES}{each.relative_to(folder)}", each)


def spool(folder: Path) -> Path:
    """Where a data folder keeps what is half made; emptied at each start of its centre."""
    place = folder / "objects" / "incoming"
    place.mkdir(parents=True, exist_ok=True)
    return place


def restore(path: Path, folder: Path, address: str | None = None) -> Restored:
    """Make a centre of a backup, in a folder that is new or empty.

    Args:
        path: the backup.
        folder: the new data folder.
        address: the URL of an empty PostgreSQL database; None for SQLite in the folder.

    Raises:
        TamperFound: a byte of the backup is not what was written, or the ledger in it is not.
        WrongInput: it is no backup.
        Conflict: the folder or the database is not empty, or the backup is of a newer version.
    """
    manifest = verified(path)
    for member in manifest.members:
        _require_genuine(member)
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"The folder {folder} is not empty.", hint="Name a new one with --data.")
    if str(manifest.facts["revision"]) > HEAD:
        raise Conflict(
            f"The backup was made by a newer version ({manifest.facts['version']}).",
            hint="Restore it with that version.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-restoring-"))
    try:
        with closing(Database(address or beside / "centre.db")) as database:
            _must_be_empty(database)
            objects, lines = _unpack(path, beside)
            _point_at(beside / "centre.toml", address)
            try:
                rows = _fill(database, manifest, lines)
                upgrade(database)
                for copy in beside.glob("centre.before-*.db"):
                    copy.unlink()
                report = _verify(database, beside)
            except BaseException:
                if address is not None:
                    _empty(database)
                raise
        if folder.exists():
            folder.rmdir()
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Restored(str(manifest.facts["made_at"]), rows, objects, report)


def _require_genuine(member: Member) -> None:
    """An object is named by its bytes.

    Raises:
        TamperFound: by others.
    """
    kind, _, digest = member.name.partition("/")
    if kind == "objects" and digest != member.sha256:
        raise TamperFound(
            f"The bytes of the object {digest[:64]} are not what was stored.",
            hint="Put them back from an earlier backup, or delete what refers to them.",
        )


def _point_at(settings: Path, address: str | None) -> None:
    """Let a centre's settings name its new database, not that of the centre it was copied from.

    Raises:
        WrongInput: the file says `database` in a way that only a person can change.
    """
    text = settings.read_text("utf-8") if settings.exists() else ""
    wanted = {key: value for key, value in tomllib.loads(text).items() if key != "database"}
    kept = [line for line in text.splitlines() if not _DATABASE.match(line)]
    if address is not None:
        wanted["database"] = address
        kept.insert(0, f"database = {json.dumps(address, ensure_ascii=False)}")
    said = "".join(f"{line}\n" for line in kept)
    if tomllib.loads(said) != wanted:
        raise WrongInput(
            "The centre.toml in the backup says `database` in a way that cannot be changed here.",
            hint="Write it on one line in the centre's folder, and take another backup.",
        )
    if said != text:
        settings.write_text(said, "utf-8")
        settings.chmod(0o600)


def _link_objects(objects: Path, kept: Path) -> None:
    for each in objects.glob("??/*"):
        place = kept / f"object-{each.name}"
        if not place.exists():
            try:
                os.link(each, place)
            except FileNotFoundError:
                continue  # deleted in this very moment


def _add_tables(archive: ArchiveWriter, connection: Connection, kept: Path) -> dict[str, Any]:
    found = dump.reflected(connection)
    told: dict[str, Any] = {}
    for table in found.sorted_tables:
        if table.name == _REVISIONS:
            continue
        count, spool = 0, kept / "table"

        def counted(lines: Iterable[bytes], spool: Path = spool) -> Iterator[bytes]:
            nonlocal count
            with spool.open("wb") as file:
                for line in lines:
                    count += 1
                    file.write(line)
                    yield line

        digest = digest_of(counted(dump.rows(connection, table)))
        archive.add_file(f"{_TABLES}{table.name}.jsonl", spool)
        told[table.name] = {"rows": count, "sha256": digest}
    heads = {row.name: [row.seq, row.hash] for row in connection.execute(select(HEADS))}
    return {"tables": told, "heads": heads, "numbers": dict(dump.numbers(connection, found))}


def _own_files(folder: Path) -> Iterator[Path]:
    for name in FILES:
        if (folder / name).is_file():
            yield folder / name
    for name in FOLDERS:
        yield from sorted(each for each in (folder / name).glob("*") if each.is_file())


def _of_jobs(folder: Path, connection: Connection) -> set[Path]:
    """What people would miss of the folders of jobs; what a program left that is no file is not."""
    found: set[Path] = set()
    for job_id, state in jobs.states(connection):
        place = folder / "jobs" / job_id
        for pattern in (ROWS, *(OF_ATTEMPTS if state.ended else ())):
            found.update(place.glob(pattern))
    for solution_id in records.wrapping(connection):
        made = folder / records.solution(connection, None, solution_id).folder
        found.update(made.rglob("*"))
    return {each for each in found if each.is_file()}


def _unpack(path: Path, folder: Path) -> tuple[int, Mapping[str, Path]]:
    """Put objects and files in their places; tables are spooled. How many objects; the tables."""
    tables: dict[str, Path] = {}
    objects = 0
    for name, content in members(path):
        kind, _, rest = name.partition("/")
        place = folder / _place(kind, rest)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with place.open("wb") as file:
            shutil.copyfileobj(content, file)
        place.chmod(0o440 if kind == "objects" else 0o600)
        objects += kind == "objects"
        if kind == "tables":
            tables[rest.removesuffix(".jsonl")] = place
    return objects, tables


def _place(kind: str, rest: str) -> Path:
    """Where a member belongs; nothing leads out of the folder.

    Raises:
        WrongInput: it belongs nowhere.
    """
    inside = Path(rest)
    if inside.is_absolute() or ".." in inside.parts or not rest:
        raise WrongInput(f"The backup holds {rest[:80]!r}, which has no place in a centre.")
    if kind == "objects":
        return Path("objects", rest[:2], rest)
    if kind == "files":
        return inside
    if kind == "tables":
        return Path("restoring", rest)
    raise WrongInput(f"The backup holds {kind[:80]!r}, which has no place in a centre.")


def _fill(database: Database, manifest: Manifest, lines: Mapping[str, Path]) -> Mapping[str, int]:
    facts = manifest.facts
    upgrade(database, str(facts["revision"]))
    with database.write() as connection:
        found = dump.reflected(connection)
        for table in reversed(found.sorted_tables):
            if table.name != _REVISIONS:
                connection.execute(table.delete())
        for table in found.sorted_tables:
            if table.name in lines:
                with lines[table.name].open("rb") as file:
                    dump.fill(connection, table, file)
        dump.go_on_from(connection, found, facts["numbers"])
        _compare(connection, found, facts["tables"])
    for place in lines.values():
        place.unlink()
    next(iter(lines.values())).parent.rmdir()
    return {name: told["rows"] for name, told in facts["tables"].items()}


def _compare(connection: Connection, found: MetaData, told: Mapping[str, Any]) -> None:
    """Every table is what it was.

    Raises:
        TamperFound: one is not.
    """
    for name, facts in told.items():
        if digest_of(dump.rows(connection, found.tables[name])) != facts["sha256"]:
            raise TamperFound(
                f"The table {name} did not come back as it was.",
                hint="Keep the backup and report this.",
            )


def _verify(database: Database, folder: Path) -> VerifyReport:
    key = (folder / "keys" / "ledger").read_text(encoding="ascii").strip().encode()
    with database.read() as connection:
        report = audit(connection, key, {VOUCHERS: MOVE, AUDIT_CHAIN: AUDIT})
    if not report.ok:
        raise TamperFound(
            f"The ledger in the backup was not whole: {report.faults[0].sentence()}",
            hint="Take an earlier backup.",
        )
    return report


def _must_be_empty(database: Database) -> None:
    with database.read() as connection:
        if dump.reflected(connection).tables:
            raise Conflict("The database is not empty.", hint="Name the URL of a new one.")


def _empty(database: Database) -> None:
    with database.write() as connection:
        dump.reflected(connection).drop_all(connection)
