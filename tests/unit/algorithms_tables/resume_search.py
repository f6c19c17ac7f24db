"""A search that is stopped again and again, beside one that is left alone: a test's helper."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

sys.path[:0] = sys.argv[1:3]

import numpy as np  # noqa: E402  its path was added above
from tables import baseline, graph, learners, search, split  # noqa: E402  the same
from tables.blend import choose_blend  # noqa: E402  the same
from tables.budget import Budget  # noqa: E402  the same
from tables.candidates import Search  # noqa: E402  the same
from tables.learners import Cut, Fitted  # noqa: E402  the same
from tables.memory import Memory  # noqa: E402  the same

from zhisuan.runner.checkpoint import Checkpoint  # noqa: E402  the same
from zhisuan.runner.context import Stopped  # noqa: E402  the same

FOLDER = Path(sys.argv[3])
CLASSES = 3
LOOKS = 3

rng = np.random.default_rng(0)
x = rng.normal(size=(300, 4)).astype(np.float32)
x[rng.random(x.shape) < 0.1] = np.nan
y = np.digitize(np.nan_to_num(x[:, 0] * x[:, 1]), [-0.2, 0.2])
parts = split.make_split(y, None, classes=CLASSES, effort="fast", seed=0)
rows = parts.development
fitted: list[str] = []


def broken(_: Cut) -> Fitted:
    raise ValueError("no such thing")


def portfolio(*_: object) -> Iterator[tuple[str, Callable[[Cut], Fitted]]]:
    tried = {
        "lightgbm": lambda cut: learners.fit_lightgbm(cut, rounds=30),
        "linear": learners.fit_linear,
        "broken": broken,
        "xgboost": lambda cut: learners.fit_xgboost(cut, rounds=30),
        "histgb": lambda cut: learners.fit_histgb(cut, max_iter=20),
        "extra_trees": lambda cut: learners.fit_trees(cut, extra=True, count=10),
        "network": lambda cut: learners.fit_network(cut, epochs=3),
    }
    for name, learner in tried.items():
        yield name, counted(name, learner)


def counted(name: str, learner: Callable[[Cut], Fitted]) -> Callable[[Cut], Fitted]:
    def fit(cut: Cut) -> Fitted:
        fitted.append(name)
        return learner(replace(cut, budget=Budget(1e9)))

    return fit


def attempt(memory: Memory) -> Search:
    return search.run_search(
        x[rows], y[rows], parts, classes=CLASSES, cores=2, effort="fast", seed=0,
        memory=memory, tell=lambda _: None,
    )  # fmt: skip


def stopping(looks: int) -> Callable[[], bool]:
    left = iter(range(looks))
    return lambda: next(left, None) is None


def stopped_again_and_again(folder: Path, origin: str, spoil: Callable[[Path, int], None]) -> dict:
    """Attempts that are stopped after a few looks until one gets through."""
    folder.mkdir()
    fitted.clear()
    used: list[float] = []
    for number in range(100):
        memory = Memory(Budget(1e6), Checkpoint(folder, origin), stopping(LOOKS))
        used.append(memory.budget.used())
        try:
            found = attempt(memory)
        except Stopped:
            spoil(folder, number)
            continue
        return {"attempts": number + 1, "fits": len(fitted), "used": used, **seen(found)}
    raise AssertionError("it never came to its end")


def seen(found: Search) -> dict:
    choose = np.concatenate([y[rows][c] for _, c in parts.folds])
    blend = choose_blend(found.tried, choose, baseline.naive_answer(y[rows], CLASSES))
    every = replace(blend, candidates=found.tried, weights=[0.1] * len(found.tried))
    return {
        "tried": [each.name for each in found.tried],
        "scores": [each.score for each in found.tried],
        "answers": [float((each.answers**2).sum()) for each in found.tried],
        "failed": found.failed,
        "model": graph.build(every, x.shape[1]).SerializeToString().hex(),
    }


def tear(folder: Path, number: int) -> None:
    """Cut the newest part after the first stop."""
    if number == 0:
        newest = max(folder.glob("part-*"), key=lambda path: path.stat().st_mtime_ns)
        newest.write_bytes(newest.read_bytes()[:-50])


def leave(_folder: Path, _number: int) -> None:
    """Spoil nothing."""


search.portfolio = portfolio
alone = seen(attempt(Memory(Budget(1e6))))
whole = len(fitted)
again = stopped_again_and_again(FOLDER / "again", "ours", leave)
torn = stopped_again_and_again(FOLDER / "torn", "ours", tear)
foreign = Memory(Budget(1e6), Checkpoint(FOLDER / "again", "theirs"))
print(json.dumps({  # noqa: T201  the answer to the test
    "alone": alone, "whole": whole, "again": again, "torn": torn,
    "foreign": [len(foreign.search.tried), foreign.budget.stages],
}))  # fmt: skip
