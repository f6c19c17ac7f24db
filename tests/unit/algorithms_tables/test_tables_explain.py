from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tables.explain import Judged, explain


def judged(*, classes: bool) -> tuple[Judged, Any]:
    """400 rows whose answer rests on `x` alone and fails where `where` is 乙."""
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=400), rng.normal(size=400)
    where = rng.choice(np.array(["甲", "乙"], object), 400, p=[0.8, 0.2])
    hard = where == "乙"
    matrix = np.stack([x, noise, hard], axis=1).astype(np.float32)
    y = np.where(hard, rng.normal(size=400), x)
    if classes:
        y = (y > 0.8).astype(int)

    def predict(m: np.ndarray) -> np.ndarray:
        if not classes:
            return m[:, 0].astype(float)
        p = 1 / (1 + np.exp(-8 * (m[:, 0].astype(float) - 0.8)))
        return np.stack([1 - p, p], axis=1)

    table = SimpleNamespace(
        values={"x": x, "noise": noise, "where": where},
        kinds={"x": "number", "noise": "number", "where": "category"},
    )
    blocks = {"x": slice(0, 1), "noise": slice(1, 2), "where": slice(2, 3)}
    names = ["否", "是"] if classes else []
    return Judged(table, matrix, blocks, y, predict(matrix), names), predict


@pytest.mark.parametrize("classes", [True, False])
def test_the_column_that_decides_is_first_and_the_useless_one_is_nothing(*, classes: bool) -> None:
    rows, predict = judged(classes=classes)
    found = explain(rows, predict, seed=0, allows=lambda: True)
    shares = {item["column"]: item["share"] for item in found["importance"]}
    assert shares["x"] > 0.95
    assert shares["noise"] == 0


@pytest.mark.parametrize("classes", [True, False])
def test_every_finding_is_about_rows_that_exist(*, classes: bool) -> None:
    rows, predict = judged(classes=classes)
    found = explain(rows, predict, seed=0, allows=lambda: True)
    assert [effect["column"] for effect in found["effects"]] == ["x"]
    assert sum(part["rows"] for part in found["effects"][0]["bins"]) == 400
    assert len(found["worst_rows"]) == 8
    if classes:
        assert np.sum(found["confusion"]) == 400
        assert sum(part["rows"] for part in found["calibration"]) == 400
        assert found["catch"]["class"] == "是"
        assert found["catch"]["caught_share"] > 0.3
    else:
        assert found["half_within"] <= found["most_within"]


def test_the_harder_part_of_the_rows_is_found() -> None:
    rows, predict = judged(classes=False)

    def told(m: np.ndarray) -> np.ndarray:
        """A model that uses the place a little, so that the place is looked at."""
        return predict(m) * (1 - 0.3 * m[:, 2])

    using = replace(rows, answer=told(rows.matrix))
    found = explain(using, told, seed=0, allows=lambda: True)
    assert ("where", "乙") in {(s["column"], s["label"]) for s in found["segments"]}


def test_without_budget_nothing_is_shuffled() -> None:
    rows, predict = judged(classes=False)
    assert explain(rows, predict, seed=0, allows=lambda: False)["importance"] == []
