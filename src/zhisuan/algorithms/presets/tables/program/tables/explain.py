"""What the hold-out teaches about the model: what counts, where it fails, how sure one can be.

Importance is the loss gained when one column's cells are shuffled among the hold-out rows
(Breiman 2001, doi:10.1023/A:1010933404324; for any model Fisher and others 2019,
arXiv:1801.01489). It says what the model uses, not what causes the target.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tables.features import NUMERIC_KINDS
from tables.metrics import row_losses

if TYPE_CHECKING:
    from tables.columns import Table

SHUFFLED_ROWS = 1_500
MOST_COLUMNS = 60
SHOWN_COLUMNS = 12
BINS = 6
WORST_ROWS = 8
POINTS = 400


@dataclass(frozen=True, slots=True)
class Judged:
    """The hold-out rows with all that is known of them.

    Attributes:
        table: the rows as they came.
        matrix: the same in numbers.
        blocks: column name to its slice of the matrix.
        y, answer: target (class code or number) and the model's answer.
        classes: names, empty for regression.
    """

    table: "Table"
    matrix: np.ndarray
    blocks: dict[str, slice]
    y: np.ndarray
    answer: np.ndarray
    classes: list[str]

    @property
    def error(self) -> np.ndarray:
        """What people call the error of a row: 1 for a wrong class, else the absolute gap."""
        if self.classes:
            return (self.answer.argmax(axis=1) != self.y).astype(np.float64)
        return np.abs(self.y - self.answer)


def explain(
    judged: Judged,
    predict: Callable[[np.ndarray], np.ndarray],
    *,
    seed: int,
    allows: Callable[[], bool],
) -> dict[str, Any]:
    """Everything the report shows beside the score, as JSON values.

    Args:
        judged: the hold-out.
        predict: answers of the portable model for a matrix.
        seed: of the shuffles.
        allows: whether the budget lasts for more shuffles.
    """
    importance = _importance(judged, predict, seed, allows)
    top = [item["column"] for item in importance if item["share"] > 0][:SHOWN_COLUMNS]
    return {
        "importance": importance,
        "effects": [_effect(judged, name) for name in top[:4]],
        "segments": _segments(judged, top[:8]),
        "worst_rows": _worst_rows(judged, top[:5]),
        **(_confusion(judged) if judged.classes else _gaps(judged, seed)),
    }


def _importance(
    judged: Judged,
    predict: Callable[[np.ndarray], np.ndarray],
    seed: int,
    allows: Callable[[], bool],
) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(judged.y))[:SHUFFLED_ROWS]
    matrix, y = judged.matrix[rows], judged.y[rows]
    whole = float(row_losses(y, predict(matrix)).mean())
    gains: dict[str, float] = {}
    for name, block in list(judged.blocks.items())[:MOST_COLUMNS]:
        if not allows():
            break
        shuffled = matrix.copy()
        shuffled[:, block] = matrix[rng.permutation(len(rows)), block]
        gains[name] = max(0.0, float(row_losses(y, predict(shuffled)).mean()) - whole)
    total = sum(gains.values()) or 1.0
    ordered = sorted(gains, key=lambda name: -gains[name])
    return [{"column": n, "loss_gain": gains[n], "share": gains[n] / total} for n in ordered]


def _bins(judged: Judged, name: str) -> list[tuple[str, np.ndarray]]:
    """Parts of the rows by one column: labels and masks; equal parts, or the commonest levels."""
    values, kind = judged.table.values[name], judged.table.kinds[name]
    if kind not in NUMERIC_KINDS or kind == "boolean":
        text = _texts(values, kind)
        levels, counts = np.unique(text, return_counts=True)
        common = levels[np.argsort(-counts, kind="stable")][:BINS]
        return [(str(level), text == level) for level in common]
    known = np.isfinite(values)
    distinct = np.unique(values[known])
    if 0 < len(distinct) <= BINS:
        parts = [(_number(value, kind), values == value) for value in distinct]
        return [*parts, *([("∅", ~known)] if not known.all() else [])]
    edges = (
        np.unique(np.quantile(values[known], np.linspace(0, 1, BINS + 1))) if known.any() else []
    )
    parts: list[tuple[str, np.ndarray]] = []
    for low, high in itertools.pairwise(edges):
        last = high == edges[-1]
        mask = known & (values >= low) & ((values <= high) if last else (values < high))
        end = high - 1 if kind == "integer" and not last else high
        label = _number(low, kind) if end == low else f"{_number(low, kind)} – {_number(end, kind)}"
        parts.append((label, mask))
    if not known.all():
        parts.append(("∅", ~known))
    return [(label, mask) for label, mask in parts if mask.any()]


def _texts(values: np.ndarray, kind: str) -> np.ndarray:
    if kind == "boolean":
        return np.array(["∅" if np.isnan(v) else "true" if v else "false" for v in values])
    return np.array(["∅" if v is None else v for v in values], dtype=object).astype(str)


def _number(value: float, kind: str) -> str:
    if kind in {"date", "datetime"}:
        return str(np.datetime64(int(value), "s").astype("datetime64[D]"))
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"  # noqa: PLR2004  for reading


def _effect(judged: Judged, name: str) -> dict[str, Any]:
    """How the target and the answers move along one column."""
    if judged.classes:
        shown = len(judged.classes) - 1 if len(judged.classes) == 2 else _rarest(judged)  # noqa: PLR2004
        actual, predicted = (judged.y == shown).astype(float), judged.answer[:, shown]
        of_class = judged.classes[shown]
    else:
        actual, predicted, of_class = judged.y, judged.answer, None
    return {
        "column": name,
        "class": of_class,
        "bins": [
            {
                "label": label,
                "rows": int(mask.sum()),
                "actual": float(actual[mask].mean()),
                "predicted": float(predicted[mask].mean()),
            }
            for label, mask in _bins(judged, name)
        ],
    }


def _rarest(judged: Judged) -> int:
    return int(np.bincount(judged.y.astype(int), minlength=len(judged.classes)).argmin())


def _segments(judged: Judged, names: list[str]) -> list[dict[str, Any]]:
    """The parts of the rows where the error is clearly above the whole's."""
    error = judged.error
    whole, spread = float(error.mean()), float(error.std()) or 1.0
    least = max(20, len(error) // 50)
    found: list[dict[str, Any]] = []
    for name in names:
        for label, mask in _bins(judged, name):
            rows = int(mask.sum())
            if rows < least:
                continue
            here = float(error[mask].mean())
            z = (here - whole) / (spread / rows**0.5)
            if z > 2 and here > 1.15 * whole:  # noqa: PLR2004  beyond noise and worth telling
                found.append({"column": name, "label": label, "rows": rows, "error": here, "z": z})
    return sorted(found, key=lambda item: -item["z"])[:5]


def _worst_rows(judged: Judged, names: list[str]) -> list[dict[str, Any]]:
    """The rows the model was most wrong about."""
    losses = row_losses(judged.y, judged.answer)
    rows: list[dict[str, Any]] = []
    for row in np.argsort(-losses, kind="stable")[:WORST_ROWS]:
        said: dict[str, Any]
        if judged.classes:
            best = int(judged.answer[row].argmax())
            said = {
                "actual": judged.classes[int(judged.y[row])],
                "predicted": judged.classes[best],
                "confidence": float(judged.answer[row, best]),
            }
        else:
            said = {"actual": float(judged.y[row]), "predicted": float(judged.answer[row])}
        rows.append({**said, "values": {name: _shown(judged.table, name, row) for name in names}})
    return rows


def _shown(table: "Table", name: str, row: int) -> str:
    value, kind = table.values[name][row], table.kinds[name]
    if kind not in NUMERIC_KINDS or kind == "boolean":
        return str(_texts(table.values[name][row : row + 1], kind)[0])
    return "∅" if np.isnan(value) else _number(value, kind)


def _confusion(judged: Judged) -> dict[str, Any]:
    """Counts of true against said classes, and whether probabilities can be taken at their word."""
    k = len(judged.classes)
    said = judged.answer.argmax(axis=1)
    counts = np.zeros((k, k), dtype=int)
    np.add.at(counts, (judged.y.astype(int), said), 1)
    sure = judged.answer[:, -1] if k == 2 else judged.answer.max(axis=1)  # noqa: PLR2004
    true = (judged.y == 1) if k == 2 else (said == judged.y)  # noqa: PLR2004  two classes
    order = np.array_split(np.argsort(sure, kind="stable"), min(8, max(1, len(sure) // 15)))
    return {
        "confusion": counts.tolist(),
        "calibration": [
            {"said": float(sure[p].mean()), "true": float(true[p].mean()), "rows": len(p)}
            for p in order
        ],
        "catch": _catch(judged) if k == 2 else None,  # noqa: PLR2004  two classes
    }


def _catch(judged: Judged) -> dict[str, Any]:
    """How much of the rarer class stands in the tenth of the rows that look most like it."""
    rare = _rarest(judged)
    first = np.argsort(-judged.answer[:, rare], kind="stable")[: max(1, len(judged.y) // 10)]
    total = int((judged.y == rare).sum())
    return {
        "class": judged.classes[rare],
        "rows_share": len(first) / len(judged.y),
        "caught_share": float((judged.y[first] == rare).sum() / max(total, 1)),
    }


def _gaps(judged: Judged, seed: int) -> dict[str, Any]:
    """How far off the answers are, and some of them as points."""
    gap = np.abs(judged.y - judged.answer)
    rows = np.random.default_rng(seed).permutation(len(gap))[:POINTS]
    return {
        "half_within": float(np.quantile(gap, 0.5)),
        "most_within": float(np.quantile(gap, 0.9)),
        "points": np.stack([judged.y[rows], judged.answer[rows]], axis=1).tolist(),
    }
