import json
from types import SimpleNamespace

import numpy as np
from tables import encoding, features


def table(**columns: object) -> SimpleNamespace:
    """The part of a table that encoding looks at."""
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    kinds = {n: "category" if a.dtype == object else "number" for n, a in arrays.items()}
    readings = dict.fromkeys(arrays, "text")
    return SimpleNamespace(
        values=arrays,
        kinds=kinds,
        readings=readings,
        facts={},
        rows=len(next(iter(arrays.values()))),
    )


def learn(rows: SimpleNamespace, y: np.ndarray, folds: int = 4) -> encoding.Encoded:
    fold = np.arange(len(y)) % folds
    return encoding.learn_plan(rows, list(rows.values), y[:, None].astype(float), fold)


def levels(count: int, many: int) -> np.ndarray:
    return np.array([f"level {n % many}" for n in range(count)], object)


def test_a_rows_own_target_never_enters_its_own_mean() -> None:
    rows = table(city=levels(120, 30))
    y = np.random.default_rng(0).normal(size=120)
    before = learn(rows, y).matrix
    y[7] += 1000.0
    after = learn(rows, y).matrix
    np.testing.assert_allclose(after[7], before[7], rtol=0.3, atol=9)
    same_level = [n for n in range(120) if n % 30 == 7 and n % 4 != 7 % 4]
    assert abs(after[7, 0] - before[7, 0]) < 10 < abs(after[same_level[0], 0])


def test_the_plan_survives_json_and_gives_known_rows_the_full_means() -> None:
    rows = table(city=levels(200, 40), area=np.linspace(0, 1, 200), kind=levels(200, 3))
    learned = learn(rows, np.arange(200.0))
    plan = json.loads(json.dumps(learned.plan, ensure_ascii=False))
    matrix = features.transform(plan, rows.values)
    assert matrix.shape == learned.matrix.shape
    np.testing.assert_array_equal(matrix[:, learned.blocks["area"]], learned.matrix[:, 2:3])


def test_what_says_nothing_is_left_out_with_a_note() -> None:
    rows = table(
        same=np.ones(100), none=np.full(100, np.nan), word=np.array(["a"] * 100, object),
        number=np.array([f"N{n}" for n in range(100)], object), good=np.arange(100.0),
    )  # fmt: skip
    learned = learn(rows, np.arange(100.0))
    assert list(learned.blocks) == ["good"]
    assert [note.code for note in learned.notes] == [
        "column_constant", "column_constant", "column_constant", "column_identifier",
    ]  # fmt: skip


def test_a_column_the_profile_calls_an_identifier_is_left_out() -> None:
    rows = table(key=np.arange(50.0), good=np.arange(50.0) % 7)
    rows.facts["key"] = {"identifier": True}
    assert list(learn(rows, np.arange(50.0)).blocks) == ["good"]


def test_a_category_of_three_hundred_characters_is_just_a_category() -> None:
    rows = table(name=np.array(["长" * 300 + str(n % 3) for n in range(60)], object))
    assert learn(rows, np.arange(60.0)).matrix.shape == (60, 3)
