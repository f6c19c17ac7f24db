"""One's own usage adds up to the ledger's own records, however it is grouped."""

from collections import Counter
from datetime import timedelta

import pytest
from asking import answer, asked, dataset

from zhisuan.services.money.usage import UsageBy, usage


@pytest.fixture
def month(workshop):
    """Work settled on three days: two tasks and two jobs on simulated devices."""
    of = dataset(workshop)
    for _ in range(2):
        task = asked(workshop, of)
        workshop.turn()
        answer(workshop, task.job_id)
        workshop.end(task.job_id)
        workshop.turn(100.0)
        workshop.clock.turn(86_400)
        job_id = workshop.submit()
        workshop.turn()
        workshop.end(job_id, wall_s=50.0)
        workshop.turn(50.0)
    workshop.submit()
    workshop.turn(10.0)
    return workshop


def told(workshop, by=UsageBy.DAY, back_s=10**7, until_s=1.0):
    now = workshop.clock.now()
    since, until = now - timedelta(seconds=back_s), now + timedelta(seconds=until_s)
    with workshop.centre.database.read() as connection:
        return usage(workshop.centre, connection, workshop.tenant, since, until, by)


def counted_by_hand(workshop):
    """The same from the raw rows of the ledger alone."""
    hand = Counter()
    with workshop.centre.database.read() as connection:
        charges = connection.exec_driver_sql("SELECT job_id, amount FROM ledger_charge").all()
        settled = {row.job_id for row in charges}
        hand["amount"] = sum(row.amount for row in charges)
        for record in workshop.centre.ledger.usage_since(
            connection, workshop.clock.now() - timedelta(days=90)
        ):
            if record.job_id in settled:
                hand["core_hours"] += record.cpu_milli * record.wall_s / 3.6e6
                hand["wh"] += record.energy_wh
                for device in record.devices:
                    hand["simulated"] += device.milli * record.wall_s / 3.6e6
    return hand, len(settled)


@pytest.mark.parametrize("by", list(UsageBy))
def test_the_sums_are_those_of_the_ledger(month, by):
    found = told(month, by)
    hand, jobs = counted_by_hand(month)
    assert found.total.jobs == jobs == 4
    assert found.total.amount == hand["amount"] > 0
    assert found.total.core_hours == pytest.approx(hand["core_hours"])
    assert found.total.energy_wh == pytest.approx(hand["wh"])
    assert found.total.simulated_device_hours == pytest.approx(hand["simulated"])
    assert found.total.device_hours == 0.0
    assert sum(row.amount for row in found.rows.values()) == found.total.amount
    assert sum(row.jobs for row in found.rows.values()) == jobs
    assert found.total.energy_quality


def test_it_is_grouped_by_what_was_asked(month):
    assert len(told(month, UsageBy.DAY).rows) == 3
    assert list(told(month, UsageBy.ALGORITHM).rows) == ["probe"]
    assert list(told(month, UsageBy.PROJECT).rows) == [""]
    tasks = told(month, UsageBy.TASK).rows
    assert len(tasks) == 3
    assert tasks.pop("").jobs == 2, "what was for no task is one sum"
    assert [row.label.zh for row in tasks.values()] == ["shop → y", "shop → y"]


def test_a_period_has_its_beginning_and_not_its_end(month):
    last = max(month.charge(row).settled_at for row in settled(month))
    ago = (month.clock.now() - last).total_seconds()
    assert told(month, back_s=ago).total.jobs == 1
    assert told(month, until_s=-ago).total.jobs == 3


def settled(workshop):
    with workshop.centre.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT job_id FROM ledger_charge").all()
        return [row.job_id for row in rows]
