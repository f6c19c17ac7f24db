"""The question as it came, checked against the table: what is asked, of which rows and columns.

What cannot be learned is refused here, with a sentence that says why and what to do.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tables.features import NUMERIC_KINDS
from tables.notes import Note
from zhisuan.runner.context import WrongInput

if TYPE_CHECKING:
    from tables.columns import Table

BUDGET_S = {"fast": 10.0, "standard": 60.0, "best": 300.0}
"""CPU seconds of each effort where none are given."""
LEAST_ROWS = 20
LEAST_OF_CLASS = 5
MOST_CLASSES = 100


@dataclass(frozen=True, slots=True)
class Question:
    """What the tenant asked.

    Attributes:
        task: classification or regression.
        target: the column to predict.
        effort: fast, standard or best.
        seed: of everything drawn at random.
        cpu_budget_s: CPU seconds the run may use.
        exclude: columns not to use.
        text: the question in the tenant's words; may be empty.
    """

    task: str
    target: str
    effort: str = "standard"
    seed: int = 0
    cpu_budget_s: float = BUDGET_S["standard"]
    exclude: tuple[str, ...] = ()
    text: str = ""

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Read the job's parameters; raises `WrongInput` for words this algorithm does not know."""
        task, effort = parameters.get("task"), parameters.get("effort", "standard")
        if task not in {"classification", "regression"}:
            raise WrongInput(f"tables answers classification and regression, not {task!r}")
        if effort not in BUDGET_S:
            raise WrongInput(f"the effort is fast, standard or best, not {effort!r}")
        return cls(
            task=task,
            target=str(parameters.get("target", "")),
            effort=effort,
            seed=int(parameters.get("seed", 0)),
            cpu_budget_s=float(parameters.get("cpu_budget_s") or BUDGET_S[effort]),
            exclude=tuple(parameters.get("exclude", ())),
            text=str(parameters.get("question", "")),
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """What can be learned from: rows with a known answer, and the columns that may be used.

    Attributes:
        table: these rows.
        y: class codes (int) or numbers, one for each row.
        classes: class names in the order of their codes; empty for regression.
        names: columns that may be used.
        notes: what was left out and what to beware of.
    """

    table: "Table"
    y: np.ndarray
    classes: list[str]
    names: list[str]
    notes: list[Note] = field(default_factory=list)


def take_lesson(question: Question, table: "Table") -> Lesson:
    """Check the question against the table; raises `WrongInput` where it cannot be learned."""
    target = question.target
    if target not in table.values:
        near = difflib.get_close_matches(target, table.values, 1, 0.5)
        hint = f"did you mean “{near[0]}”?" if near else "the names are in the first row"
        raise WrongInput(f"the table has no column “{target}”", hint=hint)
    notes: list[Note] = []
    names = [name for name in table.values if name != target and name not in question.exclude]
    notes += [Note("column_excluded", {"column": n}) for n in question.exclude if n in table.values]
    if not names:
        raise WrongInput(
            f"there is no column left to predict “{target}” from",
            hint="bring a table with at least one more column",
        )
    values, kind = table.values[target], table.kinds[target]
    known = (
        np.isfinite(values) if kind in NUMERIC_KINDS else np.array([v is not None for v in values])
    )
    if not known.all():
        notes.append(Note("target_missing_rows", {"rows": int((~known).sum())}))
    if known.sum() < LEAST_ROWS:
        raise WrongInput(
            f"only {int(known.sum())} rows have a value in “{target}”; "
            f"at least {LEAST_ROWS} are needed",
            hint="bring more rows, or name another target",
        )
    table, values = table.take(known), values[known]
    if question.task == "regression":
        return Lesson(table, _numbers(values, kind, target), [], names, notes)
    labels = _labels(values, kind)
    table, y, classes = _classes(table, labels, target, notes)
    return Lesson(table, y, classes, names, notes)


def _numbers(values: np.ndarray, kind: str, target: str) -> np.ndarray:
    if kind not in {"number", "integer"}:
        raise WrongInput(
            f"“{target}” holds no numbers (it is {kind}), so an amount cannot be predicted",
            hint="ask for a class (classification), or name a column of numbers",
        )
    if values.min() == values.max():
        raise WrongInput(
            f"“{target}” is {values[0]:g} in every row; there is nothing to predict",
            hint="name a target that varies",
        )
    return values


def _labels(values: np.ndarray, kind: str) -> np.ndarray:
    """Class names as a person writes them."""
    if kind == "boolean":
        return np.where(values > 0, "true", "false")
    if kind in NUMERIC_KINDS:
        return np.array([f"{v:.0f}" if float(v).is_integer() else repr(float(v)) for v in values])
    return values.astype(str)


def _classes(
    table: "Table", labels: np.ndarray, target: str, notes: list[Note]
) -> tuple["Table", np.ndarray, list[str]]:
    names, y, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if len(names) == 1:
        raise WrongInput(
            f"“{target}” is “{names[0]}” in every row; there is nothing to predict",
            hint="name a target that varies",
        )
    kept = np.flatnonzero(counts >= LEAST_OF_CLASS)
    if len(kept) < 2 or len(kept) > MOST_CLASSES:  # noqa: PLR2004  a choice needs two
        raise WrongInput(
            f"“{target}” has {len(names)} different values, {len(kept)} of them in at least "
            f"{LEAST_OF_CLASS} rows; between 2 and {MOST_CLASSES} classes can be told apart",
            hint="name a target with few values, or ask for an amount (regression)",
        )
    if len(kept) < len(names):
        rare = [str(name) for name in names[counts < LEAST_OF_CLASS]]
        shown = "、".join(rare[:5]) + ("…" if len(rare) > 5 else "")  # noqa: PLR2004  enough to see
        notes.append(Note("rare_classes", {"least": LEAST_OF_CLASS, "classes": shown}))
        rows = np.isin(y, kept)
        table, y = table.take(rows), np.searchsorted(kept, y[rows])
        names, counts = names[kept], counts[kept]
    share = counts.min() / counts.sum()
    if share < 0.3 / len(names):
        notes.append(
            Note("unbalanced", {"name": str(names[counts.argmin()]), "share": float(share)})
        )
    return table, y, [str(name) for name in names]
