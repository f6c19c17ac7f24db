"""Nodes that the operator closes: nothing new comes, or all that is there is lost at once."""

import pytest

from zhisuan.access import records as access
from zhisuan.compute.job import MOST_ATTEMPTS, JobReason, JobState, Leave
from zhisuan.compute.node import NodeState
from zhisuan.core.errors import Conflict, NotFound
from zhisuan.core.work import EndReason
from zhisuan.services.pool.nodes import set_state


def set_node(workshop, name, state):
    with workshop.centre.database.write() as connection:
        return set_state(workshop.centre, connection, workshop.operating(), name, state)


def test_a_draining_node_finishes_what_it_has_and_takes_nothing_new(workshop):
    first = workshop.submit()
    workshop.turn()
    set_node(workshop, "sim-1", NodeState.DRAINING)
    workshop.turn()
    assert workshop.job(first).state is JobState.RUNNING
    assert workshop.engine.stopped == []
    workshop.end(first)
    second = workshop.submit()
    workshop.turn()
    assert workshop.job(first).state is JobState.SUCCEEDED
    assert workshop.job(second).state is JobState.QUEUED
    set_node(workshop, "sim-1", NodeState.READY)
    workshop.turn()
    assert workshop.job(second).state is JobState.STARTING


def test_the_operators_word_outlives_the_centre(workshop):
    set_node(workshop, "sim-1", NodeState.DRAINING)
    workshop.start_again()
    waiting = workshop.submit()
    workshop.turn()
    assert workshop.job(waiting).state is JobState.QUEUED
    assert [node.state for node in workshop.centre.nodes] == ["ready", "draining", "ready"]


def test_jobs_on_a_node_that_is_down_are_lost_at_once_and_cost_nothing(workshop):
    lost = workshop.submit()
    workshop.turn()
    workshop.turn(50.0)
    set_node(workshop, "sim-1", NodeState.DOWN)
    workshop.turn()
    assert workshop.job(lost).leave_for is Leave.NODE_DOWN
    assert workshop.engine.stopped == [(lost, 0.0)]
    workshop.end(lost, EndReason.STOPPED, -9)
    workshop.turn()
    job = workshop.job(lost)
    assert (job.state, job.reason, job.lost) == (JobState.QUEUED, JobReason.NODE_LOST, 1)
    [usage] = workshop.usage(lost)
    assert (usage.billable, usage.gap_s) == (False, 50.0)
    set_node(workshop, "sim-1", NodeState.READY)
    workshop.turn()
    assert workshop.job(lost).attempt == 2


def test_a_job_that_was_making_room_is_not_waited_for_when_its_node_is_down(workshop):
    mild = workshop.mild()
    workshop.turn()
    workshop.turn(400.0)
    workshop.submit()
    workshop.turn()
    set_node(workshop, "sim-1", NodeState.DOWN)
    workshop.turn()
    assert workshop.engine.stopped == [(mild, 30.0), (mild, 0.0)]
    workshop.end(mild, EndReason.STOPPED, 0)
    workshop.turn()
    assert workshop.job(mild).reason is JobReason.NODE_LOST


def test_a_node_that_keeps_being_lost_ends_its_job_for_good(workshop):
    lost = workshop.submit()
    for _ in range(MOST_ATTEMPTS):
        set_node(workshop, "sim-1", NodeState.READY)
        workshop.turn()
        set_node(workshop, "sim-1", NodeState.DOWN)
        workshop.turn()
        workshop.end(lost, EndReason.STOPPED, -9)
        workshop.turn()
    assert workshop.job(lost).state is JobState.FAILED
    assert workshop.charge(lost).amount == 0
    assert len(workshop.usage(lost)) == MOST_ATTEMPTS


def test_a_gang_is_lost_with_any_of_its_nodes_and_paid_for_on_all(workshop):
    wide = workshop.submit(asked={"any_of": workshop.any_device, "nodes": 2})
    workshop.turn()
    assert {held.node for held in workshop.job(wide).allocations} == {"sim-1", "sim-2"}
    set_node(workshop, "sim-2", NodeState.DOWN)
    workshop.turn()
    assert workshop.engine.stopped == [(wide, 0.0)]
    workshop.end(wide, EndReason.STOPPED, -9)
    set_node(workshop, "sim-2", NodeState.READY)
    workshop.turn()
    workshop.turn()
    workshop.end(wide, wall_s=100.0)
    workshop.turn()
    _, usage = workshop.usage(wide)
    assert sorted(usage.node.split(",")) == ["sim-1", "sim-2"]
    assert (usage.cpu_milli, usage.memory_mb, usage.device_milli) == (2000, 2048, 2000)
    names = {device.name for device in usage.devices}
    assert names == {"sim-1/sim:npu0", "sim-2/sim:npu0"}
    lines = {line.item: line.quantity for line in workshop.charge(wide).lines}
    assert lines["core"] == 200
    assert lines["memory"] == 200
    assert sum(amount for item, amount in lines.items() if item.startswith("device")) == 200


def test_the_machine_of_the_centre_drains_but_is_never_down(workshop):
    with pytest.raises(Conflict, match="runs on here"):
        set_node(workshop, "here", NodeState.DOWN)
    assert set_node(workshop, "here", NodeState.DRAINING).state is NodeState.DRAINING
    with pytest.raises(NotFound, match="no node 'nowhere'"):
        set_node(workshop, "nowhere", NodeState.READY)


def test_what_the_operator_did_is_in_the_audit(workshop):
    set_node(workshop, "sim-1", NodeState.DRAINING)
    with workshop.centre.database.read() as connection:
        (change,) = access.changes(connection)
    assert (change.actor, change.action, change.subject) == ("key_1", "node.set", "sim-1")
    assert change.after == {"state": "draining"}
