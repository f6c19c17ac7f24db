"""The report's other sections, each a function of the solution; what comes from data is escaped."""

from typing import Any

from tables.report import plots
from tables.report.words import both, escape, method, number, percent, short

Solution = dict[str, Any]
SHOWN_COLUMNS = 10
GRAVE = frozenset({"likely_leak"})


def columns(s: Solution) -> str:
    """Which columns matter, and how the target moves along the first few."""
    shown = [item for item in s["importance"] if item["share"] > 0][:SHOWN_COLUMNS]
    if not shown:
        return ""
    most = shown[0]["share"]
    items = [
        (f"<span title='{escape(i['column'])}'>{short(i['column'], 34)}</span>",
         i["share"] / most, percent(i["share"]))
        for i in shown
    ]  # fmt: skip
    key = (
        f'<p><span class="key"><i></i>{both("实际平均", "actual mean")}</span>'
        f'<span class="key"><i class="round"></i>{both("预测平均", "predicted mean")}</span></p>'
    )
    effects = "".join(_effect(s, item) for item in s["findings"]["effects"])
    return (
        f"<section><h2>{both('哪些列起作用', 'Which columns matter')}</h2>"
        f'<p class="hint">{both(*_IMPORTANCE)}</p>{plots.bars(items)}'
        f"<h3>{both('它们怎样起作用', 'How they move the answer')}</h3>{key}"
        f'<div class="pair">{effects}</div></section>'
    )


_IMPORTANCE = (
    "打乱一列后损失增加多少。它说明模型用了什么，不说明因果。",
    "How much is lost when a column is shuffled. It says what the model uses, not what causes it.",
)


def _effect(s: Solution, item: dict[str, Any]) -> str:
    what = ""
    if item["class"] is not None:
        name = short(item["class"], 16)
        what = f' <span class="hint">{both(f"“{name}”的比例", f"share of “{name}”")}</span>'
    picture = plots.effect(item["bins"], as_percent=bool(s["classes"]))
    return f"<div><h3>{short(item['column'], 34)}{what}</h3>{picture}</div>"


def failures(s: Solution) -> str:
    """Where it fails: parts of the rows, and single rows."""
    found = s["findings"]
    classes = bool(s["classes"])
    if found["segments"]:
        head = both("错误率", "wrong") if classes else both("平均误差", "mean error")
        rows = "".join(
            f"<tr><td>{short(p['column'])}</td><td>{short(p['label'])}</td>"
            f"<td class=num>{p['rows']}</td><td class=num>{_error(p['error'], s)}</td></tr>"
            for p in found["segments"]
        )
        parts = (
            f'<div class="scroll"><table><tr><th>{both("列", "column")}</th>'
            f"<th>{both('范围', 'where')}</th><th class=num>{both('行', 'rows')}</th>"
            f"<th class=num>{head}</th></tr>{rows}</table></div>"
        )
    else:
        parts = f"<p>{both(*_EVEN)}</p>"
    whole = _error(1 - s["metrics"]["accuracy"] if classes else s["metrics"]["mae"], s)
    return (
        f"<section><h2>{both('在哪些行上会错', 'Where it fails')}</h2>"
        f'<p class="hint">{both(f"全体的平均是 {whole}。", f"Over all rows it is {whole}.")}</p>'
        f"<h3>{both('明显更难的部分', 'Clearly harder parts')}</h3>{parts}"
        f"<h3>{both('错得最多的行', 'The rows it was most wrong about')}</h3>{_worst(s)}</section>"
    )


def _error(value: float, s: Solution) -> str:
    return percent(value) if s["classes"] else f"±{number(value)}"


_EVEN = (
    "没有发现明显更难的部分：误差在各处差不多。",
    "No part is clearly harder: the error is about the same everywhere.",
)


def _worst(s: Solution) -> str:
    rows = s["findings"]["worst_rows"]
    if not rows:
        return ""
    names = list(rows[0]["values"])
    head = "".join(f"<th>{short(name, 18)}</th>" for name in names)
    lines = []
    for row in rows:
        cells = "".join(f"<td>{short(row['values'][name], 22)}</td>" for name in names)
        if s["classes"]:
            said = f"{short(row['predicted'], 16)} <small>{percent(row['confidence'])}</small>"
            actual = short(row["actual"], 16)
        else:
            said, actual = number(row["predicted"]), number(row["actual"])
        lines.append(f"<tr><td class=num><b>{actual}</b></td><td class=num>{said}</td>{cells}</tr>")
    return (
        f'<div class="scroll"><table><tr><th class=num>{both("实际", "actual")}</th>'
        f"<th class=num>{both('预测', 'predicted')}</th>{head}</tr>{''.join(lines)}</table></div>"
    )


def cautions(s: Solution) -> str:
    """What to beware of."""
    notes = sorted(s["warnings"], key=lambda note: note["code"] not in GRAVE)
    items = "".join(
        f'<li class="{"grave" if note["code"] in GRAVE else ""}">'
        f"{both(escape(note['zh']), escape(note['en']))}</li>"
        for note in notes
    )
    items += f"<li>{both(*_SAME_SITUATION)}</li>"
    return (
        f"<section><h2>{both('要小心什么', 'What to beware of')}</h2>"
        f'<ul class="cautions">{items}</ul></section>'
    )


_SAME_SITUATION = (
    "模型只对与这些数据来自同一情形的新行可靠。",
    "The model is reliable only for new rows from the same situation as these data.",
)


def use(_: Solution) -> str:
    """How to use what was taken away."""
    files = [
        ("predict.py", ("预测新的 CSV", "predicts a new CSV")),
        ("model/", ("模型（ONNX，任何机器都能运行）", "the model (ONNX, runs on any machine)")),
        ("sample.csv", ("可以试的样例行", "rows to try it with")),
        ("sample_predictions.csv", ("它们应得的预测", "the predictions they should get")),
        ("MODEL_CARD.md", ("模型卡", "model card")),
        ("DATA_CARD.md", ("数据卡", "data card")),
        ("solution.json", ("本报告的全部数字", "all numbers of this report")),
    ]
    rows = "".join(
        f"<tr><td><code>{name}</code></td><td>{both(*what)}</td></tr>" for name, what in files
    )
    return (
        f"<section><h2>{both('怎样使用', 'How to use it')}</h2>"
        f'<p class="hint">{both(*_ANYWHERE)}</p>'
        "<pre>python -m venv env\nenv/bin/pip install -r requirements.txt\n"
        "env/bin/python predict.py sample.csv -o predictions.csv</pre>"
        f"<table>{rows}</table></section>"
    )


_ANYWHERE = (
    "这个文件夹自带一切，在任何装有 Python 3.11 以上的机器上都能用，不需要本中心。",
    "This folder holds everything and works on any machine with Python 3.11 or newer, on its own.",
)


def method_notes(s: Solution) -> str:
    """How it was found."""
    rows = "".join(
        f"<tr><td>{method(c['name'])}</td><td><code>{escape(c['name'])}</code></td>"
        f"<td class=num>{number(c['validation_score'])}</td>"
        f"<td class=num>{percent(c['weight']) if c['weight'] else '–'}</td></tr>"
        for c in s["candidates"]
    )
    told = both(*(_HOW_FOLDS if s["folds"] > 1 else _HOW_ONE)).format(
        holdout=f"{s['holdout_rows']:,}", folds=s["folds"]
    )
    head = (
        f"<tr><th>{both('方法', 'method')}</th><th></th>"
        f"<th class=num>{both('选择时的成绩', 'score when choosing')}</th>"
        f"<th class=num>{both('在组合中的分量', 'weight in the blend')}</th></tr>"
    )
    return (
        f"<section><h2>{both('是怎样得到的', 'How it was found')}</h2><p>{told}</p>"
        f"<details><summary>{both('试过的方法', 'Methods tried')}</summary>"
        f'<div class="scroll"><table>{head}{rows}</table></div></details></section>'
    )


_HOW_FOLDS = (
    (
        "先留出 {holdout} 行只用来评定；其余的行分成 {folds} 份，轮流学习与选择。"
        "最后的组合就是交付的模型。"
    ),
    (
        "{holdout} rows were set aside to judge; the others were cut into {folds} parts that took "
        "turns to teach and to choose. The final blend is the model handed over."
    ),
)
_HOW_ONE = (
    (
        "先留出 {holdout} 行只用来评定；其余的行大部分用来学习，一部分用来选择。"
        "最后的组合就是交付的模型。"
    ),
    (
        "{holdout} rows were set aside to judge; most of the others taught, a part of them chose. "
        "The final blend is the model handed over."
    ),
)
