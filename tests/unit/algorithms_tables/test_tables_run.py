import math
import random
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.environment

HEADER = ["面积", "楼层", "装修", "成交日期", "价格"]


def homes(count: int, *, seed: int = 0) -> list[list[object]]:
    """Rows with a real pattern, holes, Chinese words and Chinese dates."""
    rng = random.Random(seed)
    rows: list[list[object]] = []
    for _ in range(count):
        area, floor = rng.uniform(30, 150), rng.randint(1, 30)
        finish = rng.choice(["毛坯", "简装", "精装", "豪华装修" * 40])
        price = area * (2 + 0.02 * floor) + 30 * len(finish) ** 0.5 + rng.gauss(0, 5)
        day = f"{rng.randint(2019, 2023)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
        rows.append(
            [f"{area:.1f}" if rng.random() > 0.1 else "", floor, finish, day, f"{price:.2f}"]
        )
    return rows


def test_solves_and_hands_over_everything(solve) -> None:
    s = solve(HEADER, homes(300), task="regression", target="价格", encoding="gb18030")
    assert s["usable"]
    assert s["score"] < 0.5 * s["baseline_score"]
    assert s["train_rows"] + s["holdout_rows"] == 300
    assert s["sample_difference"] < 1e-5
    folder = Path(s["folder"])
    handed = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert handed == {
        "DATA_CARD.md", "MODEL_CARD.md", "cells.py", "features.py", "model/features.json",
        "model/model.onnx", "predict.py", "report.html", "requirements.txt", "sample.csv",
        "sample_predictions.csv", "solution.json",
    }  # fmt: skip
    fractions = [event["fraction"] for event in s["events"]]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_the_same_seed_gives_the_same_split_and_naive_score(solve, tmp_path: Path) -> None:
    first = solve(HEADER, homes(120), task="regression", target="价格", cpu_budget_s=1)
    for left in ("attempt", "scratch"):
        (tmp_path / left).rename(tmp_path / f"{left}-1")
    second = solve(HEADER, homes(120), task="regression", target="价格", cpu_budget_s=1)
    assert first["baseline_score"] == second["baseline_score"]


def test_predict_alone_gives_the_same_answers(solve, interpreter, tmp_path: Path) -> None:
    rows = [[*row[:4], "贵" if float(str(row[4])) > 250 else "便宜"] for row in homes(300)]
    s = solve([*HEADER[:4], "档次"], rows, task="classification", target="档次")
    folder = Path(s["folder"]).rename(tmp_path / "elsewhere")
    program = [*interpreter[:1], "predict.py"]  # -I would hide the program's own folder
    command = [*program, "sample.csv", "-o", "out.csv"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    told, expected = (
        (folder / f).read_text("utf-8") for f in ("out.csv", "sample_predictions.csv")
    )
    assert told == expected
    assert expected.splitlines()[0] == "\ufeffrow,prediction,probability: 便宜,probability: 贵"
    gb = (folder / "sample.csv").read_text("utf-8-sig").encode("gb18030")
    (folder / "gb.csv").write_bytes(gb)
    subprocess.run([*program, "gb.csv", "-o", "gb-out.csv"], cwd=folder, check=True)
    assert (folder / "gb-out.csv").read_text("utf-8") == expected


def test_predict_names_a_missing_column_in_one_sentence(solve, interpreter) -> None:
    s = solve(HEADER, homes(60), task="regression", target="价格", cpu_budget_s=1)
    folder = Path(s["folder"])
    (folder / "new.csv").write_text("楼层,装修,成交日期\n3,精装,2020年1月2日\n", "utf-8")
    command = [interpreter[0], "predict.py", "new.csv"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "predict.py: the table lacks these columns that the model needs: “面积”\n"
    )


@pytest.mark.parametrize("seed", range(5))
def test_random_labels_give_no_usable_model(solve, seed: int) -> None:
    rng = random.Random(seed)
    rows = [[rng.gauss(0, 1), rng.gauss(0, 1), rng.choice("abcd"), rng.choice("是否")]
            for _ in range(400)]  # fmt: skip
    s = solve(["a", "b", "c", "y"], rows, task="classification", target="y", seed=seed)
    assert not s["usable"]
    assert s["reason"]["code"] in {"no_signal", "too_weak"}
    assert "没有可用的模型" in (Path(s["folder"]) / "report.html").read_text("utf-8")


def test_a_weak_but_real_signal_is_not_refused(solve) -> None:
    rng = random.Random(1)
    rows: list[list[object]] = []
    for _ in range(3000):
        x = rng.gauss(0, 1)
        rows.append([x, rng.gauss(0, 1), int(rng.random() < 1 / (1 + math.exp(-0.5 * x)))])
    s = solve(["x", "noise", "y"], rows, task="classification", target="y")
    assert s["usable"]
    assert s["metrics"]["auc"] < 0.7


def test_cpu_time_stays_near_the_budget(solve) -> None:
    s = solve(HEADER, homes(3000), task="regression", target="价格", cpu_budget_s=5)
    assert sum(s["cpu_seconds"].values()) < 5 * 1.25


def test_a_leak_is_told_loudly(solve) -> None:
    rows = [[*row, f"{2 * float(str(row[4])):.2f}"] for row in homes(300)]
    s = solve([*HEADER, "税费"], rows, task="regression", target="价格", cpu_budget_s=30)
    assert {"likely_leak"} <= {w["code"] for w in s["warnings"]}


def test_an_excluded_column_is_not_used(solve) -> None:
    s = solve(HEADER, homes(80), task="regression", target="价格", exclude=["面积"], cpu_budget_s=1)
    assert "面积" not in {column["name"] for column in s["columns"]}


@pytest.mark.parametrize(
    ("target", "task", "sentence"),
    [
        ("价钱", "regression", "the table has no column “价钱”"),
        ("装修", "regression", "“装修” holds no numbers (it is category)"),
    ],
)
def test_refuses_what_cannot_be_learned(solve, target: str, task: str, sentence: str) -> None:
    answer = solve(HEADER, homes(40), task=task, target=target)
    assert answer["refused"].startswith(sentence)
    assert answer["hint"]


def test_every_learner_means_the_same_in_onnx(in_environment) -> None:
    gaps = in_environment("agree_everywhere.py")
    assert len(gaps) >= 30
    assert max(gaps.values()) < 1e-5, gaps


def test_the_preload_starts_no_thread_and_a_fork_can_learn(in_environment, package_folder) -> None:
    from zhisuan.algorithms.package import read_package  # noqa: PLC0415  only this test needs it

    preload = ",".join(read_package(package_folder).card.preload)
    answer = in_environment("fork_and_learn.py", preload)
    assert answer == {"threads": 1, "codes": [0, 0]}


@pytest.mark.slow
def test_the_takeaway_works_in_an_environment_of_its_own(solve, tmp_path: Path) -> None:
    import sys  # noqa: PLC0415  only this test needs it

    s = solve(HEADER, homes(120), task="regression", target="价格", cpu_budget_s=2)
    folder, place = Path(s["folder"]), tmp_path / "fresh"
    uv = str(Path(sys.executable).with_name("uv"))
    python = str(place / "bin/python")
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, place], check=True)
    install = [uv, "pip", "install", "-q", "--python", python, "-r", folder / "requirements.txt"]
    subprocess.run(install, check=True)
    subprocess.run(
        [python, "predict.py", "sample.csv"], cwd=folder, check=True, capture_output=True
    )
    told = (folder / "predictions.csv").read_text("utf-8")
    assert told == (folder / "sample_predictions.csv").read_text("utf-8")


def test_a_table_too_large_for_the_budget_is_thinned_and_says_so(solve) -> None:
    rows = [[n % 7, n % 11, (n % 7) * (n % 11)] for n in range(60_000)]
    s = solve(["a", "b", "y"], rows, task="regression", target="y", cpu_budget_s=0.2)
    assert "rows_left" in {w["code"] for w in s["warnings"]}
    assert s["train_rows"] + s["validation_rows"] + s["holdout_rows"] < 60_000
