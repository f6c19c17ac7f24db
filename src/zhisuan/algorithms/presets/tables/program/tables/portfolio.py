"""The learners that are tried, in the order of what they bring for their cost."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tables import learners
from tables.learners import Cut, Fitted
from tables.link import long_tailed

MANY_ROWS = 30_000
"""Above this, larger trees come early and networks late."""
VARIATIONS = {"standard": 8, "best": 40}
"""Learners with random settings tried at the end, by effort."""

Learner = Callable[[Cut], Fitted]


def portfolio(classes: int, y: np.ndarray, effort: str, rows: int) -> Iterator[tuple[str, Learner]]:
    """Names and learners in the order they are tried."""
    log = not classes and long_tailed(y)

    def of(function: Callable[..., Fitted], **options: Any) -> Learner:
        return lambda cut: function(cut, **options)

    small = {"num_leaves": 7, "learning_rate": 0.05, "feature_fraction": 0.6}
    xt = {"extra_trees": True, "learning_rate": 0.05, "feature_fraction": 0.8}
    deep = {"learning_rate": 0.05, "max_depth": 9, "subsample": 0.8, "colsample_bytree": 0.6,
            "min_child_weight": 3}  # fmt: skip
    slow = {"learning_rate": 0.03, "num_leaves": 63, "feature_fraction": 0.8,
            "bagging_fraction": 0.9, "bagging_freq": 1, "min_data_in_leaf": 5}  # fmt: skip
    large = {"num_leaves": 255, "feature_fraction": 0.8, "min_data_in_leaf": 50}
    yield "lightgbm", of(learners.fit_lightgbm)
    if rows > MANY_ROWS:
        yield "lightgbm_large", of(learners.fit_lightgbm, log=log, **large)
        yield "histgb", of(learners.fit_histgb)
    yield "linear", of(learners.fit_linear, log=log)
    if log:
        yield "lightgbm_log", of(learners.fit_lightgbm, log=True)
    if rows <= MANY_ROWS:
        yield "lightgbm_small", of(learners.fit_lightgbm, log=log, **small)
        yield "network", of(learners.fit_network, log=log)
    yield "lightgbm_extra", of(learners.fit_lightgbm, log=log, **xt)
    if rows <= MANY_ROWS:
        yield "histgb", of(learners.fit_histgb)
    yield "xgboost", of(learners.fit_xgboost, log=log, subsample=0.9, colsample_bytree=0.8)
    yield "extra_trees", of(learners.fit_trees, extra=True, log=log)
    yield "random_forest", of(learners.fit_trees, extra=False, log=log)
    if effort == "fast":
        return
    yield "xgboost_deep", of(learners.fit_xgboost, log=log, **deep)
    yield "network_wide", of(learners.fit_network, log=log, hidden=(256, 128, 64))
    yield "lightgbm_slow", of(learners.fit_lightgbm, log=log, **slow)
    yield from _variations(VARIATIONS[effort], log=log, of=of)


def _variations(
    count: int, *, log: bool, of: Callable[..., Learner]
) -> Iterator[tuple[str, Learner]]:
    """Boosters and networks with settings drawn at random (fixed seed, so the same each time)."""
    rng = np.random.default_rng(20_240_501)
    for number in range(1, count + 1):
        if number % 4 == 0:
            hidden = tuple(int(n) for n in rng.choice([32, 64, 128, 256], size=rng.integers(1, 4)))
            yield f"network_{number}", of(learners.fit_network, log=log, hidden=hidden)
            continue
        options = {
            "num_leaves": int(rng.choice([3, 5, 9, 15, 31, 63])),
            "learning_rate": float(rng.choice([0.03, 0.05])),
            "feature_fraction": float(rng.uniform(0.3, 1.0)),
            "bagging_fraction": float(rng.uniform(0.6, 1.0)),
            "bagging_freq": 1,
            "min_data_in_leaf": int(rng.choice([2, 5, 10, 20, 40])),
            "lambda_l2": float(rng.choice([0.0, 0.1, 1.0, 10.0])),
            "extra_trees": bool(rng.random() < 0.4),  # noqa: PLR2004  two in five
        }
        yield f"lightgbm_{number}", of(learners.fit_lightgbm, log=log, **options)
