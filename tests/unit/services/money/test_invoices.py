"""Months: closed once they are over, once; and credited where availability was missed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from zhisuan.compute.node import NodeState
from zhisuan.compute.supply import records as supply
from zhisuan.core.errors import Conflict
from zhisuan.core.money import MicroYuan
from zhisuan.core.quantities import Quality
from zhisuan.ledger.accounts.business import PREPAID, CreditStep
from zhisuan.ledger.book import Ledger
from zhisuan.ledger.demand import Demand
from zhisuan.ledger.invoicing import records
from zhisuan.ledger.invoicing.document import as_csv, as_html
from zhisuan.ledger.invoicing.pdf import as_pdf
from zhisuan.ledger.tariff import Outcome, PriceClass, TariffBook, Terms, default_tariff
from zhisuan.ledger.usage import UsageRecord
from zhisuan.services.money.accounts import availability, credit_month
from zhisuan.services.money.invoices import close_month, statement
from zhisuan.services.pool.nodes import set_state

MONTH_S = 31 * 86400.0
STEPS = (CreditStep(Decimal("0.99"), Decimal("0.25")),)


def worked(workshop, wall_s=1000.0):
    """A job that ran and is settled."""
    job_id = workshop.submit()
    workshop.turn()
    workshop.end(job_id, wall_s=wall_s)
    workshop.turn(wall_s)
    return job_id


def close(workshop, month):
    with workshop.centre.database.write() as connection:
        return close_month(workshop.centre, connection, workshop.operating(), month)


def test_a_month_is_closed_once_and_holds_what_was_settled_in_it(workshop):
    first = worked(workshop)
    with pytest.raises(Conflict, match="ends at 2026-04-01"):
        close(workshop, "2026-03")
    with workshop.centre.database.read() as connection:
        open_month = statement(workshop.centre, connection, workshop.tenant)
    workshop.clock.turn(MONTH_S)
    later = worked(workshop)
    with workshop.centre.database.write() as connection:
        workshop.centre.ledger.refund(connection, first, MicroYuan(3), "a late courtesy")
    (made,) = close(workshop, "2026-03")
    assert (made.number, [item.job_id for item in made.items]) == (1, [first])
    assert made.charged == workshop.charge(first).amount == open_month.charged
    assert made.adjustments == (), "what is given back later stands on its own month"
    assert close(workshop, "2026-03") == [made]
    workshop.clock.turn(MONTH_S)
    (second,) = close(workshop, "2026-04")
    assert (second.number, [item.job_id for item in second.items]) == (2, [later])
    assert second.exact == workshop.charge(later).amount - 3
    assert second.total == round(second.exact / 10_000) * 10_000
    with workshop.centre.database.read() as connection:
        assert records.get(connection, 2, workshop.tenant) == second
        assert [each.number for each in records.page(connection, None)] == [2, 1]
        kept = connection.exec_driver_sql("SELECT digest FROM ledger_invoice").scalars().all()
    assert kept == [made.digest, second.digest]


@pytest.mark.parametrize("change", ["total = total + 1", "body = replace(body, 'ten_', 'tem_')"])
def test_a_changed_invoice_is_found_and_named(workshop, change):
    worked(workshop)
    workshop.clock.turn(MONTH_S)
    close(workshop, "2026-03")
    centre = workshop.centre
    with centre.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS ledger_invoice_no_update")
        connection.exec_driver_sql(f"UPDATE ledger_invoice SET {change}")
    with centre.database.read() as connection:
        (fault,) = centre.ledger.verify(connection, centre.secret).faults
    assert (fault.part, fault.place, fault.kind) == ("invoice", 1, "changed")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_invoice_says_the_same_in_every_form(workshop, language):
    job_id = worked(workshop)
    workshop.clock.turn(MONTH_S)
    (made,) = close(workshop, "2026-03")
    page, table, paper = as_html(made, language), as_csv(made), as_pdf(made, language)
    assert job_id in page
    assert made.digest in page
    assert f"charge,{job_id}" in table
    assert paper == as_pdf(made, language), "the same invoice gives the same bytes"
    assert paper.count(b"/Page\n") >= 1


def test_missed_availability_is_credited_once_by_what_was_charged(opened):
    workshop = opened()
    business = replace(PREPAID, sla_credits=STEPS)
    centre = workshop.centre
    centre.nodes = tuple(replace(node, simulated=False, devices=()) for node in centre.nodes)
    centre.ledger = Ledger(TariffBook([default_tariff()]), workshop.clock, business)
    with centre.database.write() as connection:
        centre.ledger.prepare(connection)
    open_for_a_moment(workshop)
    with centre.database.write() as connection:
        centre.ledger.deposit(connection, workshop.tenant, MicroYuan(1_000_000))
        offer = centre.ledger.store_quote(connection, workshop.tenant, _hour(centre))
        centre.ledger.hold(connection, "job_1", offer)
        made = centre.ledger.settle(connection, "job_1", [_used(workshop)], Outcome.USABLE)
    workshop.clock.turn(MONTH_S)
    open_for_a_moment(workshop)
    who = workshop.operating()
    since = workshop.clock.now().replace(month=3, day=2)
    with centre.database.write() as connection:
        measured = availability(centre, connection, since, workshop.clock.now())
        assert measured.share < Decimal("0.99"), "nobody was there to see it"
        found = credit_month(centre, connection, who, "2026-03")
    assert found.credits == [(workshop.tenant, made.amount // 4)]
    with centre.database.write() as connection, pytest.raises(Conflict, match="before"):
        credit_month(centre, connection, who, "2026-03")


def open_for_a_moment(workshop):
    """A process that opens the centre and ends."""
    workshop.start_again()
    workshop.operator.start()
    workshop.operator.close()


def _hour(centre):
    hour = Demand.of_grant(3600.0, 1000, 1024)
    return centre.ledger.quote(hour, hour, Terms())


def _used(workshop):
    now = workshop.clock.now()
    return UsageRecord(
        job_id="job_1",
        attempt=1,
        tenant=workshop.tenant,
        node="here",
        cpu_milli=1000,
        memory_mb=1024,
        started_at=now,
        ended_at=now + timedelta(hours=1),
        wall_s=3600.0,
        cpu_s=1800.0,
        peak_memory_mb=None,
        energy_wh=0.0,
        energy_quality=Quality.MODELLED,
        algorithm="probe@1",
        tariff_version=1,
        price_class=PriceClass.STANDARD,
        reason="succeeded",
    )


def test_a_drained_or_lost_node_shows_in_what_was_there(workshop):
    centre = workshop.centre
    open_for_a_moment(workshop)
    begin = workshop.clock.now()
    workshop.clock.turn(3600.0)
    with centre.database.write() as connection:
        set_state(centre, connection, workshop.operating(), "sim-1", NodeState.DOWN)
    workshop.clock.turn(3600.0)
    with centre.database.read() as connection:
        found = list(supply.between(connection, begin, workshop.clock.now(), workshop.clock.now()))
    mine = [(each.state, each.seconds) for each in found if each.node == "sim-1"]
    assert mine == [(NodeState.READY, 3600.0), (NodeState.DOWN, 3600.0)]


def test_a_price_list_of_the_next_month_does_not_round_this_one(workshop):
    worked(workshop)
    text = default_tariff().text.replace("version = 1", "version = 2")
    text = text.replace("2025-01-01T00:00:00Z", "2026-04-01T00:00:00+08:00")
    text = text.replace('step_yuan = "0.01"', 'step_yuan = "100"')
    with workshop.centre.database.write() as connection:
        workshop.centre.ledger.tariffs.publish(connection, text)
    workshop.clock.turn(MONTH_S)
    with workshop.centre.database.read() as connection:
        workshop.centre.ledger.tariffs.refresh(connection)
    (made,) = close(workshop, "2026-03")
    assert (made.tariff_version, made.total) == (1, round(made.exact / 10_000) * 10_000)
