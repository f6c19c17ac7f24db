"""How a cell of text becomes a value: the centre, its algorithms and `predict.py` share this file.

A column has one *reading*, such as `integer`, `percent` or `date:%Y年%m月%d日`, which every one of
its cells that is not missing fits; otherwise its reading is `text`. Patterns are full matches on
the stripped cell and keep to what Python's `re` and RE2 (DuckDB) understand alike, so that the
centre can apply them to millions of cells; `zhisuan.data.readings` is that twin.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

Value = int | float | bool | date | datetime | str | None

SPACES = " \t\r\n\u00a0\u3000"
"""Stripped before a cell is compared with a word or a pattern; text itself is kept as it came."""

MISSING = frozenset(("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null", "NaN", "nan", "缺失"))
"""Always a missing value."""

PLACEHOLDERS = frozenset(
    ("None", "none", "Null", "NAN", "na", "-", "--", "—", "——", "?", "？", "无", "未知", "空")
)
"""Missing among numbers, codes, booleans and dates; in a text column they may be a category of
their own (a house with veneer `None`, a patient with allergy `无`) and stay."""

INFINITIES = frozenset(
    sign + word for sign in ("", "+", "-") for word in ("inf", "Inf", "infinity", "Infinity", "∞")
)
"""Missing among numbers, and counted."""

_PLAIN = r"(?:(?:0|[1-9]\d{0,14})(?:\.\d*)?|\.\d+)"
_GROUPED = r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"
_AMOUNT = rf"(?:{_PLAIN}|{_GROUPED})"
_TIME = r"(?P<H>[01]?\d|2[0-3]):(?P<M>[0-5]\d)(?::(?P<S>[0-5]\d)(?:\.(?P<f>\d{1,6}))?)?"
_ZONE = r"(?P<z>Z|[+-][01]\d:?[0-5]\d)"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_WORD = (
    r"[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|[Mm]ar(?:ch)?|[Aa]pr(?:il)?|[Mm]ay|[Jj]une?|[Jj]uly?"
    r"|[Aa]ug(?:ust)?|[Ss]ep(?:tember)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One rule from text to values.

    Attributes:
        name: stable; stored with the column.
        kind: `integer`, `number`, `boolean`, `date`, `datetime` or `text`.
        pattern: what a stripped cell matches in full.
        dropped: for numbers, a pattern of what is removed before the rest is a number.
        units: for numbers, words at the end and the power of ten each stands for, longest first.
        formats: for dates, the strptime formats that together cover the pattern.
    """

    name: str
    kind: str
    pattern: str
    dropped: str = ""
    units: tuple[tuple[str, int], ...] = ()
    formats: tuple[str, ...] = ()


def _dates() -> Iterable[Reading]:
    parts = {
        "%Y": r"(?P<y>[12]\d{3})",
        "%m": r"(?P<m>\d{1,2})",
        "%d": r"(?P<d>\d{1,2})",
        "%b": rf"(?P<b>{_MONTH_WORD})",
        ".": r"\.",
    }
    for form in (
        "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y-%m", "%Y/%m", "%Y年%m月",
        "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%b %d, %Y", "%d %b %Y", "%d-%b-%Y",
    ):  # fmt: skip
        pattern = re.sub(r"%.|\.", lambda part: parts[part[0]], form)
        forms = (form, form.replace("%b", "%B")) if "%b" in form else (form,)
        timed = tuple(f"{f} {time}" for f in forms for time in ("%H:%M:%S.%f", "%H:%M:%S", "%H:%M"))
        yield Reading(f"date:{form}", "date", pattern, formats=forms)
        if "%d" in form:
            with_time = f"{pattern}(?:[ T]{_TIME})?"
            yield Reading(f"datetime:{form}", "datetime", with_time, formats=(*forms, *timed))
            if form.startswith("%Y"):
                with_zone = f"{pattern}[ T]{_TIME} ?{_ZONE}"
                yield Reading(f"datetime:{form}%z", "datetime", with_zone, formats=timed)


def _readings() -> Iterable[Reading]:
    yield Reading("boolean", "boolean", "true|false|True|False|TRUE|FALSE")
    # Mobile numbers and long runs of digits (identity cards, bank cards, orders) name somebody
    # or something; no quantity has 15 digits in every row.
    yield Reading("code", "text", r"1[3-9]\d{9}|\d{15,}|\d{17}[Xx]")
    yield Reading("integer", "integer", r"[+-]?(?:0|[1-9]\d{0,17})")
    yield Reading("number", "number", rf"[+-]?{_PLAIN}(?:[eE][+-]?\d{{1,3}})?")
    yield Reading("grouped number", "number", rf"[+-]?{_AMOUNT}", dropped=",")
    yield Reading(
        "percent",
        "number",
        rf"[+-]?{_AMOUNT} ?[%％]",
        dropped="[, ]",
        units=(("%", -2), ("％", -2)),
    )
    for currency, before, after in (
        ("CNY", "[¥￥]|CNY|RMB", "元|CNY|RMB"),
        ("USD", r"\$|US\$|USD", "USD|美元"),
        ("EUR", "€|EUR", "€|EUR|欧元"),
        ("GBP", "£|GBP", "GBP|英镑"),
    ):
        sign = f"{before}|{after}"
        yield Reading(
            f"currency:{currency}",
            "number",
            rf"[+-]?(?:{before}) ?[+-]?{_AMOUNT}|[+-]?{_AMOUNT} ?(?:{after})",
            dropped=f"{sign}|[, ]",
        )
    units = (
        ("万亿", 12), ("千万", 7), ("百万", 6), ("亿", 8), ("万", 4), ("千", 3), ("百", 2),
    )  # fmt: skip
    words = "|".join(word for word, _ in units)
    yield Reading(
        "chinese number", "number", rf"[+-]?{_AMOUNT} ?(?:{words})?元?", "[, 元]", units=units
    )
    yield from _dates()
    yield Reading("text", "text", r"(?s:.*)")


READINGS: dict[str, Reading] = {reading.name: reading for reading in _readings()}
"""Every reading by name, in the order of preference."""

_COMPILED = {name: re.compile(reading.pattern, re.ASCII) for name, reading in READINGS.items()}


def is_missing(cell: str | None, reading: str) -> bool:
    """Whether the cell holds no value in a column of this reading."""
    if cell is None:
        return True
    bare = cell.strip(SPACES)
    if bare in MISSING:
        return True
    return reading != "text" and (
        bare in PLACEHOLDERS
        or (bare in INFINITIES and READINGS[reading].kind in ("integer", "number"))
    )


def parse(cell: str | None, reading: str) -> Value:
    """The value of a cell; None when it is missing.

    Numbers come as float (`integer` as int), percent as a fraction of one, dates and datetimes
    without a zone (a zone in the text is applied, so that the result is UTC).

    Raises:
        ValueError: the cell does not fit the reading.
        KeyError: there is no such reading.
    """
    if cell is None or is_missing(cell, reading):
        return None
    bare = cell.strip(SPACES)
    found = _COMPILED[reading].fullmatch(bare)
    if found is None:
        raise ValueError(f"{cell!r} is not a {reading}")
    rule = READINGS[reading]
    if rule.kind == "text":
        return cell
    if rule.kind == "boolean":
        return bare.lower() == "true"
    if rule.kind == "integer":
        return int(bare)
    if rule.kind == "number":
        return _number(bare, rule)
    return _instant(found, rule)


def fits(cell: str | None, reading: str) -> bool:
    """Whether the cell is missing or has a value in this reading."""
    try:
        parse(cell, reading)
    except ValueError:
        return False
    return True


def candidates(cells: Iterable[str | None]) -> tuple[str, ...]:
    """The readings that every cell fits, best first; always ends with `text`.

    Without a single value there is nothing to read but text.
    """
    seen = {cell for cell in cells if cell is not None}
    return tuple(name for name in READINGS if name == "text" or _all_fit(seen, name))


def _all_fit(cells: set[str], reading: str) -> bool:
    return all(fits(cell, reading) for cell in cells) and any(
        not is_missing(cell, reading) for cell in cells
    )


def _number(bare: str, rule: Reading) -> float | None:
    text = re.sub(rule.dropped, "", bare) if rule.dropped else bare
    for word, power in rule.units:
        if text.endswith(word):
            # Through the exponent, because 1.1 * 10_000 is not 11_000.
            text = f"{text.removesuffix(word)}e{power}"
            break
    value = float(text)
    return value if math.isfinite(value) else None


def _instant(found: re.Match[str], rule: Reading) -> date | datetime:
    part = found.groupdict()
    word = part.get("b")
    month = _MONTHS.index(word[:3].lower()) + 1 if word else int(part["m"])
    day = date(int(part["y"]), month, int(part.get("d") or 1))
    if rule.kind == "date":
        return day
    moment = datetime(  # noqa: DTZ001  a table's times carry no zone
        day.year,
        day.month,
        day.day,
        int(part["H"] or 0),
        int(part["M"] or 0),
        int(part["S"] or 0),
        int((part["f"] or "").ljust(6, "0")),
    )
    zone = part.get("z")
    if zone is None or zone == "Z":
        return moment
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return moment - offset if zone[0] == "+" else moment + offset
