"""A value written out again as a cell that its column's reading reads: the twin of `core.cells`.

It serves `sample.csv`, whose rows come from the canonical table, which no longer has the cells.
"""

from datetime import UTC, datetime, timedelta

import numpy as np

from tables.features import NUMERIC_KINDS
from zhisuan.core import cells

CURRENCY_SIGNS = {"CNY": "元", "USD": "USD", "EUR": "EUR", "GBP": "GBP"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_cell(value: object, kind: str, reading: str) -> str:
    """The cell of a value as `columns.Table` holds it; missing becomes empty."""
    if value is None:
        return ""
    if kind not in NUMERIC_KINDS:
        return str(value)
    number = float(value)  # type: ignore[arg-type]
    if np.isnan(number):
        return ""
    if kind == "boolean":
        return "true" if number else "false"
    if kind in {"date", "datetime"}:
        return _instant(number, reading)
    return _number(number, reading)


def _instant(seconds: float, reading: str) -> str:
    rule = cells.READINGS[reading]
    moment = EPOCH + timedelta(seconds=seconds)
    form = rule.formats[0].replace("%B", "%b")
    if rule.kind == "date":
        return moment.strftime(form)
    day = form if "%H" not in form else form.split(" %H", maxsplit=1)[0]
    zone = "Z" if reading.endswith("%z") else ""
    return moment.strftime(f"{day} %H:%M:%S") + zone


def _number(number: float, reading: str) -> str:
    if reading == "integer":
        return str(int(number))
    if reading == "number":
        return repr(number)
    if reading == "percent":
        return np.format_float_positional(float(f"{number * 100:.15g}"), trim="-") + "%"
    text = np.format_float_positional(number, trim="-")
    if reading.startswith("currency:"):
        return text + CURRENCY_SIGNS[reading.removeprefix("currency:")]
    return text
