"""What is refused at once: what no pool, no quota and no calendar can give, in one sentence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from zhisuan.compute.job import Times
from zhisuan.compute.policy import Policy, Quota
from zhisuan.compute.policyfile import DEFAULT
from zhisuan.compute.request import Together
from zhisuan.core.errors import Unsatisfiable, WrongInput


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"any_of": (), "nodes": 2}, "on 2 nodes."),
        ({"nodes": 2}, "with 2 npu on 2 nodes."),
        ({"any_of": (), "nodes": 2, "together": Together.RACK_REQUIRED}, "2 nodes of one rack"),
    ],
)
def test_a_gang_that_the_idle_pool_could_not_start_is_refused(workshop, asked, said):
    with pytest.raises(Unsatisfiable, match=said):
        workshop.submit(asked=asked)


@pytest.mark.parametrize(
    ("quota", "said"),
    [
        (Quota(device_milli=3000), "asks for 4 devices; your quota allows 3 at"),
        (Quota(cpu_milli=1500), "asks for 2 cores; your quota allows 1.5 at"),
        (Quota(memory_mb=100), "asks for 2048 MB; your quota allows 100 at"),
    ],
)
def test_more_than_the_quota_is_refused_unless_it_may_be_borrowed(opened, quota, said):
    asked = {"nodes": 2}
    workshop = opened(replace(DEFAULT, policy=Policy(default_quota=quota)))
    another = replace(workshop.centre.nodes[1], name="sim-3")
    workshop.centre.nodes = (*workshop.centre.nodes, another)
    with pytest.raises(Unsatisfiable, match=said):
        workshop.submit(asked=asked)
    workshop.centre.rules = replace(DEFAULT, policy=Policy(default_quota=quota, borrowing=True))
    assert workshop.submit(asked=asked)


TIMES = {
    "a deadline that is past": ({"finish_by": -1}, "cannot start before"),
    "a deadline too soon": ({"finish_by": 599}, "may run for 600 s"),
    "a deadline too soon after its start": (
        {"not_before": 1000, "finish_by": 1500},
        "may run for 600 s",
    ),
    "a start that is past": ({"start_by": -1}, "cannot start before"),
    "a start before it may start": ({"not_before": 100, "start_by": 99}, "cannot start before"),
    "green without a deadline": ({"green": True}, "no finish_by was given"),
    "too far ahead": ({"not_before": 400 * 86400}, "not_before is more than a year ahead"),
}


@pytest.mark.parametrize(("wish", "said"), TIMES.values(), ids=TIMES)
def test_times_that_cannot_be_kept_are_refused(workshop, wish, said):
    now = workshop.clock.now()
    times = Times(
        **{
            name: value if name == "green" else now + timedelta(seconds=value)
            for name, value in wish.items()
        }
    )
    with pytest.raises(WrongInput, match=said) as raised:
        workshop.submit(times=times, time_limit_s=600.0)
    assert raised.value.hint


def test_times_that_can_be_kept_are_kept(workshop):
    now = workshop.clock.now()
    times = Times(
        now - timedelta(days=1), now + timedelta(hours=1), now + timedelta(hours=2), green=True
    )
    job_id = workshop.submit(times=times)
    assert workshop.job(job_id).times == times


def test_a_job_waits_for_its_appointed_time(workshop):
    job_id = workshop.submit(times=Times(workshop.clock.now() + timedelta(seconds=100)))
    workshop.turn(99.0)
    assert workshop.centre.waiting[job_id].reason == "not_before"
    workshop.turn(1.0)
    assert workshop.job(job_id).state == "starting"


def test_an_elastic_gang_is_held_for_at_its_widest(workshop):
    wide = workshop.submit(asked={"any_of": workshop.any_device, "nodes": 1, "most_nodes": 2})
    one = workshop.submit(asked={"any_of": workshop.any_device})
    held = {}
    for job_id in (wide, one):
        with workshop.centre.database.read() as connection:
            [entry, *_] = [
                entry
                for entry in workshop.centre.ledger.entries_of(connection, job_id)
                if entry.amount > 0
            ]
            held[job_id] = entry.amount
    assert 1.9 < held[wide] / held[one] < 2.1
