"""Which format a file is, told by its first bytes; its name is not asked.

A `.csv` that holds a picture is a picture. Formats that a person may well bring but that are no
table get their name in the error.
"""

import zipfile
from enum import StrEnum
from pathlib import Path

from zhisuan.core.errors import EmptyData, UnreadableData

_HEAD_BYTES = 512


class Format(StrEnum):
    """What the centre reads."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"
    GZIP = "gzip"
    ZIP = "zip"


_STRANGERS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Office file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
    (b"\x93NUMPY", "a numpy file"),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml")
_TAR_MAGIC_AT = 257

READS = "Bring CSV, TSV, JSON lines, Parquet or XLSX, alone or in one gzip or zip file."


def recognise(path: Path) -> Format:
    """The format of a file.

    Raises:
        EmptyData: the file has no bytes.
        UnreadableData: the file is something the centre knows to be no table.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise EmptyData("The file is empty.", hint="Bring a table with a header and rows.")
    for magic, name in _STRANGERS:
        if head.startswith(magic):
            raise UnreadableData(f"The file is {name}, not a table.", hint=READS)
    if head[_TAR_MAGIC_AT:].startswith(b"ustar"):
        raise UnreadableData("The file is a tar archive, not a table.", hint=READS)
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    if head.startswith(b"\x1f\x8b"):
        return Format.GZIP
    if head.startswith(b"PK"):
        return _kind_of_zip(path)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.lower().startswith(_MARKUP):
        raise UnreadableData("The file is a web page or XML, not a table.", hint=READS)
    return Format.JSON_LINES if _opens_object(head) else Format.CSV


def _opens_object(head: bytes) -> bool:
    # The NULs of UTF-16 and its byte order marks are passed over, for this look only.
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe").replace(b"\0", b"")
    first, _, rest = bare.lstrip().partition(b"{")
    return first.strip() in (b"", b"[") and rest.lstrip()[:1] in (b'"', b"}")


def _kind_of_zip(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableData(
            "The zip file is damaged or not complete.", hint="Make the archive again."
        ) from error
    if "xl/workbook.xml" in names:
        return Format.XLSX
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise UnreadableData("The file is an Office document, not a table.", hint=READS)
    return Format.ZIP
