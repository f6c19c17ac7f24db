"""The report's sections, each a function of the solution; every value from the data is escaped."""

from typing import Any

from tables.report import plots
from tables.report.words import both, escape, method, number, of_ten, percent, short

Solution = dict[str, Any]
SHOWN_CLASSES = 12
SHOWN_COLUMNS = 10
GRAVE = frozenset({"likely_leak"})
MEANINGS = {
    "accuracy": ("判断正确的比例", "share judged right"),
    "balanced_accuracy": ("各类别判断正确比例的平均", "share judged right, mean over classes"),
    "f1_macro": ("F1，各类别平均", "F1, mean over classes"),
    "auc": ("AUC：任取一正一反，排对先后的机会", "AUC: chance to rank a yes above a no"),
    "mae": ("平均误差", "mean error"),
    "median_error": ("一半的误差不超过", "half the errors are within"),
    "r2": ("R²：解释了多少变化", "R²: share of the variation explained"),
    "log_loss": ("对数损失（评判用，越小越好）", "log-loss (the judge's measure, lower is better)"),
    "rmse": ("均方根误差（评判用，越小越好）", "RMSE (the judge's measure, lower is better)"),
}


def verdict(s: Solution) -> str:
    """The answer in one sentence, against the naive guess."""
    if not s["usable"]:
        reason = s["reason"]
        return (
            '<section class="verdict refused">'
            f'<div class="eyebrow">{both("结论", "Verdict")}</div>'
            f'<p class="big">{both("没有可用的模型", "No usable model")}</p>'
            f"<p>{both(escape(reason['zh']), escape(reason['en']))}</p>"
            f"<p>{_plain(s)}</p>"
            f'<p class="hint">{both(_NOT_USABLE[0], _NOT_USABLE[1])}</p>{_figures(s)}</section>'
        )
    zh, en = _headline(s)
    return (
        f'<section class="verdict"><div class="eyebrow">{both("结论", "Verdict")}</div>'
        f'<p class="big">{both(zh, en)}</p><p>{_plain(s)}</p>{_figures(s)}</section>'
    )


_NOT_USABLE = (
    "在从未参与学习的行上，它没有比朴素基线好到超出偶然的程度，所以请不要据此做决定。",
    "On rows it never saw it did not beat the naive guess beyond chance, so please decide nothing by it.",
)


def _headline(s: Solution) -> tuple[str, str]:
    if not s["classes"]:
        error = number(s["metrics"]["mae"])
        return f"预测误差通常在 ±{error} 左右", f"Typically off by ±{error}"
    if _lopsided(s):
        catch = s["findings"]["catch"]
        name, share = short(catch["class"], 20), percent(catch["caught_share"])
        return (
            f"最像的十分之一行里，找到了 {share} 的“{name}”",
            f"The tenth of the rows it points to holds {share} of all “{name}”",
        )
    zh, en = of_ten(s["metrics"]["accuracy"])
    return f"{zh}判断正确", f"{en[0].upper()}{en[1:]} right"


def _lopsided(s: Solution) -> bool:
    """Whether always naming the commonest class is right so often that accuracy says little."""
    return len(s["classes"]) == 2 and s["baseline_metrics"]["accuracy"] > 0.85  # noqa: PLR2004


def _plain(s: Solution) -> str:
    """The naive guess in the same words."""
    ours, naive = s["metrics"], s["baseline_metrics"]
    if not s["classes"]:
        return both(
            f"总是猜平均值的话，误差约 ±{number(naive['mae'])}；模型约 ±{number(ours['mae'])}。",
            f"Always guessing the mean is off by ±{number(naive['mae'])}; "
            f"the model by ±{number(ours['mae'])}.",
        )
    if _lopsided(s):
        return both(
            f"随便挑十分之一的行，只能找到 10%。两类多少悬殊，只看准确率会误导：模型 "
            f"{percent(ours['accuracy'])}，总猜多数类也有 {percent(naive['accuracy'])}。",
            "A tenth picked at random would hold 10%. The classes are uneven, so accuracy "
            f"misleads: the model has {percent(ours['accuracy'])}, always naming the commonest "
            f"class {percent(naive['accuracy'])}.",
        )
    return both(
        f"总是猜最常见的类别，正确率是 {percent(naive['accuracy'])}；"
        f"模型是 {percent(ours['accuracy'])}。",
        f"Always naming the commonest class is right {percent(naive['accuracy'])} of the time; "
        f"the model {percent(ours['accuracy'])}.",
    )


def _figures(s: Solution) -> str:
    facts = [
        (f"{s['train_rows']:,}", both("行参与学习", "rows learned from")),
        (
            f"{s['holdout_rows']:,}",
            both("行从未见过，只用来评定", "rows never seen, used to judge"),
        ),
        (str(len(s["columns"])), both("列参与预测", "columns used")),
    ]
    if s["baseline_score"] > 0:
        gain = 1 - s["score"] / s["baseline_score"]
        label = both("评判用的损失比朴素基线", "the judge's loss against the naive guess")
        facts.append((f"{'−' if gain >= 0 else '+'}{percent(abs(gain))}", label))
    cells = "".join(
        f'<div class="figure"><b>{value}</b><span class="what">{what}</span></div>'
        for value, what in facts
    )
    return f'<div class="figures">{cells}</div>'


def quality(s: Solution) -> str:
    """How good: the measure with its interval, the plain numbers, the picture."""
    low, high = (number(value) for value in s["score_interval"])
    metric = s["metric"]
    bars = plots.versus(
        s["score"], s["baseline_score"], number(s["score"]), number(s["baseline_score"])
    )
    rows = "".join(
        f"<tr><td>{both(*MEANINGS[name])}</td><td class=num>{_fact(name, value)}</td>"
        f"<td class=num>{_fact(name, s['baseline_metrics'][name])}</td></tr>"
        for name, value in s["metrics"].items()
    )
    head = (
        f"<tr><th></th><th class=num>{both('模型', 'model')}</th>"
        f"<th class=num>{both('朴素基线', 'naive')}</th></tr>"
    )
    interval = both(
        f"95% 的把握在 {low} 与 {high} 之间。", f"95% sure to lie between {low} and {high}."
    )
    return (
        f"<section><h2>{both('有多好', 'How good')}</h2>"
        f'<p class="hint">{both(*_JUDGED_ONCE)}</p>'
        f"<h3>{both(*MEANINGS[metric])}</h3>{bars}<p class=hint>{interval}</p>"
        f"<table>{head}{rows}</table>{_picture(s)}</section>"
    )


_JUDGED_ONCE = (
    "所有数字都来自从未参与学习的行，只评定一次。",
    "All numbers come from rows that were never learned from, judged only once.",
)


def _fact(name: str, value: float) -> str:
    return percent(value) if name in {"accuracy", "balanced_accuracy"} else number(value)


def _picture(s: Solution) -> str:
    found = s["findings"]
    if not s["classes"]:
        text = both(
            f"一半的预测误差在 ±{number(found['half_within'])} 以内，"
            f"十个里有九个在 ±{number(found['most_within'])} 以内。",
            f"Half of the predictions are within ±{number(found['half_within'])}, "
            f"nine of ten within ±{number(found['most_within'])}.",
        )
        return (
            f"<h3>{both('预测与实际', 'Predicted and actual')}</h3>"
            f'<div class="pair">{plots.scatter(found["points"])}<p>{text}<br>'
            f'<span class="hint">{both(*_ON_THE_LINE)}</span></p></div>'
        )
    right = (
        f"<div><h3>{both('说的概率可信吗', 'Can its probabilities be trusted?')}</h3>"
        f'<p class="hint">{both(*_CALIBRATED)}</p>{plots.calibration(found["calibration"])}</div>'
    )
    if len(s["classes"]) > SHOWN_CLASSES:
        return right
    left = (
        f"<div><h3>{both('认对与认错', 'Right and wrong')}</h3>"
        f'<p class="hint">{both("每行是一个实际类别。", "Each row is one actual class.")}</p>'
        f"{plots.confusion(found['confusion'], s['classes'])}</div>"
    )
    return f'<div class="pair">{left}{right}</div>'


_ON_THE_LINE = (
    "每个点是一行；越靠近虚线越准。",
    "Each dot is one row; the closer to the dashed line the better.",
)
_CALIBRATED = (
    "靠近虚线：说 80% 的事，十次里约八次成真。",
    "Close to the dashed line: of things said to be 80% likely, about 8 of 10 come true.",
)


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
    "How much is lost when a column is shuffled. It says what the model uses, not what causes what.",
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
            f"<tr><td>{short(p['column'])}</td><td>{short(p['label'])}</td><td class=num>{p['rows']}"
            f"</td><td class=num>{percent(p['error']) if classes else '±' + number(p['error'])}</td></tr>"
            for p in found["segments"]
        )
        parts = (
            f'<div class="scroll"><table><tr><th>{both("列", "column")}</th>'
            f"<th>{both('范围', 'where')}</th><th class=num>{both('行', 'rows')}</th>"
            f"<th class=num>{head}</th></tr>{rows}</table></div>"
        )
    else:
        parts = f"<p>{both(*_EVEN)}</p>"
    whole = percent(1 - s["metrics"]["accuracy"]) if classes else "±" + number(s["metrics"]["mae"])
    return (
        f"<section><h2>{both('在哪些行上会错', 'Where it fails')}</h2>"
        f'<p class="hint">{both(f"全体的平均是 {whole}。", f"Over all rows it is {whole}.")}</p>'
        f"<h3>{both('明显更难的部分', 'Clearly harder parts')}</h3>{parts}"
        f"<h3>{both('错得最多的行', 'The rows it was most wrong about')}</h3>{_worst(s)}</section>"
    )


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


def use(s: Solution) -> str:
    """How to use what was taken away."""
    files = [
        ("predict.py", ("预测新的 CSV", "predicts a new CSV")),
        ("model/", ("模型（ONNX，任何芯片都能运行）", "the model (ONNX, runs on any machine)")),
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
    "This folder holds everything and works on any machine with Python 3.11 or newer, without the centre.",
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
    "先留出 {holdout} 行只用来评定；其余的行分成 {folds} 份，轮流学习与选择。"
    "最后的组合就是交付的模型。",
    "{holdout} rows were set aside to judge; the others were cut into {folds} parts that took "
    "turns to teach and to choose. The final blend is the model handed over.",
)
_HOW_ONE = (
    "先留出 {holdout} 行只用来评定；其余的行大部分用来学习，一部分用来选择。"
    "最后的组合就是交付的模型。",
    "{holdout} rows were set aside to judge; most of the others taught, a part of them chose. "
    "The final blend is the model handed over.",
)
