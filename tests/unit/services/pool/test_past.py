"""Use of late outlives the process, from what was metered and what still runs."""

from dataclasses import replace

import pytest

from zhisuan.compute.policy import Order, Policy
from zhisuan.compute.policyfile import DEFAULT
from zhisuan.services.pool.past import past_use

RULES = replace(DEFAULT, policy=Policy(order=Order.FAIR), half_life_s=100.0)


def test_a_new_process_knows_what_tenants_used_of_late(opened):
    workshop = opened(RULES)
    job_id = workshop.submit()
    workshop.turn()
    workshop.turn(100.0)
    share = 2 / 3  # two of the pool's three devices
    assert past_use(workshop.centre, workshop.clock.now()) == {
        workshop.tenant: pytest.approx(share / 2)
    }
    workshop.lose(job_id)
    workshop.turn()
    workshop.end(job_id, wall_s=0.0)
    workshop.turn()
    workshop.clock.turn(100.0)
    assert past_use(workshop.centre, workshop.clock.now()) == {
        workshop.tenant: pytest.approx(share / 4)
    }


def test_nobody_looks_back_under_another_order(workshop):
    workshop.submit()
    workshop.turn()
    assert past_use(workshop.centre, workshop.clock.now()) == {}
