"""The result as one JSON object: `solution.json`, of which the report and the cards are made."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tables.budget import Budget
from tables.judge import Verdict
from tables.learned import Learned
from tables.metrics import classification_facts, metric_of, regression_facts
from tables.notes import Note
from tables.question import Lesson, Question
from tables.versions import versions

FORMAT = 1
REASONS = {
    "few_rows": (
        "数据行数太少，看不出可靠的规律。",
        "There are too few rows to see a reliable pattern.",
    ),
    "no_signal": (
        "这些列里没有找到能说明目标的规律；可能缺少真正起作用的信息，或目标本身是随机的。",
        (
            "No pattern in these columns explains the target; what drives it may be missing, "
            "or the target is random."
        ),
    ),
    "too_weak": (
        "找到的规律太弱，和偶然分不开；更多的行可能会让它显出来。",
        "The pattern found is too weak to tell from chance; more rows may bring it out.",
    ),
}
FEW = 200


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the hold-out told.

    Attributes:
        verdict: usable or not, with the scores.
        y: targets, class codes or numbers.
        answer: the model's answers.
        findings: what `explain` found; its importance is told apart.
        sample_gap: largest difference of the handed-over program from `answer`.
    """

    verdict: Verdict
    y: np.ndarray
    answer: np.ndarray
    findings: dict[str, Any]
    sample_gap: float


def describe(
    question: Question, lesson: Lesson, learned: Learned, judgement: Judgement, budget: Budget
) -> dict[str, Any]:
    """The whole result."""
    verdict, y, answer = judgement.verdict, judgement.y, judgement.answer
    findings = dict(judgement.findings)
    blend = learned.blend
    facts = classification_facts(y, answer) if lesson.classes else regression_facts(y, answer)
    naive = np.broadcast_to(blend.naive, answer.shape)
    plain = classification_facts(y, naive) if lesson.classes else regression_facts(y, naive)
    if learned.search.cut_short:
        lesson.notes.append(Note("budget_reached"))
    teach, choose = learned.split.folds[0]
    folds = len(learned.split.folds)
    development = len(learned.split.development)
    return {
        "format": FORMAT,
        "task": question.task,
        "question": question.text,
        "target": question.target,
        "metric": metric_of(lesson.classes),
        "higher_is_better": False,
        "score": verdict.score,
        "score_interval": list(verdict.interval),
        "baseline_score": verdict.baseline_score,
        "usable": verdict.usable,
        "reason": None if verdict.usable else _reason(learned, verdict, development),
        "evidence": {"z": verdict.z, "joint_z": verdict.joint_z},
        "model": _name(blend.candidates, blend.weights),
        "portable_model": "model/model.onnx",
        "portable_score": verdict.score,
        "sample_difference": judgement.sample_gap,
        "train_rows": development if folds > 1 else len(teach),
        "validation_rows": development if folds > 1 else len(choose),
        "folds": folds,
        "holdout_rows": len(y),
        "classes": lesson.classes,
        "metrics": facts,
        "baseline_metrics": plain,
        "importance": findings.pop("importance"),
        "findings": findings,
        "warnings": [note.to_dict() for note in lesson.notes],
        "candidates": _candidates(learned),
        "failed": learned.search.failed,
        "columns": [
            {"name": c["name"], "kind": c["kind"], "reading": c["reading"]}
            for c in learned.encoded.plan["columns"]
        ],
        "effort": question.effort,
        "seed": question.seed,
        "cpu_budget_s": question.cpu_budget_s,
        "cpu_seconds": {name: round(s, 3) for name, s in budget.stages.items()},
        "versions": versions(),
    }


def _reason(learned: Learned, verdict: Verdict, development: int) -> dict[str, str]:
    if development < FEW:
        code = "few_rows"
    elif learned.blend.naive_weight > 0.5 or verdict.joint_z < 1:  # noqa: PLR2004  mostly naive
        code = "no_signal"
    else:
        code = "too_weak"
    return {"code": code, "zh": REASONS[code][0], "en": REASONS[code][1]}


def _name(candidates: list[Any], weights: list[float]) -> str:
    """Such as `0.6 lightgbm + 0.4 linear`."""
    if not candidates:
        return "naive"
    parts = sorted(zip(weights, candidates, strict=True), key=lambda part: -part[0])
    return " + ".join(f"{weight:.2f} {candidate.name}" for weight, candidate in parts)


def _candidates(learned: Learned) -> list[dict[str, Any]]:
    """Everything tried, best first, with its weight in the blend."""
    weight = {
        c.name: w for c, w in zip(learned.blend.candidates, learned.blend.weights, strict=True)
    }
    rows = [
        {
            "name": c.name,
            "validation_score": c.score,
            "cpu_seconds": round(c.cpu_s, 3),
            "weight": weight.get(c.name, 0.0),
        }
        for c in learned.search.tried
    ]
    rows.append({
        "name": "blend", "validation_score": learned.blend.score, "cpu_seconds": 0.0, "weight": 1.0,
    })  # fmt: skip
    return sorted(rows, key=lambda row: row["validation_score"])
