"""The question posed from a profile: guessed and explained, or asked."""

from dataclasses import dataclass

import pytest

from zhisuan.core.errors import TargetMissing, TargetUnclear, TargetUnusable
from zhisuan.core.task import TaskKind
from zhisuan.services.tasks.question import pose


@dataclass
class Facts:
    name: str
    kind: str = "number"
    distinct: int = 50
    missing: int = 0
    identifier: bool = False


def columns(*names, **special):
    return [special.get(name, Facts(name)) for name in names]


OUTRIGHT = ["target", "churn", "loan_default", "Class", "是否流失", "目标变量"]
LIKELY = ["SalePrice", "price", "strength_mpa", "房价", "强度", "quality"]


@pytest.mark.parametrize("name", OUTRIGHT)
def test_an_outright_name_is_guessed_wherever_it_stands(name):
    question = pose(columns("a", name, "z"), 100, None, None)
    assert question.target == name
    assert question.guessed
    assert name in question.why_zh
    assert name in question.why_en


@pytest.mark.parametrize("name", OUTRIGHT + LIKELY)
def test_a_telling_name_in_the_last_place_is_guessed(name):
    assert pose(columns("id", "b", name), 100, None, None).target == name


@pytest.mark.parametrize("name", LIKELY)
def test_a_likely_name_elsewhere_is_asked(name):
    with pytest.raises(TargetUnclear):
        pose(columns("a", name, "z"), 100, None, None)


def test_the_last_column_is_guessed_when_no_name_tells():
    assert pose(columns("a", "b", "c"), 100, None, None).target == "c"


def test_when_asked_the_columns_that_could_be_meant_are_named():
    with pytest.raises(TargetUnclear) as error:
        pose(columns("x", "price", "z"), 100, None, None)
    assert "'price'" in error.value.hint
    assert "'z'" in error.value.hint


def test_identifiers_constants_and_dates_are_never_guessed():
    table = [
        Facts("y", distinct=1),
        Facts("when", kind="date"),
        Facts("id", kind="integer", identifier=True),
    ]
    with pytest.raises(TargetUnclear):
        pose(table, 100, None, None)


@pytest.mark.parametrize(
    ("said", "meant"), [("Price", "price"), ("pric", "price"), (" price", "price")]
)
def test_a_misspelt_target_is_answered_with_the_nearest(said, meant):
    with pytest.raises(TargetMissing) as error:
        pose(columns("price", "size"), 100, said, None)
    assert repr(meant) in error.value.hint


@pytest.mark.parametrize(
    ("facts", "rows", "word"),
    [
        (Facts("y", distinct=1), 100, "same value"),
        (Facts("y", missing=100, distinct=0), 100, "no values"),
        (Facts("y", distinct=2), 2, "Only 2 rows"),
        (Facts("y", kind="text", distinct=100_000), 100_000, "different texts"),
        (Facts("y", kind="date"), 100, "dates"),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused_with_its_reason(facts, rows, word):
    with pytest.raises(TargetUnusable, match=word) as error:
        pose([Facts("x"), facts], rows, "y", None)
    assert error.value.hint


def test_one_column_has_nothing_to_be_predicted_from():
    with pytest.raises(TargetUnusable, match="one column"):
        pose([Facts("y")], 100, "y", None)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (Facts("y", kind="category", distinct=3), TaskKind.CLASSIFICATION),
        (Facts("y", kind="boolean", distinct=2), TaskKind.CLASSIFICATION),
        (Facts("y", kind="integer", distinct=3), TaskKind.CLASSIFICATION),
        (Facts("y", kind="number", distinct=2), TaskKind.CLASSIFICATION),
        (Facts("y", kind="integer", distinct=300), TaskKind.REGRESSION),
        (Facts("y", kind="number", distinct=5), TaskKind.REGRESSION),
    ],
)
def test_the_kind_follows_the_values(facts, kind):
    assert pose([Facts("x"), facts], 1000, "y", None).kind is kind


def test_a_number_cannot_be_asked_of_words():
    with pytest.raises(TargetUnusable, match="does not hold numbers"):
        pose([Facts("x"), Facts("y", kind="category")], 100, "y", TaskKind.REGRESSION)
