"""Hours, days and seasons by the clock of a place, also where that clock jumps."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from zhisuan.ledger.factor import Calendar, Factor, Span

NIGHT = Factor("night", Fraction(1, 2), span=Span(hours=((22 * 60, 6 * 60),)))
WINTER = Factor("winter", Fraction(2), span=Span(dates=(((12, 1), (2, 28)),)))
SUNDAY = Factor("sunday", Fraction(1, 3), span=Span(weekdays=frozenset({6})))
EARLY = Factor("early", Fraction(1, 4), span=Span(hours=((90, 150),)))
FACTORS = (NIGHT, WINTER, SUNDAY, EARLY)
ZONES = ("Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")


def told(zone: str, start: datetime, **span: float) -> list[tuple[str, list[str]]]:
    spells = Calendar(zone, FACTORS).spells(start, start + timedelta(**span))
    return [
        (f"{at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}", [each.name for each in held])
        for at, held in spells
    ]


def test_a_night_passes_midnight_and_a_winter_the_new_year():
    start = datetime(2026, 2, 28, 12, tzinfo=UTC)  # 20:00, a Saturday
    assert told("Asia/Shanghai", start, hours=36) == [
        ("02-28 20:00", ["winter"]),
        ("02-28 22:00", ["night", "winter"]),
        ("03-01 00:00", ["night", "sunday"]),
        ("03-01 01:30", ["night", "sunday", "early"]),
        ("03-01 02:30", ["night", "sunday"]),
        ("03-01 06:00", ["sunday"]),
        ("03-01 22:00", ["night", "sunday"]),
        ("03-02 00:00", ["night"]),
        ("03-02 01:30", ["night", "early"]),
        ("03-02 02:30", ["night"]),
        ("03-02 06:00", []),
    ]


def test_the_hour_that_comes_twice_is_priced_twice():
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight in Berlin, the clock goes back
    early = [
        at
        for at, held in Calendar("Europe/Berlin", (EARLY,)).spells(
            start, start + timedelta(hours=6)
        )
        if held
    ]
    assert [f"{at:%H:%M}" for at in early] == ["23:30", "01:00"]


@given(
    st.sampled_from(ZONES),
    st.integers(0, 366 * 86_400),
    st.integers(1, 3 * 86_400),
    st.integers(0, 999),
)
def test_what_a_spell_says_holds_at_every_instant_of_it(zone: str, at: int, span: int, share: int):
    calendar = Calendar(zone, FACTORS)
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
    end = start + timedelta(seconds=span)
    spells = list(calendar.spells(start, end))
    assert spells[0][0] == start
    ends = [*(begin for begin, _ in spells[1:]), end]
    for (begin, held), until in zip(spells, ends, strict=True):
        assert begin < until
        local = (begin + (until - begin) * share / 1000).astimezone(ZoneInfo(zone))
        assert held == tuple(each for each in FACTORS if each.span.holds(local))


def test_midnights_matter_only_where_quantities_are_counted_by_month():
    start = datetime(2026, 3, 31, 12, tzinfo=UTC)
    ends = start, start + timedelta(days=1)
    assert len(list(Calendar("Asia/Shanghai", ()).spells(*ends))) == 1
    assert len(list(Calendar("Asia/Shanghai", (), monthly=True).spells(*ends))) == 2
