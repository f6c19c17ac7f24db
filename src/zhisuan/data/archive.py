"""Gzip and zip opened with suspicion: one data file inside, bounded growth, nothing else.

Nothing is ever written under a name from the archive. Growth is bounded while it streams, both
absolutely and as a ratio, so that a bomb costs no more than the bound.
"""

import gzip
import stat
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from zhisuan.core.errors import TooLarge, UnreadableData, UnsafeArchive
from zhisuan.data.format import Format
from zhisuan.data.limits import MIB, Limits, Progress
from zhisuan.store.objects import disk_errors

_ENCRYPTED = 0x1
_ONE_FILE = "Put exactly one data file into the archive."


def unpack(packed: Path, form: Format, target: Path, limits: Limits, progress: Progress) -> None:
    """Write the one data file of a gzip or zip to `target`.

    Raises:
        UnsafeArchive: a name leaves the folder, an entry is encrypted or a link, there is not
            exactly one data file, or the content grows beyond the ratio.
        TooLarge: the content is larger than a data set may be.
        UnreadableData: the archive is damaged.
        DiskFull, DataFolderReadOnly: the content cannot be written.
    """
    size = packed.stat().st_size
    with _damage_named(), _opened(packed, form) as source, disk_errors(), target.open("wb") as file:
        written = 0
        while block := source.read(MIB):
            written += len(block)
            _bound(written, size, limits)
            file.write(block)
            # What is left to come is unknown: the share shown assumes a tenfold growth.
            progress("unpack", min(1.0, written / (10 * size)))
    progress("unpack", 1.0)


def weigh(packed: Path, limits: Limits) -> None:
    """Check that a spreadsheet, a zip that another reader will open, stays within its bounds.

    Raises:
        UnsafeArchive, TooLarge, UnreadableData: as `unpack`.
    """
    size = packed.stat().st_size
    total = 0
    with _damage_named(), zipfile.ZipFile(packed) as archive:
        for entry in archive.infolist():
            _refuse_unsafe(entry)
            with archive.open(entry) as source:
                while block := source.read(MIB):
                    total += len(block)
                    _bound(total, size, limits)
                    if total > limits.max_spreadsheet_bytes:
                        raise TooLarge(
                            "The spreadsheet is larger than "
                            f"{limits.max_spreadsheet_bytes // MIB:,} MB once unpacked.",
                            hint="Save it as CSV, which is read without holding it in memory.",
                        )


@contextmanager
def _opened(packed: Path, form: Format) -> Generator[IO[bytes] | gzip.GzipFile]:
    if form is Format.GZIP:
        with gzip.open(packed, "rb") as source:
            yield source
        return
    with zipfile.ZipFile(packed) as archive, archive.open(_only_data_file(archive)) as source:
        yield source


def _only_data_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    entries = archive.infolist()
    for entry in entries:
        _refuse_unsafe(entry)
    files = [entry for entry in entries if not entry.is_dir() and not _is_litter(entry.filename)]
    if len(files) != 1:
        raise UnsafeArchive(
            f"The zip holds {len(files):,} data files; it must hold exactly one.", hint=_ONE_FILE
        )
    return files[0]


def _refuse_unsafe(entry: zipfile.ZipInfo) -> None:
    # `orig_filename` is what the archive says; `filename` has been tidied by the library.
    name = entry.orig_filename.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\0" in name:
        raise UnsafeArchive(
            f"The zip holds a file named {entry.orig_filename[:80]!r}, which leaves its folder.",
            hint=_ONE_FILE,
        )
    if entry.flag_bits & _ENCRYPTED:
        raise UnsafeArchive("The zip is encrypted.", hint="Make the archive without a password.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnsafeArchive("The zip holds a link instead of a file.", hint=_ONE_FILE)


def _is_litter(name: str) -> bool:
    # What macOS and Windows leave beside the files that a person zipped.
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
    )


def _bound(written: int, packed: int, limits: Limits) -> None:
    if written > limits.max_expanded_bytes:
        raise TooLarge(
            f"The archive holds more than {limits.max_expanded_bytes:,} bytes.",
            hint="Split the data into several data sets.",
        )
    if written > max(limits.ratio_free_bytes, packed * limits.max_ratio):
        raise UnsafeArchive(
            f"The archive grows to more than {limits.max_ratio} times its size.",
            hint="If the data is honest, bring it unpacked.",
        )


@contextmanager
def _damage_named() -> Generator[None]:
    try:
        yield
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableData(
            "The archive is damaged or not complete.", hint="Make the archive again."
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnreadableData(
            f"The archive cannot be opened: {error}.", hint="Pack it with plain zip or gzip."
        ) from error
