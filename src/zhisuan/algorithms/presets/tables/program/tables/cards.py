"""MODEL_CARD.md and DATA_CARD.md: what the model is and what it was taught from, zh and en.

The headings follow Mitchell and others 2019 (doi:10.1145/3287560.3287596) for models and Gebru
and others 2021 (doi:10.1145/3458723) for data, as far as a table alone can fill them.
"""

from pathlib import Path
from typing import Any


def write_cards(folder: Path, solution: dict[str, Any], profile: dict[str, Any]) -> None:
    """Write both cards into the folder."""
    (folder / "MODEL_CARD.md").write_text(model_card(solution), "utf-8")
    (folder / "DATA_CARD.md").write_text(data_card(solution, profile), "utf-8")


def model_card(s: dict[str, Any]) -> str:
    """The model's card."""
    facts = "\n".join(
        f"| {name} | {value:.4g} | {s['baseline_metrics'][name]:.4g} |"
        for name, value in s["metrics"].items()
    )
    cautions = "\n".join(f"- {w['zh']}\n  {w['en']}" for w in s["warnings"]) or "- 无 None"
    verdict = (
        "可用 usable"
        if s["usable"]
        else f"不可用 not usable: {s['reason']['zh']} {s['reason']['en']}"
    )
    return f"""# 模型卡 Model card: {_line(s["target"])}

## 模型 Model
- 任务 Task: {s["task"]}, “{_line(s["target"])}”
- 组成 Made of: {s["model"]}
- 文件 File: `{s["portable_model"]}` (ONNX), 特征 features: `model/features.json`
- 判断 Verdict: {verdict}

## 成绩 Score
由从未参与学习的 {s["holdout_rows"]} 行评定一次。
Judged once on {s["holdout_rows"]} rows never learned from.

| 指标 metric | 模型 model | 朴素基线 naive baseline |
|---|---|---|
| **{s["metric"]}** (越小越好 lower is better) | **{s["score"]:.4g}** | {s["baseline_score"]:.4g} |
{facts}

95 % {s["metric"]}: {s["score_interval"][0]:.4g} – {s["score_interval"][1]:.4g}

## 怎样用 Use
```
python -m venv env && env/bin/pip install -r requirements.txt
env/bin/python predict.py sample.csv -o predictions.csv
```
需要 Python 3.11 或更新的版本。结果应与 `sample_predictions.csv` 相同。
Needs Python 3.11 or newer. The result should equal `sample_predictions.csv`.

## 注意 Beware
{cautions}
- 只对与学习数据来自同一情形的新行可靠。
  Reliable only for new rows from the same situation as those learned from.
- 重要性说明模型用了什么，不说明因果。
  Importance says what the model uses, not what causes what.

## 来历 Provenance
- 力度 Effort: {s["effort"]}; 随机种子 seed: {s["seed"]}; 学习行数 rows: {s["train_rows"]}
- {", ".join(f"{name} {number}" for name, number in s["versions"].items())}
"""


def data_card(s: dict[str, Any], profile: dict[str, Any]) -> str:
    """The data's card."""
    facts = {column["name"]: column for column in profile.get("columns", [])}
    rows = "\n".join(
        f"| {_cell(c['name'])} | {c['kind']} | {_missing(facts, c['name'])} | `{c['reading']}` |"
        for c in s["columns"]
    )
    classes = f", {len(s['classes'])} 类 classes" if s["classes"] else ""
    return f"""# 数据卡 Data card

- 行 Rows: 学习 learning {s["train_rows"]}, 评定 judging {s["holdout_rows"]}
- 目标 Target: “{_line(s["target"])}”{classes}

## 用到的列 Columns used
| 列 column | 类型 kind | 空 missing | 读法 reading |
|---|---|---|---|
{rows}

数据由委托方提供；本卡只写从表中看得到的事，来源与许可由委托方补充。
The data came from the tenant; this card tells what the table itself shows, and its owner adds
origin and licence.
"""


def _missing(facts: dict[str, Any], name: str) -> str:
    return str(facts.get(name, {}).get("missing", "–"))


def _line(text: str) -> str:
    return " ".join(str(text).split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")[:80]
