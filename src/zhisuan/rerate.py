"""Rates a month again from its raw records and compares every invoice, to the fen.

It reads the export of a month (`zhisuan ledger export`) and nothing else: Python's standard
library alone, no code of the centre. It follows docs/reference/tariff-file.md in its own way: every
quantity is an exact fraction of two integers, and time is microseconds since 1970.

    python3 -I rerate.py EXPORT.zip [--json]

Exit status: 0 when all agree, 8 when something differs, 2 when the file is no export.
"""

import argparse
import hashlib
import io
import json
import os
import sys
import tomllib
import zipfile
import zlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

Record = dict[str, Any]
T = TypeVar("T")
Amount = tuple[int, int]
"""A quantity: numerator and denominator, not reduced."""

NONE: Amount = (0, 1)
DAY = 86_400_000_000
BILLION = 10**9
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COMPUTING = ("core", "memory", "device", "bundle")
PER = {"energy": 1000, "storage": 30 * 86_400, "tokens": 1000, "calls": 1, "pieces": 1}
PRICED = {
    "core_hour": "core",
    "memory_gb_hour": "memory",
    "standard_hour": "device",
    "bundle_hour": "bundle",
    "energy_kwh": "energy",
    "storage_gb_month": "storage",
    "thousand_tokens": "tokens",
    "call": "calls",
    "piece": "pieces",
}
BUNDLED = (("core", "cores"), ("memory", "memory_gb"), ("device", "devices"))
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMED = 20
GIVING = ("refund", "credit")
DIFFERENT, NO_EXPORT = 8, 2


# --- Numbers ------------------------------------------------------------------------------------


def half_even(above: int, below: int) -> int:
    """A fraction as the nearest integer, of two equally near ones the even."""
    whole, rest = divmod(above, below)
    return whole + (2 * rest > below or (2 * rest == below and whole & 1))


def stepped(amount: int, rule: Record | None) -> int:
    """An amount as a multiple of the rule's step."""
    if rule is None:
        return amount
    step = micro(rule["step_yuan"])
    sign, size = (-1, -amount) if amount < 0 else (1, amount)
    if rule["mode"] == "down":
        steps = size // step
    elif rule["mode"] == "half_up":
        steps = (2 * size + step) // (2 * step)
    else:
        steps = half_even(size, step)
    return sign * steps * step


def micro(yuan: str) -> int:
    """Micro-yuan of an amount written in yuan."""
    return int(Decimal(yuan) * 1_000_000)


def plus(one: Amount, other: Amount) -> Amount:
    """The sum of two quantities."""
    if one[1] == other[1]:
        return one[0] + other[0], one[1]
    whole, rest = divmod(one[1], other[1])
    if not rest:
        return one[0] + other[0] * whole, one[1]
    below = lcm(one[1], other[1])
    return one[0] * (below // one[1]) + other[0] * (below // other[1]), below


def microseconds(at: datetime) -> int:
    """An instant as microseconds since 1970."""
    since = at - EPOCH
    return since.days * DAY + since.seconds * 1_000_000 + since.microseconds


def instant(text: str) -> int:
    """The same of RFC 3339 text."""
    return microseconds(datetime.fromisoformat(text))


# --- The tariff ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Factor:
    """One `[[factor]]` of a tariff, and its place among them."""

    place: int
    said: Record

    @property
    def timed(self) -> bool:
        """Whether it comes and goes with the clock or the calendar."""
        return any(self.said.get(key) for key in ("hours", "weekdays", "dates"))

    @property
    def tier(self) -> bool:
        """Whether it holds for a part of the month's quantity."""
        return Decimal(self.said.get("above", "0")) > 0 or "upto" in self.said

    def concerns(self, kind: str, terms: tuple[str, str]) -> bool:
        """Whether it is about this kind of item, class and category."""
        wanted = (self.said.get("classes"), self.said.get("categories"))
        return kind in self.said.get("items", COMPUTING) and all(
            not names or term in names for names, term in zip(wanted, terms, strict=True)
        )

    def part(self, per: int) -> "Tier":
        """The part of a month that it holds for; `per` of the item make one of its price unit."""
        end = Fraction(self.said["upto"]) * per if "upto" in self.said else None
        return Tier(self.place, Fraction(self.said.get("above", "0")) * per, end)

    def edges(self) -> list[int]:
        """The minutes of the day at which it may begin or end."""
        ends = [end for span in self.said.get("hours", ()) for end in span.split("-")]
        return [minute_of(end) % 1440 for end in ends]

    def holds(self, local: datetime) -> bool:
        """Whether it holds at a local time."""
        hours, days, dates = (self.said.get(key) for key in ("hours", "weekdays", "dates"))
        minute, day = local.hour * 60 + local.minute, f"{local:%m-%d}"
        return (
            (not days or WEEK[local.weekday()] in days)
            and (not hours or any(between(minute, *map(minute_of, h.split("-"))) for h in hours))
            and (not dates or any(in_season(day, *season.split("..")) for season in dates))
        )


def minute_of(clock: str) -> int:
    """The minute of the day that `22:30` is."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def between(minute: int, first: int, end: int) -> bool:
    """Whether a minute lies in a span of the day, which may go over midnight."""
    return first <= minute < end if first < end else not end <= minute < first


def in_season(day: str, first: str, last: str) -> bool:
    """Whether a day lies in a season, which may go over the new year."""
    return first <= day <= last if first <= last else day >= first or day <= last


class Spell(NamedTuple):
    """From when on which timed factors hold, and the local date."""

    start: int
    held: tuple[int, ...]
    date: str


class Tier(NamedTuple):
    """A tier's place among the factors, and its part of a month in seconds or pieces."""

    place: int
    first: Fraction
    end: Fraction | None


class Plan(NamedTuple):
    """How one kind of item is priced on some terms while some timed factors hold.

    `counts` says whether its month is counted, `tiers` which tiers hold now, `edges` where they
    begin and end.
    """

    kind: str
    timed: tuple[int, ...]
    counts: bool
    tiers: tuple[Tier, ...]
    edges: tuple[Fraction, ...]


class Priced(NamedTuple):
    """The price of a line: micro-yuan for so many of the item's unit, and the factors in it."""

    unit: int
    per: int
    charged: bool
    factors: tuple[str, ...]


class Tariff:
    """One version of the price list, read from its text."""

    def __init__(self, text: str) -> None:
        said = tomllib.loads(text)
        self.said: Record = said
        self.version: int = said["version"]
        self.start = microseconds(said["effective_from"])
        self.zone = ZoneInfo(said.get("zone", "Asia/Shanghai"))
        self.prices: dict[str, Record] = {
            item: said[table] for table, item in PRICED.items() if table in said
        }
        for kind, price in said.get("device_hour", {}).items():
            self.prices[f"device:{kind}"] = price
        bundle: Record = said.get("bundle_hour", {})
        self.bundle = [(kind, Fraction(bundle[key])) for kind, key in BUNDLED if key in bundle]
        self.watts = {kind: Fraction(each) for kind, each in said.get("power_watts", {}).items()}
        self.factors = [Factor(*each) for each in enumerate(said.get("factor", ()))]
        self.counts = any(each.tier for each in self.factors)
        self.cut = self.counts or any(each.timed for each in self.factors)
        self._days: dict[int, list[Spell]] = {}
        self._plans: dict[tuple[str, tuple[str, str], tuple[int, ...]], Plan] = {}
        self._priced: dict[tuple[Key, tuple[str, str]], Priced] = {}
        self._listed: dict[str, Record | None] = {}
        self._hours: dict[str, Fraction] = {}
        self.shares = {end: Decimal(str(each)) for end, each in said["outcome_factor"].items()}
        self.least = micro(said.get("minimum_charge_yuan", "0"))
        self.standard = bool(self.bundle) or "device" in self.prices

    def listed(self, item: str) -> Record | None:
        """The item's price: its own, that of its family, or of other devices."""
        if item not in self._listed:
            kind, _, name = item.partition(":")
            named = [kind]
            if kind == "device" and "device" not in self.prices:
                named = [item, f"device:{name.partition('-')[0]}", "device:other"]
            found = [self.prices[each] for each in named if each in self.prices]
            self._listed[item] = found[0] if found else None
        return self._listed[item]

    def standard_hours(self, kind: str) -> Fraction:
        """Standard hours in one hour of a device."""
        if kind not in self._hours:
            self._hours[kind] = Fraction(by_kind(self.said.get("exchange", {"other": "1"}), kind))
        return self._hours[kind]

    def plan(self, item: str, terms: tuple[str, str], held: tuple[int, ...]) -> Plan:
        """How an item is priced on these terms while these timed factors hold."""
        key = item, terms, held
        if key not in self._plans:
            kind = item.partition(":")[0]
            about = [each for each in self.factors if each.concerns(kind, terms)]
            now = [each for each in about if not each.timed or each.place in held]
            timed = tuple(each.place for each in now if each.timed and not each.tier)
            tiers = tuple(each.part(PER.get(kind, 3600)) for each in now if each.tier)
            edges = {edge for tier in tiers for edge in tier[1:] if edge is not None}
            counts = any(each.tier for each in about)
            self._plans[key] = Plan(kind, timed, counts, tiers, tuple(sorted(edges)))
        return self._plans[key]

    def priced(self, key: "Key", terms: tuple[str, str]) -> Priced:
        """The price of a line in a class with its factors."""
        if (key, terms) not in self._priced:
            kind = key.item.partition(":")[0]
            standing = [
                each
                for each in self.factors
                if not each.timed and not each.tier and each.concerns(kind, terms)
            ]
            applied = standing + [self.factors[place] for place in (*key.timed, *key.tiers)]
            price = self.prices_of(key.item)
            yuan_ = price["yuan"]
            exact = Fraction(micro(yuan_ if isinstance(yuan_, str) else yuan_[terms[0]]))
            if isinstance(yuan_, str) and kind in COMPUTING:
                exact *= Fraction(self.said.get("class_factor", {}).get(terms[0], "1"))
            for each in applied:
                exact *= Fraction(each.said["value"])
            self._priced[key, terms] = Priced(
                half_even(exact.numerator, exact.denominator),
                PER.get(kind, 3600),
                price.get("charged", True),
                tuple(each.said["name"] for each in applied),
            )
        return self._priced[key, terms]

    def prices_of(self, item: str) -> Record:
        """The price of an item that has one."""
        found = self.listed(item)
        if found is None:
            raise KeyError(item)
        return found

    def spells(self, start: int, end: int) -> list[Spell]:
        """The interval in spells: cut at local midnight and where a timed factor comes or goes.

        The first may have begun before it.
        """
        if not self.cut:
            return [Spell(start, (), "")]
        first = start // DAY
        today = self._day(first)
        place = bisect_right(today, start, key=_start_of) - 1
        if place + 1 < len(today) and end <= today[place + 1].start:
            return [today[place]]
        found = today[place:]
        for day in range(first + 1, (end - 1) // DAY + 1):
            for spell in self._day(day):
                if spell[1:] != found[-1][1:]:
                    found.append(spell)
        while len(found) > 1 and found[-1].start >= end:
            found.pop()
        return found

    def _day(self, day: int) -> list[Spell]:
        """A day of UTC in spells, the first at its beginning."""
        if day not in self._days:
            spells: list[Spell] = []
            for at in self._candidates(day * DAY, (day + 1) * DAY):
                local = (EPOCH + timedelta(microseconds=at)).astimezone(self.zone)
                held = tuple(f.place for f in self.factors if f.timed and f.holds(local))
                spell = Spell(at, held, f"{local:%Y-%m-%d}")
                if not spells or spell[1:] != spells[-1][1:]:
                    spells.append(spell)
            self._days[day] = spells
        return self._days[day]

    def _candidates(self, first: int, end: int) -> list[int]:
        """The instants of a span at which something may change."""
        minutes = {0} | {minute for each in self.factors for minute in each.edges()}
        shifts = [first, *self._shifts(first, end)]
        found = set(shifts)
        for since, until in pairwise([*shifts, end]):
            offset = self._offset(since)
            for minute in minutes:
                at = since + (minute * 60_000_000 - offset - since) % DAY
                found.update(range(at, until, DAY))
        return sorted(found)

    def _shifts(self, first: int, end: int) -> list[int]:
        """The instants of a day at which the clock is put forward or back: at most one."""
        if self._offset(first) == self._offset(end - 1):
            return []
        low, high = first // 1_000_000, end // 1_000_000 - 1
        while high - low > 1:
            middle = (low + high) // 2
            same = self._offset(middle * 1_000_000) == self._offset(first)
            low, high = (middle, high) if same else (low, middle)
        return [high * 1_000_000]

    def _offset(self, at: int) -> int:
        local = (EPOCH + timedelta(microseconds=at)).astimezone(self.zone)
        return (local.utcoffset() or timedelta()) // timedelta(microseconds=1)


def _start_of(spell: Spell) -> int:
    return spell.start


def by_kind(table: dict[str, T], kind: str) -> T:
    """A device kind's entry: its own, that of its family, or of the others."""
    return table.get(kind, table.get(kind.partition("-")[0], table["other"]))


# --- Rating -------------------------------------------------------------------------------------


class Key(NamedTuple):
    """What makes quantities one line."""

    version: int
    item: str
    timed: tuple[int, ...]
    tiers: tuple[int, ...]


class Used(NamedTuple):
    """What one usage record grants while it is read; every rate is a fraction."""

    seconds: Amount
    core: Amount
    memory: Amount
    devices: list[tuple[str, Amount]]
    energy: Amount
    counted: dict[str, Amount]


Months = dict[tuple[str, str], Amount]
"""By local month and kind of item, what a tenant used, in seconds or pieces."""


class Rater:
    """Rates usage by all versions of the price list."""

    def __init__(self, texts: list[str]) -> None:
        self.tariffs = sorted(map(Tariff, texts), key=lambda each: each.start)
        self.starts = [each.start for each in self.tariffs]
        self.by_version = {each.version: each for each in self.tariffs}

    def lines(
        self, usage: list[Record], terms: tuple[str, str], months: Months
    ) -> dict[Key, Amount]:
        """The quantities of a job by line; counts them in the tenant's months."""
        sums: dict[Key, Amount] = {}
        for record in usage:
            if not record["billable"]:
                continue
            used = granted(record)
            for tariff, spell, part in self._parts(instant(record["started_at"]), used):
                for item, quantity in quantities(tariff, part):
                    for key, share in _tiered(tariff, spell, item, quantity, terms, months):
                        sums[key] = plus(sums[key], share) if key in sums else share
        return sums

    def _parts(self, start: int, used: Used) -> Iterator[tuple[Tariff, Spell, Used]]:
        above, below = used.seconds
        end = start + max(1, -(-above * 1_000_000 // below))
        spells = self._spells(start, end)
        if len(spells) == 1:
            yield *spells[0], used
            return
        for (tariff, spell), following in zip(spells, [*spells[1:], None], strict=True):
            last = following[1].start - start if following else None
            yield tariff, spell, _between(used, max(0, spell.start - start), last)

    def _spells(self, start: int, end: int) -> list[tuple[Tariff, Spell]]:
        place = max(0, bisect_right(self.starts, start) - 1)
        if place + 1 == len(self.starts) or self.starts[place + 1] >= end:
            tariff = self.tariffs[place]
            return [(tariff, spell) for spell in tariff.spells(start, end)]
        until = self.starts[place + 1]
        first = self.tariffs[place]
        (then, spell), *rest = self._spells(until, end)
        begun = [(first, each) for each in first.spells(start, until)]
        return [*begun, (then, spell._replace(start=until)), *rest]


def granted(record: Record) -> Used:
    """A usage record's grant over the part of its interval that was read."""
    wall, gap = Decimal(record["wall_s"]), Decimal(record["gap_s"])
    n, d = (wall - min(wall, gap)).as_integer_ratio()
    by_kind_: dict[str, int] = {}
    for device in record["devices"]:
        by_kind_[device["kind"]] = by_kind_.get(device["kind"], 0) + device["milli"]
    return Used(
        (n, d),
        (n * record["cpu_milli"], d * 1000),
        (n * record["memory_mb"], d * 1024),
        [(kind, (n * milli, d * 1000)) for kind, milli in sorted(by_kind_.items())],
        Decimal(record["energy_wh"]).as_integer_ratio(),
        {item: Decimal(each).as_integer_ratio() for item, each in record["counted"].items()},
    )


def _between(used: Used, first: int, last: int | None) -> Used:
    """What falls between two microseconds of it; None is its end. Cuts round to a billionth."""
    above, below = used.seconds

    def until(whole: Amount, at: int) -> int:
        return half_even(whole[0] * at * below * 1000, whole[1] * above)

    def part(whole: Amount) -> Amount:
        begun = until(whole, first) if first else 0
        if last is None:
            return whole[0] * BILLION - begun * whole[1], whole[1] * BILLION
        return until(whole, last) - begun, BILLION

    return Used(
        part(used.seconds),
        part(used.core),
        part(used.memory),
        [(kind, part(each)) for kind, each in used.devices],
        part(used.energy),
        {item: part(each) for item, each in used.counted.items()},
    )


def quantities(tariff: Tariff, used: Used) -> Iterator[tuple[str, Amount]]:
    """How much of which priced item it is."""
    devices = [(f"device:{kind}", _standard(tariff, kind, each)) for kind, each in used.devices]
    if tariff.bundle:
        found = [_dominant(tariff, used, devices)]
    else:
        found = [("core", used.core), ("memory", used.memory), *devices]
    found.append(("energy", _reckoned(tariff, used) if tariff.watts else used.energy))
    for item, quantity in (*found, *used.counted.items()):
        if quantity[0] and tariff.listed(item) is not None:
            yield item, quantity


def _standard(tariff: Tariff, kind: str, seconds: Amount) -> Amount:
    if not tariff.standard:
        return seconds
    hours = tariff.standard_hours(kind)
    return seconds[0] * hours.numerator, seconds[1] * hours.denominator


def _dominant(tariff: Tariff, used: Used, devices: list[tuple[str, Amount]]) -> tuple[str, Amount]:
    """The largest share of a bundle, in bundle seconds."""
    in_devices = NONE
    for _, each in devices:
        in_devices = plus(in_devices, each)
    held = {"core": used.core, "memory": used.memory, "device": in_devices}
    shares = [
        (half_even(held[kind][0] * one.denominator * BILLION, held[kind][1] * one.numerator), kind)
        for kind, one in tariff.bundle
    ]
    most = max(share for share, _ in shares)
    return next(f"bundle:{kind}" for share, kind in shares if share == most), (most, BILLION)


def _reckoned(tariff: Tariff, used: Used) -> Amount:
    """Watt-hours by the tariff's watts."""
    parts = [
        (used.core, tariff.watts.get("core", 0)),
        (used.memory, tariff.watts.get("memory_gb", 0)),
    ]
    parts += [
        (each, by_kind({"other": Fraction(0), **tariff.watts}, kind)) for kind, each in used.devices
    ]
    exact = sum((Fraction(*each) * watts for each, watts in parts), Fraction(0)) / 3600
    return half_even(exact.numerator * BILLION, exact.denominator), BILLION


def _tiered(
    tariff: Tariff,
    spell: Spell,
    item: str,
    quantity: Amount,
    terms: tuple[str, str],
    months: Months,
) -> Iterator[tuple[Key, Amount]]:
    """A quantity cut where tiers of the month begin or end."""
    plan = tariff.plan(item, terms, spell.held)
    if not plan.counts:
        yield Key(tariff.version, item, plan.timed, ()), quantity
        return
    month = spell.date[:7], plan.kind
    before = months.get(month, NONE)
    months[month] = after = plus(before, quantity)
    inside = [edge for edge in plan.edges if _less(before, edge) and not _less(after, edge)]
    if not inside:
        tiers = _holding(plan.tiers, before)
        yield Key(tariff.version, item, plan.timed, tiers), quantity
        return
    begin, size, done = Fraction(*before), Fraction(*quantity), Fraction(0)
    for first, last in zip([begin, *inside], [*inside, None], strict=True):
        until = size if last is None else min(size, _to_a_billionth(last - begin))
        if until > done:
            tiers = _holding(plan.tiers, first.as_integer_ratio())
            part = (until - done).as_integer_ratio()
            yield Key(tariff.version, item, plan.timed, tiers), part
        done = until


def _less(counted: Amount, edge: Fraction) -> bool:
    return counted[0] * edge.denominator < edge.numerator * counted[1]


def _holding(tiers: tuple[Tier, ...], counted: Amount) -> tuple[int, ...]:
    """The tiers that hold for what follows on such a quantity."""
    return tuple(
        place
        for place, first, end in tiers
        if not _less(counted, first) and (end is None or _less(counted, end))
    )


def _to_a_billionth(exact: Fraction) -> Fraction:
    return Fraction(half_even(exact.numerator * BILLION, exact.denominator), BILLION)


# --- The export ---------------------------------------------------------------------------------


class Export:
    """An export of a month; what is read of it can be one share of the tenants."""

    def __init__(self, path: str, share: int = 0, shares: int = 1) -> None:
        self.zip = zipfile.ZipFile(path)
        self.manifest: Record = json.loads(self.zip.read("manifest.json"))
        self.share, self.shares = share, shares
        self.broken: list[Difference] = []

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of one file."""
        with self.zip.open(name) as file:
            yield from io.BufferedReader(file, 1 << 20)  # pyright: ignore[reportArgumentType]

    def mine(self, name: str) -> Iterator[bytes]:
        """The lines of this share's tenants."""
        for line in self.lines(name):
            first = line.index(_TENANT) + len(_TENANT)
            if zlib.crc32(line[first : line.index(b'"', first)]) % self.shares == self.share:
                yield line

    def linked(self, name: str, *, everybodys: bool = False) -> Iterator[Record]:
        """The records of a chain in one file; notes those that are not what was hashed."""
        for line in self.lines(name) if everybodys else self.mine(name):
            body, told = line[8:-_LINK], line[-_LINK:]
            record: Record = _EXACT.decode(body.decode())
            previous = told[-67:-3]
            fresh = hashlib.sha256(previous + b"\n" + body).hexdigest().encode()
            if fresh != told[9:73] and not (everybodys and self.share):
                where = f"{name.partition('.')[0]} record {record['seq']}"
                self.broken.append(_differs(record, where, "its hash", "another text"))
            yield record

    def texts(self) -> list[str]:
        """The tariffs."""
        names = [name for name in self.zip.namelist() if name.startswith("tariffs/")]
        return [self.zip.read(name).decode() for name in names]

    def damaged(self) -> list[str]:
        """The files whose SHA-256 is not the manifest's."""
        return [name for name, told in self.manifest["files"].items() if self._digest(name) != told]

    def _digest(self, name: str) -> str:
        if name not in self.zip.namelist():
            return ""
        digest = hashlib.sha256()
        with self.zip.open(name) as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()


_EXACT = json.JSONDecoder(parse_float=Decimal)
_TENANT = b'"tenant":"'
_LINK = len(b',"hash":"","previous":""}\n') + 128


# --- The comparison -----------------------------------------------------------------------------


@dataclass
class Difference:
    """Something that is not what was written: whose, of which job, which line or sum."""

    tenant: str
    job: str | None
    what: str
    centre: str
    again: str


def _differs(record: Record, what: str, centre: object, again: object) -> Difference:
    return Difference(
        record.get("tenant") or record.get("account", ""),
        record.get("job_id"),
        what,
        str(centre),
        str(again),
    )


class Job(NamedTuple):
    """What a job comes to again."""

    seq: int
    amount: int
    waived: int
    transaction: int


@dataclass
class Tenant:
    """What a tenant's month comes to again."""

    jobs: dict[str, Job] = field(default_factory=dict[str, Job])
    months: Months = field(default_factory=Months)
    usage: int = 0
    invoice: int | None = None
    invoiced: int | None = None
    again: int | None = None


@dataclass
class Share:
    """What one process found."""

    tenants: dict[str, Tenant]
    differences: list[Difference]


def rerate(path: str, share: int = 0, shares: int = 1) -> Share:
    """Rate one share of the tenants again and compare every charge and invoice."""
    export = Export(path, share, shares)
    rater = Rater(export.texts())
    tenants: dict[str, Tenant] = defaultdict(Tenant)
    found: list[Difference] = []
    since = export.manifest["since"]
    usage = _Stock(export.linked("usage.jsonl"), "seq")
    holds = _Stock((json.loads(line) for line in export.mine("holds.jsonl")), "job_id")
    for charge in export.linked("charges.jsonl"):
        tenant = tenants[charge["tenant"]]
        records = [record for seq in charge["usage"] if (record := usage.take(seq))]
        hold = holds.take(charge["job_id"])
        if hold is None or len(records) < len(charge["usage"]):
            found.append(_differs(charge, "its records", "named by the charge", "not there"))
            continue
        terms = hold["price_class"], hold["category"]
        lines = rater.lines(records, terms, tenant.months)
        if charge["settled_at"] < since:
            continue
        due = Due(rater, hold, charge, lines)
        found += due.differences()
        job = Job(charge["seq"], due.amount, due.waived, charge["transaction_seq"])
        tenant.jobs[charge["job_id"]] = job
        tenant.usage += len(records)
    found += [_differs(left, "a usage record", "in no charge", "used") for left in usage.rest()]
    found += _invoices(export, rater, tenants) + export.broken
    return Share(dict(tenants), found)


class _Stock:
    """Records taken by a key from a stream that is nearly in that order."""

    def __init__(self, records: Iterator[Record], key: str) -> None:
        self._records, self._key = records, key
        self._read: dict[Any, Record] = {}

    def take(self, wanted: object) -> Record | None:
        while wanted not in self._read:
            record = next(self._records, None)
            if record is None:
                return None
            self._read[record[self._key]] = record
        return self._read.pop(wanted)

    def rest(self) -> list[Record]:
        return [*self._read.values(), *self._records]


class Due:
    """What one job is asked for again, beside its charge."""

    def __init__(
        self, rater: Rater, hold: Record, charge: Record, lines: dict[Key, Amount]
    ) -> None:
        self.charge, terms = charge, (hold["price_class"], hold["category"])
        self.priced: dict[tuple[Any, ...], tuple[int, int, bool]] = {}
        for key, quantity in lines.items():
            price = rater.by_version[key.version].priced(key, terms)
            amount = half_even(price.unit * quantity[0], price.per * quantity[1])
            told_as = key.version, key.item, *price.factors
            self.priced[told_as] = price.unit, amount, price.charged
        tariff = rater.by_version[hold["tariff_version"]]
        self.factor = tariff.shares[charge["outcome"]]
        self.metered = sum(amount for _, amount, charged in self.priced.values() if charged)
        above, below = self.factor.as_integer_ratio()
        asked = 0
        if lines and self.factor:
            exact = half_even(self.metered * above, below)
            asked = stepped(max(exact, tariff.least), tariff.said.get("charge_rounding"))
        due = min(asked, hold["amount"] + hold["shadow"])
        self.amount, self.waived = (0, due) if hold["shadow"] else (due, 0)
        self.held = hold["amount"]

    def differences(self) -> list[Difference]:
        """Sums first; the lines only where a sum differs or a line is not there."""
        charge = self.charge
        sums = {
            "metered": self.metered,
            "amount": self.amount,
            "waived": self.waived,
            "held": self.held,
            "released": self.held - self.amount,
        }
        found = [
            _differs(charge, f"charge {charge['seq']}, {name}", charge[name], again)
            for name, again in sums.items()
            if charge[name] != again
        ]
        if Decimal(charge["factor"]) != self.factor:
            found.append(_differs(charge, "share for the outcome", charge["factor"], self.factor))
        return found + self._lines()

    def _lines(self) -> list[Difference]:
        told = {
            (line["tariff_version"], line["item"], *line["factors"]): (
                line["price"],
                line["amount"],
                line["charged"],
            )
            for line in self.charge["lines"]
        }
        again = self.priced
        if told == again:
            return []
        return [
            _differs(
                self.charge,
                f"line {key[1]} of tariff {key[0]}" + "".join(f", {name}" for name in key[2:]),
                _priced(told.get(key)),
                _priced(again.get(key)),
            )
            for key in [*told, *(key for key in again if key not in told)]
            if told.get(key) != again.get(key)
        ]


def _priced(line: tuple[int, int, bool] | None) -> str:
    return f"{line[1]} at {line[0]}" if line else "none"


def _invoices(export: Export, rater: Rater, tenants: dict[str, Tenant]) -> list[Difference]:
    paid, back = _entries(export)
    found: list[Difference] = []
    closed = False
    for line in export.lines("invoices.jsonl"):
        closed = True
        body = line[8:-_DIGEST]
        invoice: Record = json.loads(body)
        if zlib.crc32(invoice["tenant"].encode()) % export.shares != export.share:
            continue
        if hashlib.sha256(body).hexdigest().encode() != line[-67:-3]:
            text = f"invoice {invoice['number']}"
            found.append(_differs(invoice, text, "its digest", "another text"))
        given = back.get(invoice["tenant"], {})
        found += _invoice(rater, invoice, tenants[invoice["tenant"]], paid, given)
    for name, tenant in tenants.items():
        if closed and tenant.invoice is None and (tenant.jobs or name in back):
            found.append(Difference(name, None, "the invoice", "none", "due"))
    return found


_DIGEST = len(b',"digest":""}\n') + 64


def _entries(export: Export) -> tuple[dict[int, int], dict[str, dict[int, int]]]:
    """What vouchers paid by transaction, and what was given back by tenant and entry."""
    paid: dict[int, int] = {}
    back: dict[str, dict[int, int]] = defaultdict(dict)
    since, until = export.manifest["since"], export.manifest["until"]
    for entry in export.linked("entries.jsonl", everybodys=True):
        kind, name, _ = entry["account"].split(":")
        if kind == "voucher" and entry["movement"] == "charge":
            paid[entry["transaction_seq"]] = entry["amount"]
        elif entry["movement"] in GIVING and since <= entry["at"] < until:
            back[name][entry["seq"]] = entry["amount"]
    return paid, back


def _invoice(
    rater: Rater,
    invoice: Record,
    tenant: Tenant,
    paid: dict[int, int],
    back: dict[int, int],
) -> list[Difference]:
    jobs = tenant.jobs
    told = {item["job_id"]: item for item in invoice["items"]}
    found: list[Difference] = []
    for job_id in [*told, *(job for job in jobs if job not in told)]:
        job, item = jobs.get(job_id), told.get(job_id)
        centre = item and (item["charge_seq"], item["amount"], item["voucher"], item["waived"])
        again = job and (job.seq, job.amount, paid.get(job.transaction, 0), job.waived)
        if centre != again:
            what = f"item of invoice {invoice['number']} (charge, amount, voucher, waived)"
            found.append(Difference(invoice["tenant"], job_id, what, str(centre), str(again)))
    vouchers = sum(paid.get(job.transaction, 0) for job in jobs.values())
    charged, given = sum(job.amount for job in jobs.values()), sum(back.values())
    exact = charged - vouchers - given
    end = _month_end(invoice["month"], invoice["zone"])
    version = rater.tariffs[max(0, bisect_right(rater.starts, end - 1) - 1)]
    sums = {
        "charged": charged,
        "voucher": vouchers,
        "waived": sum(job.waived for job in jobs.values()),
        "given_back": given,
        "exact": exact,
        "tariff_version": version.version,
        "total": stepped(exact, version.said["invoice_rounding"]),
    }
    tenant.invoice, tenant.invoiced = invoice["number"], invoice["total"]
    tenant.again = sums["total"]
    adjusted = {each["entry_seq"]: each["amount"] for each in invoice["adjustments"]}
    if adjusted != back:
        found.append(_differs(invoice, "what was given back", adjusted, back))
    return found + [
        _differs(invoice, f"invoice {invoice['number']}, {name}", invoice[name], again)
        for name, again in sums.items()
        if invoice[name] != again
    ]


def _month_end(month: str, zone: str) -> int:
    year, number = map(int, month.split("-"))
    return microseconds(datetime(year + number // 12, number % 12 + 1, 1, tzinfo=ZoneInfo(zone)))


# --- The program --------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Rate an export again and say what differs."""
    parser = argparse.ArgumentParser(prog="rerate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("export", help="a month's export, a zip")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    try:
        report = run(given.export, max(1, given.processes))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        sys.stderr.write(f"This is no export of a month: {error}\n")
        return NO_EXPORT
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n" if given.json else told(report))
    return 0 if report["equal"] else DIFFERENT


def run(path: str, processes: int) -> Record:
    """The whole comparison, by several processes."""
    export = Export(path)
    damaged = export.damaged
    if processes == 1:
        shares, broken = [rerate(path)], damaged()
    else:
        with ProcessPoolExecutor(processes) as pool:
            waiting = [pool.submit(rerate, path, each, processes) for each in range(processes)]
            broken = damaged()
            shares = [each.result() for each in waiting]
    found = [Difference("", None, name, "the manifest", "another file") for name in broken]
    found += [each for share in shares for each in share.differences]
    tenants = {name: each for share in shares for name, each in share.tenants.items()}
    return {
        "month": export.manifest["month"],
        "equal": not found,
        "usage_records": sum(each.usage for each in tenants.values()),
        "tenants": [
            {
                "tenant_id": name,
                "jobs": len(each.jobs),
                "usage_records": each.usage,
                "charged_yuan": yuan(sum(job.amount for job in each.jobs.values())),
                "invoice": each.invoice,
                "invoice_yuan": None if each.invoiced is None else yuan(each.invoiced),
                "again_yuan": None if each.again is None else yuan(each.again),
            }
            for name, each in sorted(tenants.items())
            if each.jobs or each.invoice
        ],
        "differences": [asdict(each) for each in found],
    }


def told(report: Record) -> str:
    """The report for a person: one line a tenant, then the differences by name."""
    lines = [f"{report['month']}: {report['usage_records']:,} usage records rated again"]
    for each in report["tenants"]:
        invoice = "month still open"
        if each["invoice"] is not None:
            sign = "=" if each["invoice_yuan"] == each["again_yuan"] else "≠"
            invoice = f"invoice {each['invoice']}: ¥{each['invoice_yuan']} {sign}"
            invoice += f" ¥{each['again_yuan']} again"
        lines.append(
            f"  {each['tenant_id']}  {each['jobs']:,} jobs  ¥{each['charged_yuan']}  {invoice}"
        )
    for each in report["differences"][:NAMED]:
        whose = " ".join(filter(None, (each["tenant"], each["job"])))
        lines.append(f"✗ {whose} {each['what']}: {each['centre']}, again {each['again']}")
    more = len(report["differences"]) - NAMED
    lines += [f"✗ and {more:,} more"] if more > 0 else []
    lines += ["Every charge and every invoice comes out the same."] if report["equal"] else []
    return "\n".join(lines) + "\n"


def yuan(amount: int) -> str:
    """Micro-yuan as yuan."""
    return f"{Decimal(amount) / 1_000_000:.6f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
