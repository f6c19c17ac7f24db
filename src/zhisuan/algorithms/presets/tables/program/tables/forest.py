"""Trees of any library in one form: flat arrays that become an ONNX graph.

A row goes left where its value is below the threshold (`strict`) or not above it. Thresholds are
float32, rounded down where the library compares with a double: for a float32 value x and a double
t, x <= t holds exactly when x <= the largest float32 not above t. So nothing is lost.
"""

import json
from dataclasses import dataclass, replace
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
                "tree": np.full(len(feature), self.trees, dtype=np.int32),
                "node": np.arange(len(feature), dtype=np.int32),
                "feature": feature.astype(np.int32),
                "threshold": floor32(threshold),
                "left": left.astype(np.int32),
                "right": right.astype(np.int32),
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
        return Forest(**stack, base=np.asarray(base, dtype=np.float64), strict=strict)


def floor32(values: np.ndarray) -> np.ndarray:
    """The largest float32 not above each double.

    >>> float(floor32(np.array([0.1]))[0]) <= 0.1
    True
    """
    values = np.clip(values, -LARGEST, LARGEST)
    near = values.astype(np.float32)
    return np.where(near > values, np.nextafter(near, np.float32(-LARGEST)), near)


def from_lightgbm(text: str, outputs: int) -> Forest:
    """The numeric trees of a LightGBM booster, read from its text form."""
    builder = _Builder()
    for number, block in enumerate(text.split("\nTree=")[1:]):
        lines = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        _add_lightgbm_tree(builder, lines, number % outputs)
    return builder.forest(np.zeros(outputs))


def _add_lightgbm_tree(builder: _Builder, lines: dict[str, str], target: int) -> None:
    """Inner nodes keep their places, leaf n comes after them; a negative child c is leaf −c−1."""
    leaves = np.array(lines["leaf_value"].split(), dtype=np.float64)
    inner = len(leaves) - 1
    names = ("split_feature", "left_child", "right_child", "decision_type")
    feature, left, right, decision = (_numbers(lines, name, inner, np.int64) for name in names)
    threshold = _numbers(lines, "threshold", inner, np.float64)
    # Bits 2 and 3 say how missing is read: 2 as missing, 0 (none was seen) as zero; bit 1 says
    # whether missing goes left.
    missing_left = np.where(decision >> 2 == 2, decision & 2 > 0, threshold >= 0)  # noqa: PLR2004
    nothing = np.zeros(len(leaves), dtype=np.int64)
    builder.add(
        np.append(feature, nothing - 1),
        np.append(threshold, nothing),
        np.append(np.where(left < 0, inner - left - 1, left), nothing),
        np.append(np.where(right < 0, inner - right - 1, right), nothing),
        np.append(missing_left, nothing).astype(bool),
        np.append(np.zeros(inner), leaves)[:, None],
        np.array([target]),
    )


def _numbers(lines: dict[str, str], name: str, count: int, kind: Any) -> np.ndarray:
    return np.array(lines[name].split() if count else [], dtype=kind)


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


def from_sklearn_trees(trees: list[Any], outputs: int) -> Forest:
    """The mean of scikit-learn's single trees; classes as probabilities."""
    builder = _Builder()
    for fitted in trees:
        tree = fitted.tree_
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
            values / len(trees),
            np.arange(values.shape[1]),
        )
    return builder.forest(np.zeros(outputs))


def from_xgboost(booster: Any, outputs: int, row: np.ndarray) -> Forest:
    """The trees of an XGBoost booster already cut to its best iteration.

    Args:
        booster: an `xgboost.Booster` of numeric splits.
        outputs: values predicted for each row.
        row: any row, (1, columns): what the booster adds to its leaves is its margin for this row
            less the leaves that the row falls into.
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
    margin = np.ravel(booster.inplace_predict(row, predict_type="margin")).astype(np.float64)
    return replace(forest, base=margin - evaluate(forest, row)[0])


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
