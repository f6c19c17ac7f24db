"""Columns that give the target away, and honest ones that do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zhisuan.core.errors import TargetMissing
from zhisuan.data.findings import Code
from zhisuan.data.leak import class_strength, group, number_strength, ranks

ROWS = 2_000


@pytest.fixture
def judge(shelf):
    def run(columns, target):
        lines = [",".join(columns)]
        lines += [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
        dataset = shelf.add("ten_a", "t", ["\n".join(lines).encode()])
        return {leak.column: leak for leak in shelf.leaks(dataset, target)}

    return run


def test_leaks_of_a_class_are_found_and_honest_columns_are_not(judge):
    chance = np.random.default_rng(1)
    churned = chance.random(ROWS) < 0.3
    score = chance.normal(size=ROWS)
    found = judge(
        {
            "churned": np.where(churned, "yes", "no"),
            "copy": np.where(churned, "yes", "no"),
            "translated": np.where(churned, "流失", "保留"),
            "closed_on": np.where(churned, "2024-05-01", ""),
            "margin": np.where(churned, 1, -1) * (1 + np.abs(score)),
            "helpful": np.where(churned, 1.0, 0.0) + score,
            "noise": chance.normal(size=ROWS),
            "city": chance.integers(0, 9, ROWS),
            "row_code": [f"r{n:05d}" for n in range(ROWS)],
        },
        "churned",
    )
    assert set(found) == {"copy", "translated", "closed_on", "margin"}
    assert found["copy"].copy
    assert not found["translated"].copy
    assert found["copy"].finding.code is Code.TARGET_COPY
    assert found["margin"].finding.code is Code.TARGET_LEAK
    assert all(leak.strength > 0.97 for leak in found.values())


def test_leaks_of_a_number_are_found_and_honest_columns_are_not(judge):
    chance = np.random.default_rng(2)
    price = chance.lognormal(10, 1, ROWS).round(2)
    found = judge(
        {
            "price": price,
            "tax": (price * 0.13).round(2),
            "rank": np.argsort(np.argsort(price)),
            "helpful": price * chance.lognormal(0, 0.5, ROWS),
            "noise": chance.normal(size=ROWS),
            "row_code": [f"r{n:05d}" for n in range(ROWS)],
        },
        "price",
    )
    assert set(found) == {"tax", "rank"}


def test_too_few_rows_tell_nothing(judge):
    assert judge({"a": range(10), "b": range(10)}, "a") == {}


def test_an_absent_target_is_an_error(judge):
    with pytest.raises(TargetMissing):
        judge({"a": range(30), "b": range(30)}, "c")


codes = arrays.arrays(np.int64, 60, elements=st.integers(0, 5))


@given(codes, codes)
def test_strength_lies_between_nothing_and_all(groups, classes):
    assert 0.0 <= class_strength(groups, classes) <= 1.0
    assert 0.0 <= number_strength(groups, ranks(classes)) <= 1.0


@given(codes)
def test_the_target_itself_decides_the_target_unless_a_class_is_alone(classes):
    sizes = np.bincount(classes)
    if (sizes > 0).sum() > 1 and not (sizes == 1).any():
        assert class_strength(classes, classes) == pytest.approx(1.0)


@given(arrays.arrays(np.float64, 500, elements=st.floats(-1e9, 1e9)))
def test_groups_of_numbers_keep_their_order(values):
    found = group(values, numeric=True)
    order = np.argsort(values, kind="stable")
    assert (np.diff(found[order]) >= 0).all()


def test_missing_values_are_a_group_of_their_own():
    values = np.ma.masked_array([1.0, 2.0, 1.0, 0.0], mask=[False, False, False, True])
    assert group(values, numeric=False).tolist() == [1, 2, 1, 0]
