"""A bench for data tests: bytes in, cells and profile out; and a shelf on an empty folder."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from zhisuan.data.export import first_rows
from zhisuan.data.intake import take_in
from zhisuan.data.limits import DEFAULT, Limits, silent
from zhisuan.data.profile import Profile
from zhisuan.data.shelf import DataShelf
from zhisuan.store.database import METADATA, Database
from zhisuan.store.objects import ObjectStore


class SteppingClock:
    """Each look is a second later."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 2, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


Take = Callable[..., tuple[list[list[Any]], Profile]]


def take_bytes(content: bytes, folder: Path, limits: Limits = DEFAULT) -> tuple[Any, Profile]:
    file = folder / "brought"
    file.write_bytes(content)
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    table, profile = take_in(file, scratch, limits, silent)
    return first_rows(table, 1_000_000, scratch), profile


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """`take(content)` gives all rows and the profile of what a person brought."""

    def run(content: bytes | str, limits: Limits = DEFAULT) -> tuple[Any, Profile]:
        return take_bytes(
            content.encode() if isinstance(content, str) else content, tmp_path, limits
        )

    return run


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(tmp_path / "centre.db")
    with found.write() as connection:
        METADATA.create_all(connection)
    yield found
    found.close()


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "objects")


@pytest.fixture
def shelf(database: Database, objects: ObjectStore) -> DataShelf:
    return DataShelf(database, objects, SteppingClock())


@pytest.fixture
def files_of(tmp_path: Path) -> Callable[[], list[str]]:
    """Every file that the object store holds, unfinished ones included."""
    root = tmp_path / "objects"
    return lambda: sorted(path.name for path in root.rglob("*") if path.is_file())
