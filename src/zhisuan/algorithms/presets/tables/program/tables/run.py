"""One run, as a story: read, split, learn, choose, judge once, explain, hand over."""

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from tables import baseline, blend, cautions, encoding, explain, export, graph, judge, search, split
from tables.budget import Budget
from tables.candidates import Search
from tables.cards import write_cards
from tables.columns import read_table
from tables.features import transform
from tables.handed import load_takeaway
from tables.learned import Learned
from tables.memory import Memory, made_from
from tables.metrics import metric_of
from tables.notes import Note
from tables.question import Lesson, Question, take_lesson
from tables.report.page import write_report
from tables.solution import Judgement, describe
from zhisuan.runner.checkpoint import Checkpoint

if TYPE_CHECKING:
    from zhisuan.runner.context import JobContext


CELLS_A_CPU_SECOND = 800_000
"""Table cells that a CPU second of the budget can learn from, several methods included (2 cores
of an AMD EPYC: 4.7 million cells, 8 CPU seconds for the first two methods)."""


def main(job: "JobContext") -> None:
    """Answer the job's question into its output folder.

    Raises:
        WrongInput: the question does not fit the table.
    """
    job.should_stop()  # from here on a request to end is heard, and no longer ends the process
    question = Question.from_parameters(job.parameters)
    budget = Budget(question.cpu_budget_s)
    memory = Memory(budget, Checkpoint(job.checkpoint, made_from(job)), job.should_stop)
    tell(job, memory, "read", 0.02)
    most_cells = CELLS_A_CPU_SECOND * question.cpu_budget_s
    table = read_table(job.inputs["table"], job.inputs.get("profile"), most_cells)
    lesson = take_lesson(question, table)
    if table.rows_left:
        lesson.notes.append(Note("rows_left", {"rows": table.rows}))
    learned = learn(lesson, question, memory, job)
    memory.close_stage(search.STAGE)

    # From here on it is quicker to finish than to stop, so nobody asks any more.
    tell(job, memory, "judge", 0.85)
    solution = hand_over(lesson, learned, question, memory, job)
    text = json.dumps(solution, ensure_ascii=False, indent=1)
    (job.output / "solution.json").write_text(text, "utf-8")
    tell(job, memory, "done", 1.0, score=solution["score"], metric=solution["metric"])
    memory.forget()


def tell(job: "JobContext", memory: Memory, stage: str, fraction: float, **facts: Any) -> None:
    """Tell how far it is; what an earlier attempt told is never taken back."""
    memory.fraction = max(memory.fraction, fraction)
    job.progress(stage, memory.fraction, **facts)


def learn(lesson: Lesson, question: Question, memory: Memory, job: "JobContext") -> Learned:
    """Split, encode, search and choose; the hold-out's target is not looked at."""
    classes = len(lesson.classes)
    groups = split.repeated_rows([*lesson.table.values.values()])
    parts = split.make_split(
        lesson.y, groups, classes=classes, effort=question.effort, seed=question.seed
    )
    rows = parts.development
    y = lesson.y[rows]
    lesson.notes.extend(cautions.of_rows(lesson, groups, len(rows)))
    encoded = encode(lesson, parts, question)
    lesson.notes.extend(encoded.notes)
    memory.close_stage("read")
    tell(job, memory, "learn", 0.1)

    def tell_best(found: Search) -> None:
        used_s = memory.budget.used()
        done = min(0.8, 0.1 + 0.7 * used_s / question.cpu_budget_s)
        best = min(candidate.score for candidate in found.tried)
        eta = max(0.0, question.cpu_budget_s - used_s) / job.cores
        tell(
            job, memory, "learn", done, best_score=best, eta_s=round(eta, 1),
            metric=metric_of(lesson.classes), higher_is_better=False,
        )  # fmt: skip

    found = search.run_search(
        encoded.matrix, y, parts,
        classes=classes, cores=job.cores, effort=question.effort, seed=question.seed,
        memory=memory, tell=tell_best,
    )  # fmt: skip
    y_choose = np.concatenate([y[choose] for _, choose in parts.folds])
    chosen = blend.choose_blend(found.tried, y_choose, baseline.naive_answer(y, classes))
    return Learned(parts, encoded, found, chosen, y_choose)


def encode(lesson: Lesson, parts: split.Split, question: Question) -> encoding.Encoded:
    """The development rows in numbers; with one cut, only its teaching rows are encoded from."""
    table = lesson.table.take(parts.development)
    y = lesson.y[parts.development]
    scores = np.eye(len(lesson.classes))[y] if lesson.classes else y[:, None].astype(np.float64)
    if len(parts.folds) > 1:
        return encoding.learn_plan(table, lesson.names, scores, parts.fold_of_row)
    teach, choose = parts.folds[0]
    fold = np.random.default_rng(question.seed).integers(0, 5, len(teach))
    learned = encoding.learn_plan(table.take(teach), lesson.names, scores[teach], fold)
    matrix = np.empty((len(y), learned.matrix.shape[1]), np.float32)
    matrix[teach] = learned.matrix
    matrix[choose] = transform(learned.plan, table.take(choose).values)
    return encoding.Encoded(learned.plan, matrix, learned.blocks, learned.notes)


def hand_over(
    lesson: Lesson, learned: Learned, question: Question, memory: Memory, job: "JobContext"
) -> dict[str, Any]:
    """Write the model, judge that very model on the hold-out, explain, and write the rest."""
    plan = {
        "task": question.task,
        "target": question.target,
        "classes": lesson.classes,
        "header": lesson.table.profile.get("header", True),
        **learned.encoded.plan,
    }
    export.write_model(
        job.output, graph.build(learned.blend, learned.encoded.matrix.shape[1]), plan
    )
    takeaway = load_takeaway(job.output)
    model = takeaway.Model(job.output, threads=job.cores)

    rows = lesson.table.take(learned.split.holdout)
    y = lesson.y[learned.split.holdout]
    matrix = transform(plan, rows.values)
    answer = model.answer(matrix)
    naive = learned.blend.naive
    chosen = learned.y_choose
    verdict = judge.judge(
        judge.Answers(y, answer, baseline.repeat_naive(naive, len(y))),
        judge.Answers(chosen, learned.blend.chosen, baseline.repeat_naive(naive, len(chosen))),
        question.seed,
    )
    memory.close_stage("judge")

    tell(job, memory, "explain", 0.9)
    judged = explain.Judged(rows, matrix, learned.encoded.blocks, y, answer, lesson.classes)
    findings = explain.explain(
        judged,
        model.answer,
        seed=question.seed,
        allows=lambda: memory.budget.used() < question.cpu_budget_s,
    )
    memory.close_stage("explain")

    tell(job, memory, "write", 0.95)
    sample = np.sort(np.random.default_rng(question.seed).permutation(len(y))[: export.SAMPLE_ROWS])
    names = list(lesson.table.values)
    gap = export.write_sample(job.output, takeaway, model, rows.take(sample), names, answer[sample])
    left = verdict.score / verdict.baseline_score
    lesson.notes.extend(
        cautions.of_result(findings["importance"], left if lesson.classes else left**2)
    )
    judgement = Judgement(verdict, y, answer, findings, gap)
    solution = describe(question, lesson, learned, judgement, memory.budget)
    write_cards(job.output, solution, lesson.table.profile)
    write_report(job.output, solution)
    memory.close_stage("write")
    solution["cpu_seconds"] = {name: round(s, 3) for name, s in memory.budget.stages.items()}
    return solution
