"""Answers new rows by a solution that was made before: opened from its zip, then asked.

The very `predict.py` of that zip answers, so an answer here is the answer it gives anywhere else.
Nothing is unpickled: the model is ONNX, all else JSON and text.
"""

import csv
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnxruntime  # noqa: F401  the solution's program imports it; a warm runner has it then

from tables import new_cells
from tables.handed import load_takeaway
from zhisuan.runner.context import WrongInput

if TYPE_CHECKING:
    from zhisuan.runner.context import JobContext

NEEDED = (
    "predict.py", "features.py", "cells.py", "solution.json",
    "model/model.onnx", "model/features.json",
)  # fmt: skip
SHOWN_ROWS = 200
LEAST_HOLDOUT = 20
"""Fewer rows say nothing about one row in ten."""
SHARE = 0.9
"""Of the hold-out rows, those whose answer was off by at most the solution's `most_within`."""

Cells = Mapping[str, Sequence[str | None]]


class Opened:
    """A solution, ready to answer any number of times.

    Args:
        archive: its zip.
        place: an empty folder for what is needed of it.
        threads: for the model.

    Raises:
        WrongInput: the zip lacks something.
    """

    def __init__(self, archive: Path, place: Path, threads: int) -> None:
        _unpack(archive, place)
        self.takeaway = load_takeaway(place)
        self.model = self.takeaway.Model(place, threads=threads)
        self.plan: dict[str, Any] = self.model.plan
        self.solution: dict[str, Any] = json.loads((place / "solution.json").read_text("utf-8"))

    def answer(self, cells: Cells, output: Path) -> dict[str, Any]:
        """Write all answers as `predictions.csv`; returns what `prediction.json` says.

        Raises:
            WrongInput: the rows lack a column that the model needs.
        """
        self.model.unread.clear()
        try:
            answer = self.model.predict(cells)
        except self.takeaway.Unusable as problem:
            text = str(problem)
            raise WrongInput(f"{text[:1].upper()}{text[1:]}.") from problem
        self.takeaway.write_predictions(output / "predictions.csv", self.plan, answer)
        known = {self.plan["target"], *(column["name"] for column in self.plan["columns"])}
        return {
            "rows": len(answer),
            "target": self.plan["target"],
            "classes": self.plan["classes"],
            "unread": self.model.unread,
            "unused": [name for name in cells if name not in known],
            "interval": interval(self.solution),
            **first_rows(output / "predictions.csv"),
        }


def main(job: "JobContext") -> None:
    """Predict the rows of the job into its output folder.

    Inputs: `solution`, its zip; and either `rows`, a JSON list of objects, or a data set as
    `table`, `profile` and `original`. Output: `predictions.csv`, all of it, and
    `prediction.json`, the first rows and what is to be known of them.

    Raises:
        WrongInput: the rows cannot be answered as they are.
    """
    place = Path(tempfile.mkdtemp(dir=Path.cwd()))  # the job's own, where no other job writes
    try:
        opened = Opened(job.inputs["solution"], place, job.cores)
        cells = new_cells.read(job.inputs, opened.plan, opened.takeaway)
        told = opened.answer(cells, job.output)
    finally:
        shutil.rmtree(place)
    text = json.dumps(told, ensure_ascii=False, allow_nan=False)
    (job.output / "prediction.json").write_text(text, "utf-8")


def interval(solution: Mapping[str, Any]) -> dict[str, Any] | None:
    """How far off an answer may be, as the hold-out rows tell; None of classes and of too few."""
    rows, off_by = solution["holdout_rows"], solution["findings"].get("most_within")
    if off_by is None or rows < LEAST_HOLDOUT:
        return None
    zh = (
        f"在 {rows} 行从未用于学习的数据上，十行里有九行的预测与真实值相差不超过 {off_by:.4g}。"
        "新的一行与那些数据越像，这句话越可靠。"
    )
    en = (
        f"On {rows} rows never learned from, nine answers of ten were off by at most "
        f"{off_by:.4g}. It holds for a new row as far as it is like those."
    )
    return {"share": SHARE, "off_by": off_by, "rows": rows, "how": {"zh": zh, "en": en}}


def first_rows(path: Path) -> dict[str, Any]:
    """The head of the predictions, as the file has it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        header = next(lines)
        return {"columns": header, "first": list(islice(lines, SHOWN_ROWS))}


def _unpack(archive: Path, place: Path) -> None:
    """What a prediction needs of a solution's zip, whose files lie in one folder of it."""
    with zipfile.ZipFile(archive) as pack:
        inside = {name.partition("/")[2]: name for name in pack.namelist()}
        missing = [name for name in NEEDED if name not in inside]
        if missing:
            raise WrongInput(f"The solution has no {missing[0]}, so it cannot answer new rows.")
        for name in NEEDED:
            file = place / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(pack.read(inside[name]))
