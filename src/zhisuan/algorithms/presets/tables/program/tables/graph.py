"""The chosen blend as one ONNX graph: trees, matrices, links and weights, nothing else.

Only operators of the standard sets ai.onnx 17 and ai.onnx.ml 3 are used, so any runtime on any
chip that reads ONNX runs it. Input `x` is float32 (rows, width) as `features.transform` makes it;
output `answer` is (rows, classes) probabilities or (rows, 1) numbers.
"""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tables.blend import Blend
from tables.candidates import Candidate
from tables.dense import BEND, FAR, Dense
from tables.forest import Forest
from tables.link import Link
from tables.metrics import FLOOR


def build(blend: Blend, width: int) -> onnx.ModelProto:
    """The blend as an ONNX model for inputs of this width."""
    graph = _Graph()
    outputs = len(blend.naive) if blend.naive.ndim else 1
    total = graph.constant(blend.naive_weight * np.reshape(blend.naive, (1, outputs)))
    for candidate, weight in zip(blend.candidates, blend.weights, strict=True):
        answer = _link(graph, _raw(graph, candidate), candidate.link)
        total = graph.op("Add", total, graph.op("Mul", answer, graph.constant(weight)))
    if not blend.candidates:  # only the naive answer: still one row out for each row in
        rows = graph.op("ReduceSum", graph.op("Mul", _finite(graph), graph.constant(0.0)),
                        graph.constant(np.array([1]), np.int64), keepdims=1)  # fmt: skip
        total = graph.op("Add", total, rows)
    if blend.limits is None:
        logs = graph.op("Log", graph.op("Max", total, graph.constant(FLOOR)))
        answer = graph.op(
            "Softmax", graph.op("Div", logs, graph.constant(blend.temperature)), axis=1
        )
    else:
        answer = graph.op("Clip", total, *(graph.constant(limit) for limit in blend.limits))
    return graph.model(answer, width, outputs)


class _Graph:
    """A model under way; every value has a numbered name.

    Nodes are made in place, because trees are large and protocol buffers copy what they are given.
    """

    def __init__(self) -> None:
        self.proto = onnx.ModelProto(ir_version=8, producer_name="zhisuan")
        self.proto.opset_import.extend(
            [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
        )
        self.proto.graph.name = "tables"
        self.memory: dict[str, str] = {}

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = f"v{len(self.proto.graph.node)}"
        node = self.proto.graph.node.add(op_type=kind, domain=domain, input=inputs, output=[name])
        for attribute, values in attributes.items():
            plain = values.tolist() if isinstance(values, np.ndarray) else values
            node.attribute.append(helper.make_attribute(attribute, plain))
        return name

    def constant(self, value: Any, dtype: Any = np.float32) -> str:
        name = f"c{len(self.proto.graph.initializer)}"
        array = np.asarray(value, dtype=dtype)
        self.proto.graph.initializer.append(numpy_helper.from_array(array, name))
        return name

    def model(self, answer: str, width: int, outputs: int) -> onnx.ModelProto:
        graph = self.proto.graph
        graph.node.add(op_type="Identity", input=[answer], output=["answer"])
        for place, name, size in ((graph.input, "x", width), (graph.output, "answer", outputs)):
            place.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", size]))
        return self.proto


def _finite(graph: _Graph) -> str:
    """The input with 0 for missing."""
    if "finite" not in graph.memory:
        missing = graph.op("IsNaN", "x")
        graph.memory["missing"] = missing
        graph.memory["finite"] = graph.op("Where", missing, graph.constant(0.0), "x")
    return graph.memory["finite"]


def _raw(graph: _Graph, candidate: Candidate) -> str:
    """The mean of the fits' raw outputs."""
    parts = [fit.portable() for fit in candidate.fits]
    if isinstance(parts[0], Forest):
        return _forest(graph, Forest.join(parts))
    total = _dense(graph, parts[0])
    for part in parts[1:]:
        total = graph.op("Add", total, _dense(graph, part))
    return graph.op("Mul", total, graph.constant(1 / len(parts)))


def _forest(graph: _Graph, forest: Forest) -> str:
    leaf = forest.feature < 0
    mode = "BRANCH_LT" if forest.strict else "BRANCH_LEQ"
    return graph.op(
        "TreeEnsembleRegressor",
        "x",
        domain="ai.onnx.ml",
        n_targets=len(forest.base),
        aggregate_function="SUM",
        post_transform="NONE",
        base_values=forest.base.astype(np.float32),
        nodes_treeids=forest.tree,
        nodes_nodeids=forest.node,
        nodes_featureids=np.where(leaf, 0, forest.feature),
        nodes_modes=["LEAF" if end else mode for end in leaf],
        nodes_values=forest.threshold.astype(np.float32),
        nodes_truenodeids=forest.left,
        nodes_falsenodeids=forest.right,
        nodes_missing_value_tracks_true=forest.missing_left.astype(np.int64),
        target_treeids=forest.tree[forest.leaf],
        target_nodeids=forest.node[forest.leaf],
        target_ids=forest.target,
        target_weights=forest.weight.astype(np.float32),
    )


def _dense(graph: _Graph, dense: Dense) -> str:
    """The arithmetic of `Dense.raw`."""
    zeroed = _finite(graph)
    missing = graph.memory["missing"]
    moved = graph.op("Sub", zeroed, graph.constant(dense.centre))
    z = graph.op("Mul", moved, graph.constant(dense.scale))
    z = graph.op("Where", missing, graph.constant(0.0), z)
    z = graph.op("Clip", z, graph.constant(-FAR), graph.constant(FAR))
    part = graph.op("Div", z, graph.constant(BEND))
    root = graph.op("Sqrt", graph.op("Add", graph.op("Mul", part, part), graph.constant(1.0)))
    h = graph.op("Div", z, root)
    if len(dense.flagged):
        flags = graph.op("Gather", missing, graph.constant(dense.flagged, np.int64), axis=1)
        h = graph.op("Concat", h, graph.op("Cast", flags, to=TensorProto.FLOAT), axis=1)
    for index, (weights, bias) in enumerate(dense.layers):
        h = graph.op("Add", graph.op("MatMul", h, graph.constant(weights)), graph.constant(bias))
        if index < len(dense.layers) - 1:
            h = graph.op("Relu", h)
    return h


def _link(graph: _Graph, raw: str, link: Link) -> str:
    """The arithmetic of `Link.answer`."""
    match link.kind:
        case "sigmoid":
            p = graph.op("Sigmoid", raw)
            return graph.op("Concat", graph.op("Sub", graph.constant(1.0), p), p, axis=1)
        case "softmax":
            return graph.op("Softmax", raw, axis=1)
        case "probability":
            return raw
    inner = graph.op("Mul", raw, graph.constant(link.inner))
    value = graph.op("Add", inner, graph.constant(link.start))
    if link.kind == "exp":
        value = graph.op("Exp", graph.op("Clip", value, graph.constant(-60), graph.constant(60)))
    value = graph.op("Mul", value, graph.constant(link.outer))
    return graph.op("Add", value, graph.constant(link.offset))
