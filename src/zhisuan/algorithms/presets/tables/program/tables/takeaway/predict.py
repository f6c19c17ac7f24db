"""Predict new rows: `python predict.py new.csv -o predictions.csv`.

Everything needed lies in this folder; numpy and onnxruntime come from requirements.txt.
本文件夹自带一切：先 pip install -r requirements.txt，再 python predict.py 新数据.csv。
"""

import argparse
import calendar
import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import cells
import features
import numpy as np
import onnxruntime

HERE = Path(__file__).resolve().parent
BATCH_ROWS = 20_000
FALLBACKS = {
    "integer": ("number",),
    "date": ("datetime:%Y-%m-%d",),
    "datetime": ("datetime:%Y-%m-%d", "datetime:%Y-%m-%d%z"),
}
"""Also read, for cells that another program wrote out again."""


class Unusable(Exception):
    """The new rows cannot be predicted as they are; the message is one sentence."""


class Model:
    """The model of this folder."""

    def __init__(self, folder: Path = HERE, threads: int = 0) -> None:
        self.plan: dict[str, Any] = json.loads((folder / "model/features.json").read_text("utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            str(folder / "model/model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.unread: dict[str, int] = {}

    def answer(self, matrix: np.ndarray) -> np.ndarray:
        """Probabilities (rows, classes) or numbers (rows,) for a prepared matrix."""
        batches = [
            self.session.run(None, {"x": matrix[start : start + BATCH_ROWS]})[0]
            for start in range(0, max(len(matrix), 1), BATCH_ROWS)
        ]
        answer = np.concatenate(batches).astype(np.float64)
        return answer if self.plan["classes"] else answer[:, 0]

    def predict(self, rows: Mapping[str, Sequence[str | None]]) -> np.ndarray:
        """Answers for cells of text, column name to cells; extra columns are ignored.

        Raises:
            Unusable: a column that the model needs is missing.
        """
        missing = [c["name"] for c in self.plan["columns"] if c["name"] not in rows]
        if missing:
            names = ", ".join(f"“{name}”" for name in missing)
            raise Unusable(f"the table lacks these columns that the model needs: {names}")
        columns = {c["name"]: self._values(c, rows[c["name"]]) for c in self.plan["columns"]}
        return self.answer(features.transform(self.plan, columns))

    def _values(self, column: Mapping[str, Any], texts: Sequence[str | None]) -> np.ndarray:
        kind, reading = column["kind"], column["reading"]
        if kind not in features.NUMERIC_KINDS:
            texts = [None if cells.is_missing(text, reading) else text for text in texts]
            return np.array(texts, dtype=object)
        values = np.full(len(texts), np.nan)
        for row, text in enumerate(texts):
            try:
                values[row] = read_cell(text, kind, reading)
            except ValueError:
                self.unread[column["name"]] = self.unread.get(column["name"], 0) + 1
        return values


def read_cell(text: str | None, kind: str, reading: str) -> float:
    """A cell as a number: NaN for missing, seconds since 1970 for dates.

    Raises:
        ValueError: the cell does not fit the column.
    """
    for rule in (reading, *FALLBACKS.get(kind, ())):
        try:
            value = cells.parse(text, rule)
        except ValueError:
            continue
        if value is None:
            return np.nan
        if isinstance(value, (int, float)):
            return float(value)
        if isinstance(value, datetime):
            return calendar.timegm(value.timetuple()) + value.microsecond / 1e6
        return float(calendar.timegm(value.timetuple()))
    raise ValueError(text)


def read_csv(path: Path, *, header: bool = True) -> dict[str, list[str | None]]:
    """A CSV or TSV in UTF-8, UTF-16 or GB18030 as columns of cells.

    A column without a name, and every column where there is no header, is called by its place:
    `column_1`, `column_2` and so on.

    Raises:
        Unusable: there is nothing in the file.
    """
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030", errors="replace")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines = [line for line in reader if line]
    if not lines:
        raise Unusable(f"{path.name} is empty")
    first = lines.pop(0) if header else [""] * len(lines[0])
    names = [name.strip(cells.SPACES) or f"column_{n}" for n, name in enumerate(first, 1)]
    return {
        name: [line[place] if place < len(line) else None for line in lines]
        for place, name in enumerate(names)
    }


def output_rows(plan: Mapping[str, Any], answer: np.ndarray) -> Iterator[list[object]]:
    """Header and lines of the predictions, rows counted from 1."""
    classes = plan["classes"]
    if not classes:
        yield ["row", "prediction"]
        for row, value in enumerate(answer.tolist(), 1):
            yield [row, value]
        return
    yield ["row", "prediction", *(f"probability: {name}" for name in classes)]
    for row, shares in enumerate(answer.tolist(), 1):
        best = max(range(len(classes)), key=shares.__getitem__)
        yield [row, classes[best], *(round(share, 9) for share in shares)]


def write_predictions(path: Path, plan: Mapping[str, Any], answer: np.ndarray) -> None:
    """The predictions as CSV in UTF-8 with a mark that spreadsheets understand."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(output_rows(plan, answer))


def main() -> int:
    """Read the file named on the command line, write the predictions beside it."""
    parser = argparse.ArgumentParser(description="Predict new rows with the model of this folder.")
    parser.add_argument("table", type=Path, help="a CSV with the columns the model learned from")
    parser.add_argument("-o", "--output", type=Path, default=Path("predictions.csv"))
    arguments = parser.parse_args()
    try:
        model = Model()
        answer = model.predict(read_csv(arguments.table, header=model.plan["header"]))
        write_predictions(arguments.output, model.plan, answer)
    except (Unusable, OSError) as problem:
        print(f"predict.py: {problem}", file=sys.stderr)  # noqa: T201  a program talks to its user
        return 2
    for name, count in model.unread.items():
        note = f"{count} cells of “{name}” could not be read and count as missing"
        print(f"predict.py: {note}", file=sys.stderr)  # noqa: T201  the same
    print(f"{len(answer)} rows → {arguments.output}")  # noqa: T201  the same
    return 0


if __name__ == "__main__":
    sys.exit(main())
