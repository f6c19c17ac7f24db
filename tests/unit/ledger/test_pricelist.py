"""Publishing: a version is kept as it is, holds from an instant to come, and is seen at once."""

from datetime import UTC, datetime

import pytest

from zhisuan.core.errors import Conflict, NotFound, WrongInput
from zhisuan.core.money import from_yuan
from zhisuan.ledger.tariff import Category, Outcome, PriceClass, Tariff, Terms, default_tariff

HOUR = 65_000


def changed(version: int, at: str, price: str = "0.12") -> str:
    text = default_tariff().text.replace("version = 1", f"version = {version}")
    return text.replace("2025-01-01T00:00:00Z", at).replace('yuan = "0.06"', f'yuan = "{price}"')


def publish(office, text: str) -> Tariff:
    with office.write() as connection:
        tariff = office.ledger.tariffs.publish(connection, text)
    with office.read() as connection:
        office.ledger.tariffs.refresh(connection)
    return tariff


def settled(office, job_id: str, offer, **changes):
    with office.write() as connection:
        office.ledger.hold(connection, job_id, offer)
        usage = [office.usage(job_id, **changes)]
        return office.ledger.settle(connection, job_id, usage, Outcome.USABLE)


def test_work_across_noon_is_split_and_old_bills_stay(office):
    before = settled(office, "job_0", office.offer(7200.0))
    office.clock.turn(hours=3)  # 11:00
    publish(office, changed(2, "2026-03-01T12:00:00Z"))
    after = settled(office, "job_1", office.offer(7200.0), wall_s=7200.0)
    assert [(each.item, each.tariff_version, each.amount) for each in after.lines] == [
        ("core", 1, 60_000),
        ("memory", 1, 5_000),
        ("energy", 1, 600),
        ("core", 2, 120_000),
        ("memory", 2, 5_000),
        ("energy", 2, 600),
    ]
    assert after.amount == after.metered == 190_000
    assert "1, 2" in after.explanation_en
    assert "1、2" in after.explanation_zh
    with office.read() as connection:
        assert office.ledger.charge_of(connection, "job_0") == before


def test_a_quote_covers_a_price_that_is_published_but_not_yet_in_force(office):
    publish(office, changed(2, "2026-03-10T00:00:00Z"))
    quote = office.offer(3600.0, 3600.0).quote
    assert (quote.low, quote.high) == (HOUR, HOUR + 60_000)
    assert quote.tariff_version == 1


def test_another_ledger_of_the_same_centre_sees_a_version_at_its_next_settlement(office):
    other = type(office.ledger)(office.ledger.tariffs.book, office.clock)
    offer = office.offer(3600.0)
    publish(office, changed(2, "2026-03-01T08:00:00Z"))
    with office.write() as connection:
        other.hold(connection, "job_1", offer)
        made = other.settle(connection, "job_1", [office.usage("job_1", 360.0)], Outcome.USABLE)
    assert {line.tariff_version for line in made.lines} == {2}


def test_a_publication_that_is_undone_was_never_there(office):
    def fail_after_publishing() -> None:
        with office.write() as connection:
            office.ledger.tariffs.publish(connection, changed(2, "2026-03-02T00:00:00Z"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_publishing()
    with office.read() as connection:
        assert office.ledger.tariffs.refresh(connection).latest_version == 1
    with pytest.raises(NotFound):
        office.ledger.tariffs.book.version(2)


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        (changed(2, "2026-03-01T07:59:59Z"), WrongInput, "past"),
        (changed(1, "2026-03-02T00:00:00Z"), Conflict, "not new"),
        (changed(2, "2025-01-01T00:00:00Z"), Conflict, "takes effect at"),
        (
            changed(2, "2026-03-02T00:00:00Z").replace(
                "version = 2", 'version = 2\ncurrency = "P"'
            ),
            Conflict,
            "accounts in CNY",
        ),
        ("nothing", WrongInput, "TOML"),
    ],
)
def test_what_would_change_the_past_is_not_published(office, text: str, error: type, told: str):
    with pytest.raises(error, match=told):
        publish(office, text)
    with office.read() as connection:
        assert office.ledger.tariffs.refresh(connection).latest_version == 1


def test_a_new_file_beside_kept_ones_must_be_of_the_future_too(office):
    ledger = type(office.ledger)
    late = Tariff.from_text(changed(2, "2026-02-01T00:00:00Z"))
    book = type(office.ledger.tariffs.book)([default_tariff(), late])
    with pytest.raises(WrongInput, match="past"), office.write() as connection:
        ledger(book, office.clock).prepare(connection)


def test_a_tenants_category_goes_with_the_quote_to_the_charge(office):
    text = changed(2, "2026-03-01T08:00:00Z", "0.10")
    text += '\n[[factor]]\nname = "house"\nvalue = "0.6"\ncategories = ["internal"]\n'
    publish(office, text)
    demand = office.usage("job_1", 3600.0).demand()
    quote = office.ledger.quote(demand, demand, Terms(PriceClass.RESERVED, Category.INTERNAL))
    with office.write() as connection:
        offer = office.ledger.store_quote(connection, office.tenant, quote)
    made = settled(office, "job_1", offer, wall_s=3600.0)
    assert made.category is Category.INTERNAL
    assert [(each.item, each.price, each.factors) for each in made.lines[:1]] == [
        ("core", 80_000, ("house",))
    ]
    assert made.amount == quote.high == 84_000


def test_the_cost_so_far_grows_and_never_passes_the_hold(office):
    offer = office.offer(3600.0)
    with office.write() as connection:
        office.ledger.hold(connection, "job_1", offer)
    lost = office.usage("job_1", 600.0, billable=False, gap_s=600.0)
    with office.write() as connection:
        office.ledger.record_usage(connection, [lost])
    with office.read() as connection:
        ledger = office.ledger
        assert ledger.so_far(connection, "job_1", []).amount == 0
        for wall_s, amount in ((1800.0, HOUR // 2), (3600.0, HOUR), (9000.0, HOUR)):
            running = office.usage("job_1", wall_s, attempt=2, energy_wh=0.0)
            assert ledger.so_far(connection, "job_1", [running]).amount == amount
        assert ledger.so_far(connection, "job_2", []) is None


def test_tiers_count_what_a_tenant_used_in_the_month_over_all_its_jobs(office):
    text = changed(2, "2026-03-01T08:00:00Z", "0.06") + (
        '\n[[factor]]\nname = "beyond 1"\nvalue = "0.5"\nitems = ["core"]\nabove = "1"\n'
    )
    publish(office, text)
    amounts = []
    for number in range(3):
        made = settled(office, f"job_{number}", office.offer(3600.0), wall_s=2400.0, memory_mb=0)
        amounts.append([each.amount for each in made.lines if each.item == "core"])
    assert amounts == [[40_000], [20_000, 10_000], [20_000]]
    office.clock.turn(days=31)
    made = settled(office, "job_9", office.offer(3600.0), wall_s=2400.0, memory_mb=0)
    assert made.lines[0].amount == 40_000
    assert office.verify().ok


def test_a_preview_compares_by_tenant_and_item(office):
    settled(office, "job_1", office.offer(3600.0), wall_s=3600.0)
    dearer = Tariff.from_text(changed(9, "2030-01-01T00:00:00Z", "0.18"))
    march, april = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    with office.read() as connection:
        found = office.ledger.preview(connection, dearer, march, april)
        assert office.ledger.preview(connection, dearer, april, april.replace(month=5)) == ()
    assert [(each.tenant, each.item, each.before, each.after) for each in found] == [
        (office.tenant, "core", from_yuan("0.06"), from_yuan("0.18")),
        (office.tenant, "memory", from_yuan("0.005"), from_yuan("0.005")),
    ]
