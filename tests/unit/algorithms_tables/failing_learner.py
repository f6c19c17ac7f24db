"""A search with learners that fail, and blends of made-up answers: a test's helper."""

import json
import sys

sys.path[:0] = sys.argv[1:3]

import numpy as np  # noqa: E402  its path was added above
from tables import learners, search, split  # noqa: E402  the same
from tables.blend import choose_blend  # noqa: E402  the same
from tables.budget import Budget  # noqa: E402  the same
from tables.learners import Cut, Fitted  # noqa: E402  the same
from tables.link import Link  # noqa: E402  the same
from tables.memory import Memory  # noqa: E402  the same

rng = np.random.default_rng(0)
x = rng.normal(size=(300, 4)).astype(np.float32)
y = x[:, 0] + rng.normal(size=300)


def broken(_: Cut) -> Fitted:
    raise ValueError("no such thing")


def wild(cut: Cut) -> Fitted:
    del cut
    return Fitted(lambda m: np.full((len(m), 1), np.inf), lambda: None, Link("identity"))


search.portfolio = lambda *_: iter([
    ("lightgbm", learners.fit_lightgbm), ("broken", broken), ("wild", wild),
    ("linear", learners.fit_linear),
])  # fmt: skip
parts = split.make_split(y, None, classes=0, effort="fast", seed=0)
rows = parts.development
found = search.run_search(
    x[rows], y[rows], parts, classes=0, cores=2, effort="fast", seed=0,
    memory=Memory(Budget(60)), tell=lambda _: None,
)  # fmt: skip


def blend_of(answers: np.ndarray, target: np.ndarray) -> object:
    made_up = search.Candidate("made up", [], answers, 0.0, 0.0)
    return choose_blend([made_up], target, np.asarray(target.mean()))


noise = blend_of(rng.normal(size=300), rng.normal(size=300))
truth = blend_of(y, y)
print(json.dumps({  # noqa: T201  the answer to the test
    "tried": [candidate.name for candidate in found.tried],
    "failed": found.failed,
    "naive_weight_on_noise": noise.naive_weight,
    "weight_on_truth": sum(truth.weights),
}))  # fmt: skip
