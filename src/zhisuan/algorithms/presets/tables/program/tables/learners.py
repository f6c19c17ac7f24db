"""The learners of the portfolio: each fits one cut of the rows and hands back portable parts.

All read the same float32 matrix, use no more threads than the cores granted, watch the budget
between steps where a fit can be long, and end as a `Forest` or a `Dense`, so that whatever wins
can be taken away whole.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import lightgbm
import numpy as np
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)

from tables import forest as forests
from tables.budget import Budget
from tables.dense import Dense
from tables.forest import Forest
from tables.link import Link, log_link, plain_link
from tables.metrics import score

TREES_AT_ONCE = 10
DENSE_ROWS = 60_000
FOREST_NODES = 300_000
"""Most nodes a forest of full-grown trees may have, so that the model can be carried."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One cut of the rows: teach on (x, y), choose on (x_choose, y_choose).

    `classes` is 0 for regression, where y is in the target's own unit; its standard units come from
    `y_all`, the development rows, so that the fits of all cuts can be averaged.
    """

    x: np.ndarray
    y: np.ndarray
    x_choose: np.ndarray
    y_choose: np.ndarray
    y_all: np.ndarray
    classes: int
    cores: int
    seed: int
    budget: Budget

    @property
    def outputs(self) -> int:
        """Raw numbers a booster gives for each row."""
        return self.classes if self.classes > 2 else 1  # noqa: PLR2004  two classes, one score


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model after one fit: raw scores by its own library, its portable form, its link.

    Attributes:
        native: the model as its own library writes it, in arrays, where taking it apart into its
            portable form would be slow.
    """

    raw: Callable[[np.ndarray], np.ndarray]
    portable: Callable[[], Forest | Dense]
    link: Link
    native: Callable[[], dict[str, np.ndarray]] | None = None

    def answer(self, x: np.ndarray) -> np.ndarray:
        """Probabilities or numbers for these rows."""
        return self.link.answer(self.raw(x))


def _targets(cut: Cut, *, log: bool) -> tuple[np.ndarray, Link]:
    if not cut.classes:
        link = log_link(cut.y_all) if log else plain_link(cut.y_all)
        return link.raw_target(cut.y), link
    return cut.y, Link("sigmoid" if cut.classes == 2 else "softmax")  # noqa: PLR2004  two classes


def _columns(raw: np.ndarray) -> np.ndarray:
    return raw if raw.ndim == 2 else raw[:, None]  # noqa: PLR2004  always (rows, outputs)


def fit_lightgbm(cut: Cut, *, log: bool = False, rounds: int = 1_000, **options: Any) -> Fitted:
    """LightGBM with its defaults or these options, stopped where the choosing rows say so."""
    y, link = _targets(cut, log=log)
    objective = {"sigmoid": "binary", "softmax": "multiclass"}.get(link.kind, "regression")
    params = {
        "objective": objective,
        "num_threads": cut.cores,
        "seed": cut.seed,
        "deterministic": True,
        "verbose": -1,
        **({"num_class": cut.classes} if objective == "multiclass" else {}),
        **options,
    }
    teach = lightgbm.Dataset(cut.x, y, free_raw_data=True)
    choose = teach.create_valid(cut.x_choose, link.raw_target(cut.y_choose))
    booster = lightgbm.train(
        params,
        teach,
        rounds,
        valid_sets=[choose],
        callbacks=[
            lightgbm.early_stopping(_patience(params), verbose=False),
            _lightgbm_watch(cut.budget),
        ],
    )

    def raw(x: np.ndarray) -> np.ndarray:
        return _columns(booster.predict(x, raw_score=True, num_threads=cut.cores))

    def text() -> str:
        return booster.model_to_string(num_iteration=booster.best_iteration)

    return Fitted(
        raw,
        lambda: forests.from_lightgbm(text(), cut.outputs),
        link.calibrated(raw(cut.x_choose), cut.y_choose),
        lambda: {"lightgbm": _bytes(text().encode()), "outputs": np.array(cut.outputs)},
    )


def _bytes(content: bytes) -> np.ndarray:
    return np.frombuffer(content, np.uint8)


def _patience(params: dict[str, Any]) -> int:
    """Rounds without a gain before a fit ends: more where each round moves less."""
    return max(20, int(4 / params.get("learning_rate", 0.1)))


def _lightgbm_watch(budget: Budget) -> Callable[[Any], None]:
    """A callback that ends the fit when the budget is used up."""

    def watch(env: Any) -> None:
        if env.iteration % 10 == 9 and not budget.allows(0.0):  # noqa: PLR2004  each tenth round
            raise lightgbm.callback.EarlyStopException(env.iteration, env.evaluation_result_list)

    return watch


class _XgboostWatch(xgboost.callback.TrainingCallback):
    """Ends an XGBoost fit when the budget is used up."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        del model, evals_log
        return epoch % 10 == 9 and not self.budget.allows(0.0)  # noqa: PLR2004  each tenth round


def fit_xgboost(cut: Cut, *, log: bool = False, rounds: int = 1_000, **options: Any) -> Fitted:
    """XGBoost by histograms, stopped where the choosing rows say so."""
    y, link = _targets(cut, log=log)
    kinds = {"sigmoid": "binary:logistic", "softmax": "multi:softprob"}
    params = {
        "objective": kinds.get(link.kind, "reg:squarederror"),
        "tree_method": "hist",
        "nthread": cut.cores,
        "seed": cut.seed,
        "learning_rate": 0.1,
        "verbosity": 0,
        **({"num_class": cut.classes} if link.kind == "softmax" else {}),
        **options,
    }
    teach = xgboost.QuantileDMatrix(cut.x, y, nthread=cut.cores)
    choose = xgboost.QuantileDMatrix(
        cut.x_choose, link.raw_target(cut.y_choose), ref=teach, nthread=cut.cores
    )
    booster = xgboost.train(
        params,
        teach,
        rounds,
        evals=[(choose, "choose")],
        early_stopping_rounds=_patience(params),
        verbose_eval=False,
        callbacks=[_XgboostWatch(cut.budget)],
    )
    booster = booster[: booster.best_iteration + 1]

    def raw(x: np.ndarray) -> np.ndarray:
        return _columns(booster.inplace_predict(x, predict_type="margin"))

    row = cut.x[:1].copy()
    return Fitted(
        raw,
        lambda: forests.from_xgboost(booster, cut.outputs, row),
        link.calibrated(raw(cut.x_choose), cut.y_choose),
        lambda: {
            "xgboost": _bytes(bytes(booster.save_raw("ubj"))),
            "outputs": np.array(cut.outputs),
            "row": row,
        },
    )


def fit_histgb(cut: Cut, *, log: bool = False, **options: Any) -> Fitted:
    """scikit-learn's HistGradientBoosting at its defaults, stopped by the choosing rows."""
    y, link = _targets(cut, log=log)
    kind = HistGradientBoostingClassifier if cut.classes else HistGradientBoostingRegressor
    model = kind(early_stopping=True, random_state=cut.seed, **options)
    model.fit(cut.x, y, X_val=cut.x_choose, y_val=link.raw_target(cut.y_choose))

    def raw(x: np.ndarray) -> np.ndarray:
        return _columns(model.decision_function(x) if cut.classes else model.predict(x))

    return Fitted(
        raw,
        lambda: forests.from_histgb(model, cut.outputs),
        link.calibrated(raw(cut.x_choose), cut.y_choose),
    )


def fit_trees(cut: Cut, *, extra: bool, log: bool = False, count: int = 100) -> Fitted:
    """Extra trees (Geurts and others 2006) or a random forest, grown while the budget lasts.

    The trees are scikit-learn's; its forests are not used, because their own threads change
    Python's warning filters under each other.
    """
    y, link = _targets(cut, log=log)
    kind = {
        (True, True): ExtraTreeClassifier,
        (True, False): DecisionTreeClassifier,
        (False, True): ExtraTreeRegressor,
        (False, False): DecisionTreeRegressor,
    }[bool(cut.classes), extra]
    most_leaves = FOREST_NODES // (2 * count)

    def grow(number: int) -> Any:
        rng = np.random.default_rng((cut.seed, number))
        drawn = None if extra else np.bincount(rng.integers(0, len(y), len(y)), minlength=len(y))
        tree = kind(
            min_samples_leaf=3 if cut.classes else 1,
            max_features="sqrt" if cut.classes else 0.6,
            max_leaf_nodes=most_leaves if len(y) > most_leaves else None,
            random_state=int(rng.integers(2**31)),
        )
        return tree.fit(cut.x, y, sample_weight=drawn)

    trees: list[Any] = []
    step = 0.0
    with ThreadPoolExecutor(cut.cores) as pool:
        while not trees or (len(trees) < count and cut.budget.allows(2 * step)):
            before = cut.budget.used()
            trees += pool.map(grow, range(len(trees), len(trees) + TREES_AT_ONCE))
            step = cut.budget.used() - before

    def raw(x: np.ndarray) -> np.ndarray:
        if cut.classes:
            return np.mean([tree.predict_proba(x) for tree in trees], axis=0)
        return np.mean([tree.predict(x) for tree in trees], axis=0)[:, None]

    final = Link("probability") if cut.classes else link.calibrated(raw(cut.x_choose), cut.y_choose)
    return Fitted(raw, lambda: forests.from_sklearn_trees(trees, max(cut.classes, 1)), final)


def fit_linear(cut: Cut, *, log: bool = False) -> Fitted:
    """Logistic or ridge regression; its strength of shrinking is chosen on the choosing rows."""
    cut = _thinned(cut)
    y, link = _targets(cut, log=log)
    dense = Dense.prepare_for(cut.x)
    z = dense.prepare(cut.x)
    best: tuple[float, Fitted] | None = None
    for strength in (0.01, 0.1, 1.0) if cut.classes else (1.0, 10.0, 100.0, 1_000.0):
        if cut.classes:
            model = LogisticRegression(C=strength, max_iter=150, tol=1e-3).fit(z, y)
        else:
            model = Ridge(alpha=strength).fit(z, y)
        weights = np.atleast_2d(model.coef_).T
        fitted = _dense_fit(cut, dense, [(weights, np.ravel(model.intercept_))], link)
        value = score(cut.y_choose, fitted.answer(cut.x_choose))
        if best is None or value < best[0]:
            best = (value, fitted)
        if not cut.budget.allows(0.0):
            break
    assert best is not None  # noqa: S101  the loop runs at least once
    return best[1]


def fit_network(
    cut: Cut, *, log: bool = False, hidden: tuple[int, ...] = (128, 64), epochs: int = 60
) -> Fitted:
    """A small neural network; the epoch that serves the choosing rows best is kept."""
    cut = _thinned(cut)
    y, link = _targets(cut, log=log)
    dense = Dense.prepare_for(cut.x)
    z = dense.prepare(cut.x)
    kind = MLPClassifier if cut.classes else MLPRegressor
    model = kind(
        hidden_layer_sizes=hidden,
        learning_rate_init=2e-3,
        alpha=1e-3,
        batch_size=min(len(y), 256, max(32, len(y) // 32)),
        random_state=cut.seed,
    )
    best: tuple[float, Fitted] | None = None
    stale = 0
    known = {"classes": np.arange(cut.classes)} if cut.classes else {}
    for epoch in range(epochs):
        model.partial_fit(z, y, **(known if epoch == 0 else {}))
        layers = list(zip(model.coefs_, model.intercepts_, strict=True))
        fitted = _dense_fit(cut, dense, [(w.copy(), b.copy()) for w, b in layers], link)
        value = score(cut.y_choose, fitted.answer(cut.x_choose))
        stale = 0 if best is None or value < best[0] else stale + 1
        if best is None or value < best[0]:
            best = (value, fitted)
        if stale >= 8 or not cut.budget.allows(0.0):  # noqa: PLR2004  no gain for so many epochs
            break
    assert best is not None  # noqa: S101  the loop runs at least once
    return best[1]


def _thinned(cut: Cut) -> Cut:
    """The cut with at most `DENSE_ROWS` teaching rows: matrices gain little from more."""
    if len(cut.y) <= DENSE_ROWS:
        return cut
    rows = np.random.default_rng(cut.seed).permutation(len(cut.y))[:DENSE_ROWS]
    return replace(cut, x=cut.x[rows], y=cut.y[rows])


def _dense_fit(
    cut: Cut, dense: Dense, layers: list[tuple[np.ndarray, np.ndarray]], link: Link
) -> Fitted:
    part = dense.with_layers(layers)
    return Fitted(part.raw, lambda: part, link.calibrated(part.raw(cut.x_choose), cut.y_choose))
