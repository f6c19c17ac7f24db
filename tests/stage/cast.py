"""Who and what there is in the played month: houses named for their kind, machines, tables.

All of it is invented. No person has a name here, only a part; the figures of the tables are drawn
from simple rules with noise, and say so where they are brought.
"""

import csv
import io
from dataclasses import dataclass
from random import Random

PASSWORD = "one evening of bricks"  # noqa: S105  of people who do not exist
"""Of everybody on the stage."""

SETTINGS = 'centre_name = "示范智算中心"\nregion = "CN-BJ"\npue = 1.25\n'

OPERATING = """\
profile = "standard"
name = "示范智算中心"

[ladder]
notify_below_yuan = "500"

[[sla.credit]]
below = "0.999"
share = "0.05"
[[sla.credit]]
below = "0.99"
share = "0.1"
"""


def rack(name, count, cores, memory_gb, where, *devices):
    """A line of the pool file: like nodes of a rack."""
    lines = [
        "[[node]]",
        f'name = "{name}"',
        f"count = {count}",
        f"cores = {cores}",
        f"memory_mb = {memory_gb * 1024}",
        f'rack = "{where}"',
        "simulated = true",
    ]
    for kind, vendor, model, device_gb, many in devices:
        lines += [
            "[[node.device]]",
            f'kind = "{kind}"',
            f'vendor = "{vendor}"',
            f'model = "{model}"',
            f"memory_mb = {device_gb * 1024}",
            f"count = {many}",
        ]
    return "\n".join(lines) + "\n"


POOL = "\n".join(
    (
        rack("gpu-a", 4, 96, 1024, "A1", ("gpu", "NVIDIA", "A800", 80, 8)),
        rack("npu-a", 4, 192, 1536, "A2", ("npu", "Ascend", "910B", 64, 8)),
        rack("gpu-b", 3, 64, 512, "B1", ("gpu", "NVIDIA", "RTX 4090", 24, 8)),
        rack(
            "mix-b",
            2,
            64,
            512,
            "B2",
            ("fpga", "AMD", "Alveo U55C", 16, 4),
            ("asic", "Cambricon", "MLU370", 48, 4),
        ),
        rack("cpu-c", 2, 128, 512, "C1"),
    )
)

LATER = {
    "name": "npu-b",
    "count": 2,
    "cores": 192,
    "memory_mb": 1536 * 1024,
    "rack": "A3",
    "simulated": True,
    "device": [
        {"kind": "npu", "vendor": "Ascend", "model": "910B", "memory_mb": 65536, "count": 8}
    ],
}
"""What is added while the centre runs."""


@dataclass(frozen=True)
class House:
    """A tenant.

    Attributes:
        short: begins its people's login names.
        people: part to role; the first answers for the house.
        projects: name to the money set aside for it, None for none.
        deposits: day of the month and yuan paid in.
        month_yuan: its own budget, None for none.
    """

    short: str
    name: str
    category: str
    people: tuple[tuple[str, str, str], ...]
    projects: tuple[tuple[str, str | None], ...]
    deposits: tuple[tuple[float, str], ...]
    month_yuan: str | None = None


BRICKS = House(
    "bricks",
    "制砖厂",
    "external",
    (("owner", "owner", "厂长"), ("lab", "member", "化验员"), ("books", "viewer", "会计")),
    (("窑炉质检", "30000"), ("配方试验", None)),
    ((0.2, "60000"), (21, "20000")),
    "40000",
)
LAB = House(
    "lab",
    "大学材料实验室",
    "partner",
    (("owner", "owner", "实验室主任"), ("student", "member", "研究生"), ("aide", "member", "助理")),
    (("晶体结构预测", "320000"), ("混凝土强度", None), ("教学", "2000")),
    ((0.1, "400000"), (18, "180000")),
    "300000",
)
FREIGHT = House(
    "freight",
    "物流公司",
    "external",
    (("owner", "owner", "信息部经理"), ("plan", "member", "调度员")),
    (("路线规划", "80000"),),
    ((0.3, "90000"), (24, "60000")),
)
SOFTWARE = House(
    "software",
    "软件公司",
    "external",
    (("owner", "owner", "技术负责人"), ("engineer", "member", "工程师")),
    (("语音识别", None), ("图像检索", "50000")),
    ((0.4, "120000"), (12, "40000"), (27, "60000")),
)
HOUSES = (BRICKS, LAB, FREIGHT, SOFTWARE)

STAFF = (
    ("operator", "operator", "值班运营"),
    ("second", "operator", "运营主管"),
    ("engineer", "engineer", "机房工程师"),
    ("auditor", "auditor", "审计员"),
    ("planner", "planner", "规划员"),
    ("admin", "admin", "系统管理员"),
)


def bricks_table(rows=900, seed=11):
    """砖坯烧成: whether a brick is good, by clay, moisture and kiln."""
    chance, lines = Random(seed), []
    for number in range(rows):
        clay = chance.choice(("东坑", "西坑", "河滩"))
        moisture = round(chance.gauss(17.5, 1.6), 1)
        pressure = round(chance.gauss(2.4, 0.3), 2)
        drying_h = round(chance.uniform(18, 40), 1)
        kiln_c = round(chance.gauss(1010, 28))
        shift = chance.choice(("早班", "中班", "夜班"))
        fault = abs(kiln_c - 1015) / 40 + abs(moisture - 17) / 2.5 - drying_h / 60
        fault += 0.5 * (clay == "河滩") + chance.gauss(0, 0.35)
        verdict = "次品" if fault > 0.95 else "合格"
        lines.append((f"砖{number:04}", clay, moisture, pressure, drying_h, kiln_c, shift, verdict))
    return _csv(
        ("批号", "粘土来源", "含水率", "成型压力MPa", "干燥小时", "窑温", "班次", "是否合格"), lines
    )


def freight_table(rows=1200, seed=12):
    """发运记录: hours on the road, by distance, load, weather and hour of departure."""
    chance, lines = Random(seed), []
    for _ in range(rows):
        km = round(chance.uniform(30, 900))
        tonnes = round(chance.uniform(1, 28), 1)
        weather = chance.choice(("晴", "晴", "阴", "雨", "雪"))
        leaves = chance.randrange(24)
        stops = chance.randrange(6)
        slow = {"晴": 1.0, "阴": 1.03, "雨": 1.15, "雪": 1.4}[weather]
        busy = 1.2 if leaves in {7, 8, 17, 18} else 1.0
        hours = km / 68 * slow * busy + stops * 0.4 + tonnes * 0.02 + chance.gauss(0, 0.4)
        lines.append((km, tonnes, weather, leaves, stops, round(max(0.3, hours), 2)))
    return _csv(("里程公里", "载重吨", "天气", "出发时", "经停次数", "运输小时"), lines)


def _csv(head, lines):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(lines)
    return text.getvalue().encode()
