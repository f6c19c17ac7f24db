"""The public board: what is free, at which price; what is simulated is never added to the rest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from zhisuan.compute.allocation import Allocation, DeviceShare
from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node, NodeState
from zhisuan.core.money import from_yuan
from zhisuan.ledger.tariff import PriceClass, Tariff, TariffBook, default_tariff
from zhisuan.services.monitoring.board import board, free, prices

NPU = Device("sim:npu0", DeviceKind.NPU, "Ascend", "910B", 65536, simulated=True)
HERE = Node("here", (0, 1), 8192, (NPU,))
SIM = Node("sim", (0, 1, 2, 3), 8192, (NPU, replace(NPU, name="sim:npu1")), simulated=True)
SHARE = DeviceShare("sim:npu0", 500, DeviceKind.NPU, "npu-64g", simulated=True)


def told(nodes, held=()):
    return {
        (each.kind.name, each.kind.simulated): (each.installed, each.open, each.free)
        for each in free(nodes, held)
    }


def test_what_is_simulated_stands_apart():
    held = [
        Allocation("here", 500, 64, (0,), (SHARE,)),
        Allocation("sim", 1000, 64, (0,), simulated=True),
    ]
    assert told([HERE, SIM], held) == {
        ("cores", False): (2000, 2000, 1500),
        ("cores", True): (4000, 4000, 3000),
        ("npu-64g", True): (3000, 3000, 2500),
    }


def test_what_is_free_on_a_closed_node_is_nobodys():
    drained = replace(SIM, state=NodeState.DRAINING)
    held = [Allocation("sim", 1000, 64, (0,), simulated=True)]
    assert told([HERE, drained], held)["cores", True] == (4000, 0, 0)


def test_the_whole_board_names_no_tenant_and_counts_real_work_alone(workshop):
    workshop.submit(asked={"any_of": ()})
    on_devices = workshop.submit()
    workshop.turn()
    workshop.submit(asked={"any_of": workshop.any_device, "nodes": 2, "most_nodes": 2})
    found = board(workshop.centre)
    assert workshop.job(on_devices).state.holds_devices
    assert (found.running, found.running_simulated, found.waiting) == (1, 1, 1)
    assert found.at - found.since == timedelta(days=7)
    assert workshop.tenant not in repr(found)


HOURS = """
[[factor]]
name = "night"
value = "1/2"
hours = ["22:00-06:00"]
"""


def test_a_price_is_that_of_this_hour_and_says_how_long_it_holds():
    text = default_tariff().text.replace("version = 1", "version = 1\nzone = 'Asia/Shanghai'")
    night = Tariff.from_text(text + HOURS)
    found = prices(TariffBook([night]), datetime(2026, 3, 1, 15, tzinfo=UTC))
    core = found.lines["core"]
    assert core[PriceClass.STANDARD].price == from_yuan(Decimal("0.03"))
    assert core[PriceClass.PREEMPTIBLE].price == from_yuan(Decimal("0.02"))
    assert core[PriceClass.STANDARD].factors == ("night",)
    assert found.lines["energy"][PriceClass.STANDARD].price == from_yuan(Decimal("0.80"))
    assert found.until == datetime(2026, 3, 1, 22, tzinfo=UTC)


def test_a_version_to_come_ends_todays_prices():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    first = default_tariff()
    second = replace(first, version=2, effective_from=now + timedelta(days=40))
    assert prices(TariffBook([first]), now).until is None
    assert prices(TariffBook([first, second]), now).until == second.effective_from
    assert prices(TariffBook([second]), now) is None
