"""What the centre accepts as a data set, and what reading one may cost."""

from collections.abc import Callable
from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30

Progress = Callable[[str, float], None]
"""Told `(stage, done)`: the stage is `copy`, `unpack`, `decode`, `read`, `type`, `write` or
`profile`; done runs from 0 to 1 within it. What it raises stops the work."""


def silent(_stage: str, _done: float) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one data set.

    Attributes:
        max_bytes: of the file as it is brought.
        max_expanded_bytes: of the file once unpacked or decoded, and of a Parquet file's columns.
        max_ratio: unpacked bytes for each packed one, judged beyond `ratio_free_bytes`.
        ratio_free_bytes: what any archive may grow to; DEFLATE itself ends at 1,032 to 1.
        max_spreadsheet_bytes: of a spreadsheet once unpacked, because it is held in memory.
        max_line_bytes: of one row of text.
        max_columns, max_rows: of the table.
        memory_mb: megabytes of 2**20 the table engine may hold, and half of one more for each
            column of a table with more than 200; beyond it spills to disk.
        threads: of the table engine.
    """

    max_bytes: int = 20 * GIB
    max_expanded_bytes: int = 40 * GIB
    max_ratio: int = 200
    ratio_free_bytes: int = 64 * MIB
    max_spreadsheet_bytes: int = 256 * MIB
    max_line_bytes: int = 2 * MIB
    max_columns: int = 2_000
    max_rows: int = 500_000_000
    memory_mb: int = 352
    threads: int = 2


DEFAULT = Limits()
"""What a centre accepts unless its operator says otherwise."""
