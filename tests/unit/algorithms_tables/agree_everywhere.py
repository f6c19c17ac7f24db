"""Compares each learner's own answers with its ONNX graph's: a test's helper.

The rows have missing cells, constants, huge and tiny numbers, and NaN where training had none.
"""

import json
import sys

sys.path[:0] = sys.argv[1:3]

import numpy as np  # noqa: E402  its path was added above
import onnxruntime  # noqa: E402  the same
from tables import baseline, graph, search, split  # noqa: E402  the same
from tables.blend import Blend  # noqa: E402  the same
from tables.budget import Budget  # noqa: E402  the same
from tables.learners import Cut  # noqa: E402  the same
from tables.portfolio import portfolio  # noqa: E402  the same

GAPS: dict[str, float] = {}


def compare(classes: int) -> None:
    """Fit the whole portfolio on one small table and compare."""
    rng = np.random.default_rng(classes)
    x = rng.normal(size=(240, 7)).astype(np.float32)
    x[:, 1] *= 1e6
    x[:, 2] = np.round(x[:, 2])
    x[:, 3] = 1.0
    x[rng.random(x.shape) < 0.1] = np.nan
    x[:, 4] = rng.integers(0, 3, 240)
    signal = np.nan_to_num(x[:, 0]) + x[:, 4]
    y = np.exp(2 * signal) if not classes else np.digitize(signal, [0.5, 2.0]) % classes
    parts = split.make_split(y, None, classes=classes, effort="fast", seed=0)
    budget = Budget(1e9)
    x_dev, y_dev = x[parts.development], y[parts.development]
    cuts = [
        Cut(x_dev[t], y_dev[t], x_dev[c], y_dev[c], y_dev, classes, 1, n, budget)
        for n, (t, c) in enumerate(parts.folds[:2])
    ]
    naive = baseline.naive_answer(y_dev, classes)
    judged = x[parts.holdout].copy()
    judged[0] = np.nan
    for name, learner in portfolio(classes, y_dev, "standard", len(y_dev)):
        if name[-1].isdigit():
            break
        candidate = search.Candidate(name, [learner(cut) for cut in cuts], np.empty(0), 0.0, 0.0)
        limits = None if classes else (-1e9, 1e9)
        mixed = Blend([candidate], [0.9], naive, 0.1, 1.2, limits, np.empty(0), 0.0)
        model = graph.build(mixed, x.shape[1]).SerializeToString()
        told = onnxruntime.InferenceSession(model).run(None, {"x": judged})[0]
        own = mixed.answer(judged)
        gap = np.abs((told if classes else told[:, 0]) - own) / np.maximum(
            max(1.0, float(np.std(own))), np.abs(own)
        )
        GAPS[f"{name}/{classes}"] = float(gap.max())


for number in (0, 2, 3):
    compare(number)
print(json.dumps(GAPS))  # noqa: T201  the answer to the test
