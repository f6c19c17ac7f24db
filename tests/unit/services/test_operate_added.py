"""Nodes that come and go while the centre runs: nothing is lost, and nothing given twice."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from zhisuan.access import records as access
from zhisuan.compute import records as jobs
from zhisuan.compute.job import JobState
from zhisuan.compute.node import NodeState
from zhisuan.compute.poolfile import DeclaredNode
from zhisuan.compute.supply import records as supply
from zhisuan.compute.supply.interval import CORES, Kind, supplied
from zhisuan.core.clock import format_instant
from zhisuan.core.errors import Conflict, NotFound, WrongInput
from zhisuan.services.monitoring.utilisation import utilisation
from zhisuan.services.pool import nodes
from zhisuan.services.pool.nodes import present, set_state

NPUS = {"kind": "npu", "vendor": "Ascend", "model": "910B", "memory_mb": 65536, "count": 2}


def declared(name="more", **changes):
    line = {"name": name, "cores": 4, "memory_mb": 8192, "simulated": True, "device": [NPUS]}
    return DeclaredNode.model_validate(line | changes)


class Pool:
    """What an operator does to a workshop's pool."""

    def __init__(self, workshop):
        self.workshop, self.centre = workshop, workshop.centre

    def add(self, name="more", **changes):
        with self.centre.database.write() as connection:
            who = self.workshop.operating()
            return nodes.add(self.centre, connection, who, declared(name, **changes))

    def set(self, name, state):
        with self.centre.database.write() as connection:
            set_state(self.centre, connection, self.workshop.operating(), name, state)

    def remove(self, name="more"):
        with self.centre.database.write() as connection:
            nodes.remove(self.centre, connection, self.workshop.operating(), name)

    def there(self):
        with self.centre.database.read() as connection:
            return [node.name for node in present(self.centre, connection)]

    def supplied(self, since, until):
        with self.centre.database.read() as connection:
            found = list(supply.between(connection, since, until, until))
        return supplied(found, since, until).installed


@pytest.fixture
def pool(workshop):
    with workshop.centre.database.write() as connection:
        supply.begin(connection, workshop.centre.nodes, workshop.clock.now())
    return Pool(workshop)


def test_a_waiting_job_starts_on_a_node_that_is_added(workshop, pool):
    both = [workshop.submit() for _ in range(2)]
    workshop.turn()
    assert [workshop.job(each).state for each in both] == [JobState.STARTING, JobState.QUEUED]
    assert [node.name for node in pool.add(count=2)] == ["more-1", "more-2"]
    workshop.turn()
    (held,) = workshop.job(both[1]).allocations
    assert (held.node, held.simulated) == ("more-1", True)


def test_what_was_added_is_there_after_a_restart(workshop, pool):
    pool.add()
    workshop.turn()
    workshop.centre.nodes = workshop.centre.fixed
    workshop.start_again()
    workshop.turn()
    assert [node.name for node in workshop.centre.nodes] == ["here", "sim-1", "sim-2", "more"]
    assert workshop.centre.nodes[3] == declared().nodes()[0]


def test_a_node_goes_only_when_it_is_closed_and_empty(workshop, pool):
    pool.add()
    pool.set("sim-1", NodeState.DRAINING)
    workshop.turn()
    job = workshop.submit()
    workshop.turn()
    assert workshop.job(job).allocations[0].node == "more"
    with pytest.raises(Conflict, match="takes new work"):
        pool.remove()
    pool.set("more", NodeState.DRAINING)
    with pytest.raises(Conflict, match="this very moment"):
        pool.remove()
    workshop.turn()
    with pytest.raises(Conflict, match="the work of 1 job"):
        pool.remove()
    workshop.turn(10.0)
    workshop.end(job)
    workshop.turn()
    pool.remove()
    workshop.turn()
    assert pool.there() == ["here", "sim-1", "sim-2"]
    assert workshop.job(job).state is JobState.SUCCEEDED
    with pytest.raises(NotFound):
        pool.remove()


def test_a_node_that_was_there_before_stays(pool):
    pool.set("sim-2", NodeState.DRAINING)
    with pytest.raises(Conflict, match="was there when the centre opened"):
        pool.remove("sim-2")


@pytest.mark.parametrize(
    ("line", "error", "said"),
    [
        ({"simulated": False}, WrongInput, "does not say that it is simulated"),
        ({"name": "sim-1"}, Conflict, "has a node 'sim-1' already"),
        ({"name": "sim", "count": 2}, Conflict, "has a node 'sim-1' already"),
        ({"count": 10_000}, WrongInput, "would have 10,003 nodes"),
        ({"count": 60, "device": [NPUS | {"count": 1024}] * 2}, WrongInput, "122,883 devices"),
    ],
)
def test_what_cannot_be_added_is_one_sentence_and_changes_nothing(pool, line, error, said):
    with pytest.raises(error, match=said) as raised:
        pool.add(**line)
    assert raised.value.hint
    assert pool.there() == ["here", "sim-1", "sim-2"]


def test_a_removed_node_was_supply_while_it_was_there_and_no_gap_after_it_came_back(workshop, pool):
    since = workshop.clock.now()
    pool.add()
    workshop.turn(3600.0)
    pool.set("more", NodeState.DOWN)
    workshop.turn()
    pool.remove()
    workshop.turn(3600.0)
    pool.add(cores=8)
    workshop.turn(3600.0)
    kind = Kind(CORES, simulated=True)
    before = pool.supplied(since, since + timedelta(hours=1))[kind]
    between = pool.supplied(since + timedelta(hours=1), since + timedelta(hours=2))[kind]
    after = pool.supplied(since + timedelta(hours=2), since + timedelta(hours=3))[kind]
    assert (before, between, after) == (20 * 3600, 16 * 3600, 24 * 3600)


def test_what_ran_on_a_removed_node_stays_simulated(workshop, pool):
    pool.add()
    pool.set("sim-1", NodeState.DRAINING)
    workshop.turn()
    job = workshop.submit()
    workshop.turn()
    began = format_instant(workshop.clock.now())
    workshop.turn(100.0)
    workshop.end(job)
    ended = workshop.engine.known[job]
    workshop.engine.known[job] = replace(ended, final=replace(ended.final, started_at=began))
    pool.set("more", NodeState.DRAINING)
    workshop.turn()
    pool.remove()
    workshop.turn()
    now = workshop.clock.now()
    with workshop.centre.database.read() as connection:
        told = utilisation(workshop.centre, connection, now - timedelta(seconds=200), now)
    allocated = {each.kind: each.rates[1].numerator for each in told}
    assert allocated[Kind(CORES, simulated=False)] == 0
    assert allocated[Kind(CORES, simulated=True)] > 0


def test_what_the_operator_did_is_in_the_audit(workshop, pool):
    pool.add()
    pool.set("more", NodeState.DOWN)
    workshop.turn()
    pool.remove()
    with workshop.centre.database.read() as connection:
        actions = [change.action for change in access.changes(connection)]
    assert actions == ["node.removed", "node.set", "node.added"]


@pytest.mark.parametrize("seed", range(5))
def test_whatever_comes_and_goes_no_job_is_lost_and_nothing_given_twice(workshop, pool, seed):
    chance = random.Random(seed)
    submitted, number = [], 0
    for _ in range(60):
        what = chance.randrange(6)
        added = [name for name in pool.there() if name.startswith("more")]
        if what == 0:
            number += 1
            pool.add(f"more{number}")
        elif what == 1 and added:
            pool.set(chance.choice(added), chance.choice(list(NodeState)))
        elif what == 2 and added:
            try:
                pool.remove(chance.choice(added))
            except Conflict:
                continue
        elif what == 3:
            submitted.append(workshop.submit())
        elif what == 4:
            running = [each for each in submitted if workshop.job(each).state.holds_devices]
            if running:
                workshop.end(chance.choice(running), wall_s=1.0)
        workshop.turn(chance.random() * 5)
        _nothing_is_given_twice(workshop)
    known = {node.name for node in workshop.centre.nodes}
    for job in map(workshop.job, submitted):
        assert job.state in (JobState.QUEUED, JobState.SUCCEEDED) or job.state.holds_devices
        assert all(held.node in known for held in job.allocations if job.state.holds_devices)


def _nothing_is_given_twice(workshop):
    with workshop.centre.database.read() as connection:
        there = {node.name: node for node in present(workshop.centre, connection)}
        live = [job for job in jobs.live_since(connection, 0) if job.state.holds_devices]
    cores, devices = Counter(), Counter()
    for held in (each for job in live for each in job.allocations):
        cores[held.node] += held.cpu_milli
        devices.update({(held.node, share.device): share.milli for share in held.devices})
    assert all(milli <= there[name].cpu_milli for name, milli in cores.items())
    assert all(milli <= 1000 for milli in devices.values())
