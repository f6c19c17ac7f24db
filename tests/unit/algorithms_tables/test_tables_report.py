import copy
import re
from typing import Any

import numpy as np
import pytest
from tables import cards, cautions
from tables.notes import SENTENCES, Note
from tables.report.page import RECEIPT, page
from tables.report.plots import round_ticks
from tables.report.words import number, of_ten, percent

EVIL = '<img src=x onerror="alert(1)">'
BINS = [{"label": EVIL, "rows": 5, "actual": 0.2, "predicted": 0.3},
        {"label": "2 – 3", "rows": 5, "actual": 0.6, "predicted": 0.5}]  # fmt: skip
CLASSES: dict[str, Any] = {
    "task": "classification", "question": EVIL, "target": EVIL, "metric": "log_loss",
    "score": 0.4, "score_interval": [0.3, 0.5], "baseline_score": 0.69, "usable": True,
    "reason": None, "model": "0.5 lightgbm", "portable_model": "model/model.onnx",
    "train_rows": 800, "holdout_rows": 200, "folds": 5, "classes": ["否", EVIL], "effort": "fast",
    "metrics": {"accuracy": 0.81, "balanced_accuracy": 0.8, "f1_macro": 0.8, "auc": 0.88},
    "baseline_metrics": {"accuracy": 0.6, "balanced_accuracy": 0.5, "f1_macro": 0.4, "auc": 0.5},
    "importance": [{"column": EVIL, "loss_gain": 0.2, "share": 1.0}], "seed": 0,
    "findings": {
        "effects": [{"column": EVIL, "class": EVIL, "bins": BINS}],
        "segments": [{"column": EVIL, "label": EVIL, "rows": 30, "error": 0.4, "z": 3.0}],
        "worst_rows": [{"actual": EVIL, "predicted": "否", "confidence": 0.99,
                        "values": {EVIL: EVIL}}],
        "confusion": [[90, 10], [28, 72]],
        "calibration": [{"said": 0.2, "true": 0.25, "rows": 100},
                        {"said": 0.8, "true": 0.75, "rows": 100}],
        "catch": {"class": EVIL, "rows_share": 0.1, "caught_share": 0.4},
    },
    "warnings": [Note("likely_leak", {"column": EVIL}).to_dict()],
    "candidates": [{"name": "lightgbm", "validation_score": 0.4, "cpu_seconds": 1, "weight": 1}],
    "columns": [{"name": EVIL, "kind": "category", "reading": "text"}],
    "versions": {"python": "3.11.9"},
}  # fmt: skip


def numbers() -> dict[str, Any]:
    """The same for a number."""
    s = copy.deepcopy(CLASSES)
    s |= {
        "task": "regression", "metric": "rmse", "classes": [], "score": 3.7, "baseline_score": 17.0,
        "metrics": {"mae": 2.7, "median_error": 1.9, "r2": 0.95},
        "baseline_metrics": {"mae": 13.5, "median_error": 11.7, "r2": 0.0},
    }  # fmt: skip
    s["findings"]["effects"][0]["class"] = None
    s["findings"] |= {
        "worst_rows": [{"actual": 1.0, "predicted": 9.0, "values": {EVIL: EVIL}}],
        "half_within": 1.9, "most_within": 5.7, "points": [[1.0, 2.0], [30.0, 28.0]],
    }  # fmt: skip
    return s


def unusable() -> dict[str, Any]:
    reason = {"code": "no_signal", "zh": "没有规律。", "en": "No pattern."}
    return CLASSES | {"usable": False, "reason": reason}


REPORTS = {"classes": lambda: CLASSES, "numbers": numbers, "unusable": unusable}


@pytest.fixture(params=REPORTS)
def report(request: pytest.FixtureRequest) -> str:
    return page(REPORTS[request.param]())


def test_nothing_from_the_data_becomes_markup(report: str) -> None:
    assert "<img" not in report
    assert "&lt;img" in report


def test_the_report_asks_nothing_of_a_network(report: str) -> None:
    assert "://" not in report
    assert not re.search(r"\b(src|href)\s*=|url\(|@import", report.replace("img src=x", ""))
    assert "default-src 'none'" in report


def test_everything_is_said_in_both_languages(report: str) -> None:
    pieces = re.findall(r'<(?:span|text) lang="(zh|en)"', report)
    assert pieces.count("zh") == pieces.count("en") > 30


def test_the_receipt_has_its_place_once(report: str) -> None:
    assert report.count(RECEIPT) == 1


def test_no_word_of_chips_reaches_a_reader(report: str) -> None:
    text = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", report, flags=re.DOTALL)
    assert not re.search(
        r"\b(GPU|NPU|CPU|TPU|CUDA|epochs?|batch|tensor)\b|显卡|算力卡|芯片|[Cc]hip", text
    )


def test_no_usable_model_is_said_first() -> None:
    text = page(unusable())
    assert "没有可用的模型" in text
    assert "No usable model" in text
    assert "100 个里约" not in text


def test_the_cards_name_the_score_and_the_baseline() -> None:
    card = cards.model_card(CLASSES)
    assert "0.69" in card
    assert "0.4" in card
    columns = {"columns": [{"name": EVIL, "missing": 7}]}
    assert "| 7 |" in cards.data_card(CLASSES, columns)


@pytest.mark.parametrize("code", SENTENCES)
def test_every_note_has_a_sentence_in_both_languages(code: str) -> None:
    params = {"column": "a", "rows": 3, "least": 5, "classes": "x", "name": "y", "share": 0.02}
    note = Note(code, params)
    assert note.zh != note.en
    assert "{" not in note.zh + note.en


def test_a_perfect_score_from_one_column_is_called_a_leak() -> None:
    assert cautions.of_result([{"column": "a", "share": 0.9}], 0.001)
    assert not cautions.of_result([{"column": "a", "share": 0.9}], 0.2)
    assert not cautions.of_result([{"column": "a", "share": 0.4}], 0.001)


def test_numbers_are_short_and_shares_are_plain() -> None:
    assert [number(v) for v in (0, 4.9, 1234.5, 0.012345)] == ["0", "4.9", "1,234", "0.0123"]
    assert [percent(v) for v in (0.8546, 0.0021, 1.0)] == ["85%", "0.2%", "100%"]
    assert of_ten(0.8)[1] == "about 8 of 10"
    assert of_ten(0.966)[1] == "about 97 of 100"


@pytest.mark.parametrize(
    ("low", "high"), [(4.1, 79.3), (0, 1), (-3e6, 8e9), (0.001, 0.002), (5, 5)]
)
def test_ticks_are_few_and_inside(low: float, high: float) -> None:
    ticks = np.array(round_ticks(low, high, 4))
    assert 1 <= len(ticks) <= 6
    assert (ticks >= low - 1e-9 * abs(low)).all()
    assert (ticks <= high + 1e-9 * abs(high)).all()
