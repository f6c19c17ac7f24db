"""From a profile to a question: which column to predict, and whether it is a class or a number.

A guess is always explained, and when no column stands out it is not made: the tenant is asked.
Pure: profile in, question out.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from zhisuan.core.errors import TargetMissing, TargetUnclear, TargetUnusable
from zhisuan.core.task import TaskKind

MOST_CLASSES = 100
"""More different values than this are not classes one can learn from a table."""

_FEW_VALUES = 20
"""Whole numbers with at most this many values are read as classes, above as amounts."""

_FEWEST_ROWS = 10
"""Fewer rows cannot be split into learning, choosing and checking."""

_SURE = 3
"""A guess needs this much evidence, see `_evidence`."""

_OUTCOME_WORDS = re.compile(
    r"(^|[_\W])(target|label|class|y|outcome|response|churn(ed)?|default(ed)?|survived|fraud|"
    r"attrition|diagnosis)([_\W]|$)|目标|标签|类别|是否|流失|违约",
    re.IGNORECASE,
)
"""Names that say outright: this is what one wants to know."""

_LIKELY_WORDS = re.compile(
    r"(^|[_\W]|(?<=[a-z]))(result|(?i:price)|strength|yield|sales|demand|quality|grade|type|"
    r"species|score|rating|status)([_\W]|$)|"
    r"结果|强度|价格|房价|销量|产量|需求|等级|评级|质量|合格|故障"
)
"""Names that outcomes often have, and other columns too."""


class ColumnFacts(Protocol):
    """What a question needs to know of a column."""

    @property
    def name(self) -> str:
        """As in the header."""
        ...

    @property
    def kind(self) -> str:
        """number, integer, boolean, date, datetime, category or text."""
        ...

    @property
    def missing(self) -> int:
        """Rows without a value."""
        ...

    @property
    def distinct(self) -> int:
        """Different values."""
        ...

    @property
    def identifier(self) -> bool:
        """Whether it only names the rows."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the data.

    Attributes:
        target: the column to predict.
        kind: classes or numbers.
        guessed: whether the target was guessed.
        why_zh, why_en: the reason for people.
    """

    target: str
    kind: TaskKind
    guessed: bool
    why_zh: str
    why_en: str


def pose(
    columns: Sequence[ColumnFacts], rows: int, target: str | None, kind: TaskKind | None
) -> Question:
    """The question for a table.

    Args:
        columns: of the profile.
        rows: of the table.
        target: the tenant's choice, None to guess.
        kind: the tenant's choice, None to tell from the values.

    Raises:
        TargetMissing: there is no such column; the hint names the nearest.
        TargetUnclear: no column stands out.
        TargetUnusable: the column cannot be learned.
    """
    if len(columns) < 2:  # noqa: PLR2004  one to predict, one to predict it from
        raise TargetUnusable(
            "The table has one column, so there is nothing to predict it from.",
            hint="Bring a table with at least one more column.",
        )
    if target is None:
        column, why_zh, why_en = _guess(columns, rows)
        guessed = True
    else:
        column = _find(columns, target)
        guessed, why_zh, why_en = False, "由您指定。", "You chose it."
    check_target(column, rows)
    kind, kind_zh, kind_en = _kind(column, kind)
    return Question(column.name, kind, guessed, f"{why_zh}{kind_zh}", f"{why_en} {kind_en}")


def check_target(column: ColumnFacts, rows: int) -> None:
    """Refuse a target that cannot be learned.

    Raises:
        TargetUnusable: too few rows have a value, all have the same, or a text differs in each.
    """
    known = rows - column.missing
    if known == 0:
        raise TargetUnusable(
            f"The column {column.name!r} has no values at all.",
            hint="Choose another column with --target, or fill this one.",
        )
    if known < _FEWEST_ROWS:
        raise TargetUnusable(
            f"Only {known} rows have a value in {column.name!r}.",
            hint=f"At least {_FEWEST_ROWS} are needed; bring more rows.",
        )
    if column.distinct <= 1:
        raise TargetUnusable(
            f"The column {column.name!r} has the same value in every row.",
            hint="There is nothing to predict; choose another column with --target.",
        )
    if column.kind in ("text", "category") and column.distinct > MOST_CLASSES:
        raise TargetUnusable(
            f"The column {column.name!r} has {column.distinct} different texts; "
            f"at most {MOST_CLASSES} can be learned as classes.",
            hint="Choose a column with fewer values, or group its values first.",
        )
    if column.kind in ("date", "datetime"):
        raise TargetUnusable(
            f"The column {column.name!r} holds dates, which cannot be predicted as they are.",
            hint="Add a column with the days until then and predict that.",
        )


def _find(columns: Sequence[ColumnFacts], target: str) -> ColumnFacts:
    names = [column.name for column in columns]
    for column in columns:
        if column.name == target:
            return column
    folded = {name.casefold().strip(): name for name in names}
    near = folded.get(target.casefold().strip())
    if near is None:
        close = difflib.get_close_matches(target, names, n=1, cutoff=0.5)
        near = close[0] if close else None
    hint = f"Did you mean {near!r}?" if near else f"The columns are: {_listed(names)}."
    raise TargetMissing(f"There is no column {target!r} in the data.", hint=hint)


def _guess(columns: Sequence[ColumnFacts], rows: int) -> tuple[ColumnFacts, str, str]:
    fit = [column for column in columns if _could_be(column, rows)]
    scored = sorted(
        (
            (_evidence(column, column is columns[-1], columns[0] is column), column)
            for column in fit
        ),
        key=lambda pair: -pair[0],
    )
    clear = bool(scored) and scored[0][0] >= _SURE
    tied = len(scored) > 1 and scored[0][0] == scored[1][0]
    if not clear or tied:
        names = [column.name for _, column in scored[:8]]
        raise TargetUnclear(
            "Which column should be predicted? The data does not say it clearly.",
            hint=f"Name it with --target, for example one of: {_listed(names)}."
            if names
            else "No column of this table can be predicted; bring one that varies.",
        )
    column = scored[0][1]
    named = bool(_naming(column))
    last = column is columns[-1]
    reasons_zh = [*(["名称像要预测的结果"] if named else []), *(["排在最后一列"] if last else [])]
    reasons_en = [
        *(["its name reads like an outcome"] if named else []),
        *(["it is the last column"] if last else []),
    ]
    return (
        column,
        f"猜测要预测“{column.name}”：{'，'.join(reasons_zh)}。",
        f"Guessed {column.name!r}: {' and '.join(reasons_en)}.",
    )


def _could_be(column: ColumnFacts, rows: int) -> bool:
    try:
        check_target(column, rows)
    except TargetUnusable:
        return False
    return not column.identifier


def _evidence(column: ColumnFacts, last: bool, first: bool) -> int:  # noqa: FBT001  two facts
    """Points for a target: an outright name 5, a likely one or the last column 3, two values 1."""
    points = _naming(column) + 3 * last - first
    return points + (column.distinct == 2 or column.kind == "boolean")  # noqa: PLR2004  yes or no


def _naming(column: ColumnFacts) -> int:
    if _OUTCOME_WORDS.search(column.name):
        return 5
    return 3 if _LIKELY_WORDS.search(column.name) else 0


def _kind(column: ColumnFacts, asked: TaskKind | None) -> tuple[TaskKind, str, str]:
    numeric = column.kind in ("number", "integer")
    if asked is TaskKind.REGRESSION and not numeric:
        raise TargetUnusable(
            f"The column {column.name!r} does not hold numbers, so no number can be predicted.",
            hint="Ask for classes instead: leave the kind out.",
        )
    if asked is TaskKind.CLASSIFICATION and column.distinct > MOST_CLASSES:
        raise TargetUnusable(
            f"The column {column.name!r} has {column.distinct} different values, too many classes.",
            hint=f"At most {MOST_CLASSES} classes can be learned; ask for a number instead.",
        )
    if asked is not None:
        return asked, "", "You chose the kind of answer."
    many = column.kind == "number" or column.distinct > _FEW_VALUES
    if numeric and many and column.distinct > 2:  # noqa: PLR2004  two numbers are a yes and a no
        return (
            TaskKind.REGRESSION,
            f"它有{column.distinct}个不同的数值，因此预测数值。",
            f"It has {column.distinct} different numbers, so a number is predicted.",
        )
    return (
        TaskKind.CLASSIFICATION,
        f"它有{column.distinct}种取值，因此预测类别。",
        f"It has {column.distinct} different values, so a class is predicted.",
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:12])
    return f"{shown}, …" if len(names) > 12 else shown  # noqa: PLR2004  a line's worth
