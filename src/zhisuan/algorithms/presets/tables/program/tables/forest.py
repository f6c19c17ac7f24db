"""Trees of any library in one form: flat arrays that become an ONNX graph.

A row goes left where its value is below the threshold (`strict`) or not above it. Thresholds are
float32, rounded down where the library compares with a double: for a float32 value x and a double
t, x <= t holds exactly when x <= the largest float32 not above t. So nothing is lost.
"""

import json
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees whose leaves are summed.

    Attributes:
        tree, node: the tree and the place in it of each node.
        feature: the column a node looks at, −1 for a leaf.
        threshold: float32.
        left, right: places in the same tree.
        missing_left: whether NaN goes left.
        leaf: index of a node; `target` and `weight` say what it adds to which output.
        base: start of the sum for each output.
        strict: compare `<` rather than `<=`.
    """

    tree: np.ndarray
    node: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    missing_left: np.ndarray
    leaf: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    base: np.ndarray
    strict: bool = False

    @classmethod
    def join(cls, forests: list[Self]) -> Self:
        """One forest whose sum is the mean of the forests' sums."""
        trees = np.cumsum([0, *(f.tree.max(initial=-1) + 1 for f in forests)])
        nodes = np.cumsum([0, *(len(f.node) for f in forests)])
        stack = {
            name: np.concatenate([getattr(f, name) for f in forests])
            for name in ("node", "feature", "threshold", "left", "right", "missing_left", "target")
        }
        return cls(
            **stack,
            tree=np.concatenate([f.tree + t for f, t in zip(forests, trees, strict=False)]),
            leaf=np.concatenate([f.leaf + n for f, n in zip(forests, nodes, strict=False)]),
            weight=np.concatenate([f.weight for f in forests]) / len(forests),
            base=np.mean([f.base for f in forests], axis=0),
            strict=forests[0].strict,
        )


class _Builder:
    """Collects trees node by node or array by array."""

    def __init__(self) -> None:
        self.parts: list[dict[str, np.ndarray]] = []
        self.trees = 0
        self.nodes = 0

    def add(
        self,
        feature: np.ndarray,
        threshold: np.ndarray,
        left: np.ndarray,
        right: np.ndarray,
        missing_left: np.ndarray,
        values: np.ndarray,
        targets: np.ndarray,
    ) -> None:
        """Add one tree; `values` is (nodes, len(targets)) and counts at leaves only."""
        leaf = np.flatnonzero(feature < 0)
        self.parts.append(
            {
                "tree": np.full(len(feature), self.trees),
                "node": np.arange(len(feature)),
                "feature": feature,
                "threshold": threshold,
                "left": left,
                "right": right,
                "missing_left": missing_left,
                "leaf": np.repeat(leaf + self.nodes, len(targets)),
                "target": np.tile(targets, len(leaf)),
                "weight": values[leaf].ravel(),
            }
        )
        self.trees += 1
        self.nodes += len(feature)

    def forest(self, base: np.ndarray, *, strict: bool = False) -> Forest:
        stack = {name: np.concatenate([p[name] for p in self.parts]) for name in self.parts[0]}
        stack["threshold"] = floor32(stack["threshold"])
        return Forest(**stack, base=np.asarray(base, dtype=np.float64), strict=strict)


def floor32(values: np.ndarray) -> np.ndarray:
    """The largest float32 not above each double.

    >>> float(floor32(np.array([0.1]))[0]) <= 0.1
    True
    """
    values = np.clip(values, -LARGEST, LARGEST)
    near = values.astype(np.float32)
    return np.where(near > values, np.nextafter(near, np.float32(-LARGEST)), near)


def from_lightgbm(booster: Any, outputs: int) -> Forest:
    """The trees of a LightGBM booster up to its best iteration."""
    dump = booster.dump_model(num_iteration=booster.best_iteration)
    builder = _Builder()
    for info in dump["tree_info"]:
        rows: list[tuple[int, float, int, int, bool, float]] = []
        _walk_lightgbm(info["tree_structure"], rows)
        feature, threshold, left, right, missing, value = (
            np.array(c) for c in zip(*rows, strict=True)
        )
        target = np.array([info["tree_index"] % outputs])
        builder.add(feature, threshold, left, right, missing, value[:, None], target)
    return builder.forest(np.zeros(outputs))


def _walk_lightgbm(
    node: dict[str, Any], rows: list[tuple[int, float, int, int, bool, float]]
) -> int:
    """Append the node and all below it; returns its place."""
    place = len(rows)
    if "leaf_value" in node:
        rows.append((-1, 0.0, 0, 0, False, node["leaf_value"]))
        return place
    threshold = float(node["threshold"])
    # Where training saw no missing value, LightGBM reads a missing one as zero.
    missing_left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
    rows.append((0, 0.0, 0, 0, False, 0.0))
    left = _walk_lightgbm(node["left_child"], rows)
    right = _walk_lightgbm(node["right_child"], rows)
    rows[place] = (node["split_feature"], threshold, left, right, missing_left, 0.0)
    return place


def from_histgb(model: Any, outputs: int) -> Forest:
    """The trees of a scikit-learn HistGradientBoosting model without categorical splits."""
    builder = _Builder()
    for round_of_trees in model._predictors:  # noqa: SLF001  scikit-learn offers no public way
        for target, predictor in enumerate(round_of_trees):
            nodes = predictor.nodes
            feature = np.where(nodes["is_leaf"] == 1, -1, nodes["feature_idx"].astype(np.int64))
            builder.add(
                feature,
                nodes["num_threshold"],
                nodes["left"].astype(np.int64),
                nodes["right"].astype(np.int64),
                nodes["missing_go_to_left"].astype(bool),
                nodes["value"][:, None],
                np.array([target]),
            )
    base = np.broadcast_to(np.ravel(model._baseline_prediction), (outputs,))  # noqa: SLF001
    return builder.forest(base)


def from_sklearn_trees(model: Any, outputs: int) -> Forest:
    """The trees of a scikit-learn random forest or extra trees; classes as probabilities."""
    builder = _Builder()
    count = len(model.estimators_)
    for estimator in model.estimators_:
        tree = estimator.tree_
        values = tree.value[:, 0, :].astype(np.float64)
        if outputs > 1:
            values /= values.sum(axis=1, keepdims=True)
        leaf = tree.children_left < 0
        builder.add(
            np.where(leaf, -1, tree.feature),
            np.where(leaf, 0.0, tree.threshold),
            np.where(leaf, 0, tree.children_left),
            np.where(leaf, 0, tree.children_right),
            tree.missing_go_to_left.astype(bool),
            values / count,
            np.arange(values.shape[1]),
        )
    return builder.forest(np.zeros(outputs))


def from_xgboost(booster: Any, outputs: int, base: np.ndarray) -> Forest:
    """The trees of an XGBoost booster already cut to its best iteration.

    Args:
        booster: an `xgboost.Booster` of numeric splits.
        outputs: values predicted for each row.
        base: what the booster adds to the sum of its leaves.
    """
    model = json.loads(bytes(booster.save_raw("json")))["learner"]["gradient_booster"]["model"]
    builder = _Builder()
    for tree, target in zip(model["trees"], model["tree_info"], strict=True):
        left = np.array(tree["left_children"])
        leaf = left < 0
        condition = np.array(tree["split_conditions"], dtype=np.float64)
        builder.add(
            np.where(leaf, -1, np.array(tree["split_indices"])),
            np.where(leaf, 0.0, condition),
            np.where(leaf, 0, left),
            np.where(leaf, 0, np.array(tree["right_children"])),
            np.array(tree["default_left"]).astype(bool),
            condition[:, None],
            np.array([target]),
        )
    forest = builder.forest(np.zeros(outputs), strict=True)
    return Forest(**{name: getattr(forest, name) for name in Forest.__slots__} | {"base": base})


def evaluate(forest: Forest, x: np.ndarray) -> np.ndarray:
    """The forest's sums for a few rows, (rows, outputs): the definition, not the fast way."""
    first = np.flatnonzero(forest.node == 0)
    leaves: dict[int, list[tuple[int, float]]] = {}
    for index, target, weight in zip(forest.leaf, forest.target, forest.weight, strict=True):
        leaves.setdefault(int(index), []).append((int(target), float(weight)))
    sums = np.tile(np.asarray(forest.base, dtype=np.float64), (len(x), 1))
    for row, values in enumerate(x):
        for start in first:
            place = start
            while forest.feature[place] >= 0:
                value = values[forest.feature[place]]
                if np.isnan(value):
                    goes_left = forest.missing_left[place]
                elif forest.strict:
                    goes_left = value < forest.threshold[place]
                else:
                    goes_left = value <= forest.threshold[place]
                place = start + (forest.left if goes_left else forest.right)[place]
            for target, weight in leaves[int(place)]:
                sums[row, target] += weight
    return sums
