"""Small pieces of text: escaped, bilingual, with numbers a person can read."""

import html
import math

METHODS = {
    "lightgbm": ("梯度提升树 LightGBM", "gradient-boosted trees (LightGBM)"),
    "xgboost": ("梯度提升树 XGBoost", "gradient-boosted trees (XGBoost)"),
    "histgb": ("梯度提升树 scikit-learn", "gradient-boosted trees (scikit-learn)"),
    "linear": ("线性模型", "linear model"),
    "network": ("小型神经网络", "small neural network"),
    "extra": ("极端随机树", "extra trees"),
    "random": ("随机森林", "random forest"),
    "blend": ("以上的组合", "blend of the above"),
}


def escape(text: object) -> str:
    """Text that cannot become markup."""
    return html.escape(str(text), quote=True)


def both(zh: str, en: str) -> str:
    """A piece of text in both languages; the page shows one. Takes markup, so escape values."""
    return f'<span lang="zh">{zh}</span><span lang="en">{en}</span>'


def svg_both(zh: str, en: str, attributes: str) -> str:
    """The same as two SVG texts."""
    return f'<text lang="zh" {attributes}>{zh}</text><text lang="en" {attributes}>{en}</text>'


def short(text: object, most: int = 28) -> str:
    """Escaped text of a bounded length."""
    line = " ".join(str(text).split())
    return escape(line if len(line) <= most else line[: most - 1] + "…")


def number(value: float) -> str:
    """About three significant digits, thousands apart.

    >>> number(1234.5), number(0.012345), number(4.9)
    ('1,234', '0.0123', '4.9')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    size = math.floor(math.log10(abs(value)))
    if size >= 3:  # noqa: PLR2004  thousands need no decimals
        return f"{value:,.0f}"
    if size < -4:  # noqa: PLR2004  too small to write out
        return f"{value:.2e}"
    text = f"{value:.{max(0, 2 - size)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """A share of one as per cent: one digit where it matters.

    >>> percent(0.8546), percent(0.0021), percent(1.0)
    ('85%', '0.2%', '100%')
    """
    return f"{share:.0%}" if 0.1 <= share <= 0.99 or share in {0, 1} else f"{share:.1%}"  # noqa: PLR2004


def of_ten(share: float) -> tuple[str, str]:
    """A share in plain words: of ten, or of a hundred where ten is too coarse."""
    tens = round(share * 10)
    if abs(share * 10 - tens) <= 0.25 and 0 < tens < 10:  # noqa: PLR2004  near enough to a tenth
        return f"10 个里约 {tens} 个", f"about {tens} of 10"
    hundreds = min(99, max(1, round(share * 100))) if 0 < share < 1 else round(share * 100)
    return f"100 个里约 {hundreds} 个", f"about {hundreds} of 100"


def method(name: str) -> str:
    """A candidate's name for people; its own name stays beside it in the table."""
    zh, en = METHODS.get(name.split("_", maxsplit=1)[0], (name, name))
    return both(zh, en)
