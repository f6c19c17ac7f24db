"""A busy pool: hundreds of jobs of three tenants on 64 simulated devices of three kinds.

Gangs, fractions, preemption and a node that dies; then the scheduler is asked again, turn by
turn, and decides as it did.
"""

import random
import time
from collections import Counter

import pytest

from zhisuan.compute import records
from zhisuan.compute.job import JobEvent
from zhisuan.compute.node import Node, NodeState
from zhisuan.compute.policyfile import read_rules
from zhisuan.compute.poolfile import read_pool
from zhisuan.core.clock import parse_instant
from zhisuan.services.pool.retrace import retrace
from zhisuan.store.database import Database

JOBS = 500
KINDS = [("npu", "Ascend", "910B", 65536), ("gpu", "NVIDIA", "H100", 81920)]
KINDS.append(("asic", "Cambricon", "MLU370", 24576))

NODE = """
[[node]]
name = "sim-{number}"
cores = 32
memory_mb = 131072
rack = "r{rack}"
simulated = true
[[node.device]]
kind = "{kind}"
vendor = "{vendor}"
model = "{model}"
memory_mb = {memory}
count = 8
"""

POLICY = """
backfill = "easy"
preempting = true
minimum_run_s = 0
grace_s = 20
"""


def pool():
    """Eight nodes of eight devices: three of NPUs, three of GPUs, two of ASICs."""
    texts = []
    for number in range(8):
        kind, vendor, model, memory = KINDS[number % 3]
        texts.append(
            NODE.format(
                number=number, rack=number % 2, kind=kind, vendor=vendor, model=model, memory=memory
            )
        )
    return "".join(texts)


def asked(rng, number):
    """One job: a fraction, a few devices, a whole node or a gang, of one kind or either."""
    kind = rng.choice(["npu", "gpu", "asic"])
    milli = rng.choice([250, 250, 500, 1000, 1000, 2000, 4000, 8000])
    any_of = [{"kind": kind, "milli": milli}]
    if rng.random() < 0.2:
        any_of.append({"kind": rng.choice(["npu", "gpu"]), "milli": milli})
    nodes = 2 if number % 25 == 0 else 1
    if nodes > 1:
        any_of = [{"kind": rng.choice(["npu", "gpu"]), "milli": 8000}]
    return {
        "any_of": any_of,
        "nodes": nodes,
        "cpu_milli": 1000,
        "memory_mb": 256,
        "time_limit_s": 60,
        "price_class": rng.choice(["preemptible", "standard", "standard"]),
        "parameters": {"rest": round(rng.uniform(0.2, 2.5), 2)},
    }


@pytest.fixture
def centre(start_centre, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "pool.toml").write_text(pool())
    (folder / "policy.toml").write_text(POLICY)
    return start_centre(folder)


@pytest.mark.slow
def test_a_busy_pool_loses_nothing_and_its_scheduler_decides_the_same_again(centre):
    rng = random.Random(7)
    tenants = [centre.tenant() for _ in range(3)]
    tenants[0].ended(tenants[0].submitted(parameters={"rest": 0})["job_id"])  # the environment
    ids = []
    for number in range(JOBS):
        tenant = tenants[number % 3]
        ids.append((tenant, tenant.submitted(**asked(rng, number))["job_id"]))
        if number == JOBS // 2:
            busy = [held["node"] for held in running(tenants)]
            killed = Counter(name for name in busy if name != "here").most_common(1)[0][0]
            with centre.operator() as operator:
                assert operator.post(f"/v1/nodes/{killed}", json={"state": "down"}).is_success
    deadline = time.monotonic() + 240
    for tenant, job_id in ids:
        while tenant.job(job_id)["state"] not in ("succeeded", "failed", "cancelled"):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    ends = Counter(tenant.job(job_id)["state"] for tenant, job_id in ids)
    assert ends == {"succeeded": JOBS}
    for tenant in tenants:
        account = tenant.account()
        assert float(account["held_yuan"]) == 0
    with centre.operator() as operator:
        assert operator.post("/v1/ledger/verify").json()["ok"]
    centre.stop()
    history(centre.folder, killed, {job_id for _, job_id in ids})


def running(tenants):
    """What the tenants' jobs hold now."""
    for tenant in tenants:
        page = tenant.client.get("/v1/jobs", params={"state": "running", "limit": 100}).json()
        for job in page["items"]:
            yield from job["allocations"]


def history(folder, killed, mine):
    """The kept jobs obey the laws of the pool, and the scheduler agrees with itself."""
    database = Database(folder / "centre.db")
    with database.read() as connection:
        jobs = [job for job in records.page(connection, None, limit=1000) if job.job_id in mine]
        changed = connection.exec_driver_sql("SELECT changed_at FROM node").scalar_one()
    database.close()
    assert len(jobs) == JOBS
    moves = Counter(event for job in jobs for _, event in job.moves())
    assert moves[JobEvent.PREEMPTED] > 0
    assert moves[JobEvent.LOST] > 0
    assert moves[JobEvent.PLACED] == JOBS + moves[JobEvent.PREEMPTED] + moves[JobEvent.LOST]
    for job in jobs:
        assert len({held.node for held in job.allocations}) == job.request.nodes
        assert all(held.simulated for held in job.allocations)
    down_at = parse_instant(changed)
    assert all(
        held.node != killed for job in jobs for held in job.allocations if job.started_at > down_at
    )
    rules = read_rules(folder / "policy.toml")
    nodes = read_pool(folder / "pool.toml", Node("here", (0,), 1024))
    agreement = retrace(jobs, nodes, rules, [(down_at, killed, NodeState.DOWN)])
    assert agreement.starts == moves[JobEvent.PLACED]
    # A busy machine writes submissions late, so a turn may have seen fewer than the stories tell.
    assert agreement.share >= 0.8, agreement
