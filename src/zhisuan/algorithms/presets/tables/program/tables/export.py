"""Writes what is taken away: the model, the program that runs it, and rows to check both.

The sample is predicted by the very `predict.py` that is handed over, from the very cells it is
handed over with, and must agree with the answers that were judged; else the run fails.
"""

import csv
import json
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx

from tables.cell_text import write_cell

if TYPE_CHECKING:
    from tables.columns import Table

AGREEMENT = 1e-5
SAMPLE_ROWS = 50


def write_model(folder: Path, model: onnx.ModelProto, plan: dict[str, Any]) -> None:
    """The model with its plan, the programs and their two requirements."""
    (folder / "model").mkdir(parents=True, exist_ok=True)
    (folder / "model/model.onnx").write_bytes(model.SerializeToString())
    text = json.dumps(plan, ensure_ascii=False, indent=1)
    (folder / "model/features.json").write_text(text, "utf-8")
    program = files("tables")
    sources = {
        "predict.py": program / "takeaway/predict.py",
        "features.py": program / "features.py",
        "cells.py": files("zhisuan.core") / "cells.py",
    }
    for name, source in sources.items():
        (folder / name).write_text(source.read_text("utf-8"), "utf-8")
    pins = [f"{package}=={version(package)}" for package in ("numpy", "onnxruntime")]
    (folder / "requirements.txt").write_text("\n".join(pins) + "\n", "utf-8")


def write_sample(
    folder: Path,
    takeaway: ModuleType,
    model: Any,
    rows: "Table",
    names: Sequence[str],
    answer: np.ndarray,
) -> float:
    """Write `sample.csv` and `sample_predictions.csv`.

    Args:
        folder: the solution's folder, with the model in it.
        takeaway: the handed-over program.
        model: its loaded model.
        rows: hold-out rows.
        names: columns to write, the target among them.
        answer: the judged answers for these rows.

    Returns:
        The largest difference between the program's answers and the judged ones, relative to
        their size where that is above 1.

    Raises:
        RuntimeError: it is above 1e-5.
    """
    path = folder / "sample.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        if model.plan["header"]:
            writer.writerow(names)
        for row in range(rows.rows):
            writer.writerow(
                write_cell(rows.values[name][row], rows.kinds[name], rows.readings[name])
                for name in names
            )
    told = model.predict(takeaway.read_csv(path, header=model.plan["header"]))
    takeaway.write_predictions(folder / "sample_predictions.csv", model.plan, told)
    gap = float((np.abs(told - answer) / np.maximum(1.0, np.abs(answer))).max())
    if gap > AGREEMENT:
        raise RuntimeError(f"the portable model differs from the judged one by {gap:.2g}")
    return gap
