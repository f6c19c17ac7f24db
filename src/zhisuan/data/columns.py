"""The names of a table's columns, from the cells of its header row."""

from collections import Counter
from collections.abc import Sequence

from zhisuan.core.cells import SPACES
from zhisuan.core.errors import DuplicateColumns, TooLarge
from zhisuan.data.findings import Code, Finding
from zhisuan.data.limits import Limits

_SHOWN = 3


def name_columns(header: Sequence[str]) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The stripped names, `column_3` where the third has none, and what was found wrong.

    Raises:
        DuplicateColumns: two names are equal, letter case aside: engines and databases take
            such names for one.
    """
    names = tuple(
        cell.strip(SPACES) or f"column_{position}" for position, cell in enumerate(header, start=1)
    )
    counts = Counter(name.casefold() for name in names)
    twice = [name for name in dict.fromkeys(names) if counts[name.casefold()] > 1]
    if twice:
        shown = ", ".join(repr(name[:60]) for name in twice[: 2 * _SHOWN])
        raise DuplicateColumns(
            f"Column names come more than once: {shown}.",
            hint="Give each column its own name; capital letters alone do not count.",
        )
    findings = tuple(
        Finding(Code.UNNAMED_COLUMN, name)
        for cell, name in zip(header, names, strict=True)
        if not cell.strip(SPACES)
    )
    return names, findings


def refuse_too_many(width: int, limits: Limits) -> None:
    """Stop before a table that is wider than the centre accepts is read.

    Raises:
        TooLarge: it is.
    """
    if width > limits.max_columns:
        raise TooLarge(
            f"The table has {width:,} columns; at most {limits.max_columns:,} are accepted.",
            hint="Keep the columns that matter and bring it again.",
        )
