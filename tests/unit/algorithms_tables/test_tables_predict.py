"""A try answers what the `predict.py` that is taken away answers.

Only in which order many threads add up float32 numbers may show in the last digits.
"""

import csv
import gzip
import json
import random
import subprocess
import zipfile
from pathlib import Path

import pytest

from zhisuan.algorithms.answers import read_answers
from zhisuan.algorithms.package import read_package
from zhisuan.data.intake import take_in
from zhisuan.data.limits import DEFAULT, silent

pytestmark = pytest.mark.environment

HEADER = ["面积", "楼层", "装修", "成交日期", "单价", "折扣", "学区", "编码", "价格"]
ASKED = HEADER[:-1]
ROWS = (
    # As they were learned from.
    ["88.5", "12", "精装", "2021年3月4日", "¥12,000.5", "12%", "true", "007", "400"],
    # Nothing is known.
    ["", "", "", "", "", "", "", "", ""],
    # Ways to write nothing, and words never seen.
    ["NA", "—", "无", "未知", "n/a", "-", "null", "缺失", ""],
    ["120", "3", "宫殿式 “全包”, 大", "2031年12月31日", "12元", "99%", "false", "999", ""],
    # What cannot be read counts as missing.
    ["很大", "3.5楼", "毛坯", "昨天", "便宜", "十分之一", "也许", "007", ""],
    # Written by another program.
    ["88", "12.0", " 精装 ", "2021-03-04", "12000.5元", "1.5e1%", "TRUE", "042", ""],
    ["1e2", "+3", "简装", "2020年2月29日", "￥1", "0%", "False", "1", ""],
    ["-5", "0", "Ⅳ級", "1999年1月1日", "RMB 9", "100％", "True", "⑨", ""],
)


def homes(count: int, *, seed: int = 0) -> list[list[object]]:
    """Rows with a real pattern, every kind of column and holes in them."""
    rng = random.Random(seed)
    rows: list[list[object]] = []
    for _ in range(count):
        area, floor = rng.uniform(30, 150), rng.randint(1, 30)
        finish = rng.choice(["毛坯", "简装", "精装"])
        school = rng.choice(["true", "false"])
        price = area * (2 + 0.02 * floor) + 30 * len(finish) + 40 * (school == "true")
        day = f"{rng.randint(2019, 2023)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
        rows.append([
            f"{area:.1f}" if rng.random() > 0.1 else "", floor, finish, day,
            f"¥{rng.uniform(8000, 20000):,.1f}", f"{rng.randint(1, 30)}%", school,
            rng.choice(["007", "042", "100"]), f"{price + rng.gauss(0, 5):.1f}",
        ])  # fmt: skip
    return rows


def written(path: Path, lines: list[list[object]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(lines)
    return path


def assert_same(told: str, expected: str) -> None:
    """The same rows and words, and numbers that differ in the last digits at most."""
    lines, wanted = (list(csv.reader(text.splitlines())) for text in (told, expected))
    assert len(lines) == len(wanted) > 1
    assert lines[0] == wanted[0]
    for line, want in zip(lines[1:], wanted[1:], strict=True):
        for cell, other in zip(line, want, strict=True):
            assert cell == other or float(cell) == pytest.approx(float(other), 1e-6, 1e-6)


@pytest.fixture(params=["regression", "classification"])
def solution(request, solve, tmp_path: Path) -> Path:
    """The folder that is taken away; its zip lies beside it."""
    rows = homes(300)
    if request.param == "classification":
        for row in rows:
            row[-1] = "贵" if float(str(row[-1])) > 300 else "便宜"
    told = solve(HEADER, rows, task=request.param, target="价格", cpu_budget_s=2)
    folder = Path(told["folder"]).rename(tmp_path / "taken")
    with zipfile.ZipFile(tmp_path / "solution.zip", "w") as pack:
        for path in folder.rglob("*"):
            pack.write(path, f"sol_1/{path.relative_to(folder)}")
    return folder


@pytest.fixture
def ask(in_environment, package_folder, tmp_path: Path):
    """Ask the solution through the algorithm's second entry, as the runner would."""
    counted = iter(range(100))

    def predict(**inputs: Path):
        order = {
            "folder": str(tmp_path / "attempts" / str(next(counted))),
            "preload": read_package(package_folder).card.predict.preload,
            "inputs": {
                "solution": str(tmp_path / "solution.zip"),
                **{name: str(path) for name, path in inputs.items()},
            },
        }
        place = tmp_path / "predict.json"
        place.write_text(json.dumps(order), "utf-8")
        return in_environment("predict_once.py", place)

    return predict


@pytest.fixture
def rows_file(tmp_path: Path):
    def write(rows: list[dict[str, object]]) -> Path:
        path = tmp_path / "rows.json"
        path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        return path

    return write


@pytest.fixture
def brought(tmp_path: Path):
    """A file as the centre takes it in: the inputs of a job that is asked about it."""

    def bring(path: Path) -> dict[str, Path]:
        scratch = tmp_path / f"scratch-{path.name}"
        scratch.mkdir()
        table, profile = take_in(path, scratch, DEFAULT, silent)
        (scratch / "profile.json").write_text(profile.to_json(), "utf-8")
        return {"table": table, "profile": scratch / "profile.json", "original": path}

    return bring


@pytest.fixture
def taken_away(solution, interpreter):
    """What the solution's own program says of a file, and what it remarks."""

    def run(path: Path) -> tuple[str, str]:
        done = subprocess.run(
            [interpreter[0], "predict.py", path, "-o", "told.csv"],
            cwd=solution, capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = solution / "told.csv"
        return told.read_text("utf-8") if done.returncode == 0 else "", done.stderr

    return run


def test_rows_of_text_are_answered_as_the_file_is(
    solution, ask, rows_file, taken_away, tmp_path: Path
):
    file = written(tmp_path / "new.csv", [HEADER, *ROWS])
    expected, remarks = taken_away(file)
    told = ask(rows=rows_file([dict(zip(HEADER, row, strict=True)) for row in ROWS]))
    assert_same(Path(told["file"]).read_text("utf-8"), expected)
    assert told["rows"] == len(ROWS)
    assert [told["columns"], *told["first"]] == list(csv.reader(expected[1:].splitlines()))
    assert told["unused"] == []
    for column, count in told["unread"].items():
        assert f"{count} cells of “{column}” could not be read" in remarks
    assert remarks.count("\n") == len(told["unread"]) > 3
    assert told["left"] == ["output"]
    assert read_answers(Path(told["file"]).parent) is not None
    classes = json.loads((solution / "model/features.json").read_text("utf-8"))["classes"]
    assert told["classes"] == classes
    assert len(told["columns"]) == 2 + len(classes)


def test_values_are_answered_as_the_cells_they_stand_for(
    solution, ask, rows_file, taken_away, tmp_path: Path
):
    assert solution.is_dir()
    values = [
        [88.5, 12, "精装", "2021年3月4日", 12000.5, 0.12, True, "007"],
        [100.0, 3.0, "简装", "2020年2月29日", 9, 0.015, False, "042"],
        [None, None, None, None, None, None, None, None],
        [1e15, 10**20, 7, None, 0, 1, 0, 42],
    ]
    cells = [
        ["88.5", "12", "精装", "2021年3月4日", "¥12,000.5", "12%", "true", "007"],
        ["100", "3", "简装", "2020年2月29日", "9元", "1.5%", "false", "042"],
        ["", "", "", "", "", "", "", ""],
        ["1e15", "1e20", "7", "", "0元", "100%", "false", "42"],
    ]
    expected, _ = taken_away(written(tmp_path / "new.csv", [ASKED, *cells]))
    told = ask(rows=rows_file([dict(zip(ASKED, row, strict=True)) for row in values]))
    assert_same(Path(told["file"]).read_text("utf-8"), expected)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_table_is_answered_as_the_file_it_came_as(
    solution, ask, brought, taken_away, tmp_path: Path, encoding: str
):
    assert solution.is_dir()
    rows = [row[:-1] for row in (*ROWS, *homes(250, seed=1))]
    lines = [["备注", *ASKED], *(["Ⅰ、乙", *row] for row in rows)]
    file = written(tmp_path / "new.csv", lines, encoding)
    expected, _ = taken_away(file)
    told = ask(**brought(file))
    assert_same(Path(told["file"]).read_text("utf-8"), expected)
    assert (told["rows"], len(told["first"])) == (len(rows), 200)
    assert told["unused"] == ["备注"]


def test_a_table_that_the_program_cannot_read_is_written_again(
    solution, ask, brought, taken_away, tmp_path: Path
):
    assert solution.is_dir()
    file = written(tmp_path / "new.csv", [ASKED, *(row[:-1] for row in homes(50, seed=2))])
    expected, _ = taken_away(file)
    packed = tmp_path / "new.csv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    told = ask(**brought(packed))
    assert_same(Path(told["file"]).read_text("utf-8"), expected)
    assert told["unread"] == {}


def test_a_missing_column_is_named_in_one_sentence_and_others_do_no_harm(
    solution, ask, rows_file, taken_away, tmp_path: Path
):
    assert solution.is_dir()
    wrong = ["大小", *ASKED[1:]]
    _, remarks = taken_away(written(tmp_path / "new.csv", [wrong, ROWS[0][:-1]]))
    told = ask(rows=rows_file([dict(zip(wrong, ROWS[0][:-1], strict=True))]))
    assert told == {"refused": "The table lacks these columns that the model needs: “面积”."}
    assert remarks.removeprefix("predict.py: t") == f"{told['refused'][1:-1]}\n"


def test_only_numbers_with_enough_proof_say_how_far_off_they_may_be(solution, ask, rows_file):
    told = ask(rows=rows_file([dict(zip(HEADER, ROWS[0], strict=True))]))
    summary = json.loads((solution / "solution.json").read_text("utf-8"))
    if told["classes"]:
        assert told["interval"] is None
        return
    interval = told["interval"]
    assert interval["rows"] == summary["holdout_rows"]
    assert interval["off_by"] == summary["findings"]["most_within"]
    assert f"{interval['off_by']:.4g}" in interval["how"]["zh"]


def test_a_zip_that_lacks_the_model_is_refused(ask, rows_file, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "solution.zip", "w") as pack:
        pack.writestr("sol_1/predict.py", "")
    told = ask(rows=rows_file([{"a": 1}]))
    assert told["refused"] == "The solution has no features.py, so it cannot answer new rows."
