"""The report's first two sections: the verdict in plain words, and how good it is."""

from typing import Any

from tables.report import plots
from tables.report.words import both, escape, number, of_ten, percent, short

Solution = dict[str, Any]
SHOWN_CLASSES = 12
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
            f'<p class="hint">{both(*_NOT_USABLE)}</p>{_figures(s)}</section>'
        )
    zh, en = _headline(s)
    return (
        f'<section class="verdict"><div class="eyebrow">{both("结论", "Verdict")}</div>'
        f'<p class="big">{both(zh, en)}</p><p>{_plain(s)}</p>{_figures(s)}</section>'
    )


_NOT_USABLE = (
    "在从未参与学习的行上，它没有比朴素基线好到超出偶然的程度，所以请不要据此做决定。",
    "On rows it never saw it did not beat the naive guess beyond chance; decide nothing by it.",
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
