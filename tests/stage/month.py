"""A month of a busy centre, told day by day through the doors by those who lived it.

Forty days end at the present: the month before is closed and invoiced, this one is open. What a
job is and how long it takes is drawn with a fixed seed; when it starts, who waits, who makes room
and what it costs is what the product makes of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import pi, sin
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from cast import (
    BRICKS,
    FREIGHT,
    HOUSES,
    LAB,
    LATER,
    PASSWORD,
    SOFTWARE,
    STAFF,
    House,
    bricks_table,
    freight_table,
)
from played import PlayedCentre

from zhisuan.ledger.tariff import default_tariff
from zhisuan.ledger.voucher.programme import shipped_text

DAYS = 40
ZONE = ZoneInfo("Asia/Shanghai")
EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass
class Voice:
    """Somebody who asks the centre with a key."""

    here: PlayedCentre
    key: str

    def __call__(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        answer = self.ask(method, path, body, **more)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json()

    def ask(self, method: str, path: str, body: object = None, **more: Any):
        headers = {"Authorization": f"Bearer {self.key}"}
        given = {} if body is None else {"json": body}
        return self.here.door.request(method, f"/v1/{path}", headers=headers, **given, **more)


@dataclass
class Kind:
    """A kind of work that a house has again and again.

    Attributes:
        a_day: how often, on average.
        hours: shortest and longest.
        order: the rest of the job, drawn anew each time.
    """

    house: House
    project: str
    a_day: float
    hours: tuple[float, float]
    order: Callable[[Random], Mapping[str, Any]]


def on(milli: int, *kinds: tuple[str, str]) -> dict[str, Any]:
    """Devices of the first of these kinds that has room."""
    return {"any_of": [{"kind": kind, "model": model, "milli": milli} for kind, model in kinds]}


A800, R4090 = ("gpu", "A800"), ("gpu", "RTX 4090")
N910, FPGA, MLU = ("npu", "910B"), ("fpga", "Alveo U55C"), ("asic", "MLU370")

WORK = (
    Kind(
        LAB,
        "晶体结构预测",
        4,
        (6, 40),
        lambda _chance: (
            on(8000, A800, N910)
            | {"nodes": 2, "cpu_milli": 32_000, "memory_mb": 262_144, "together": "rack_preferred"}
        ),
    ),
    Kind(
        LAB,
        "晶体结构预测",
        12,
        (3, 24),
        lambda chance: (
            on(chance.choice((4000, 8000)), A800, N910)
            | {"cpu_milli": 16_000, "memory_mb": 131_072, "price_class": "preemptible"}
        ),
    ),
    Kind(
        LAB,
        "教学",
        1.2,
        (0.3, 2),
        lambda chance: on(chance.choice((250, 500)), R4090) | {"cpu_milli": 2000},
    ),
    Kind(
        FREIGHT,
        "路线规划",
        3,
        (2, 9),
        lambda _chance: on(8000, N910) | {"cpu_milli": 24_000, "memory_mb": 131_072},
    ),
    Kind(
        FREIGHT,
        "路线规划",
        3,
        (2, 8),
        lambda _chance: on(4000, FPGA) | {"cpu_milli": 8000, "price_class": "reserved"},
    ),
    Kind(
        SOFTWARE,
        "语音识别",
        6,
        (6, 30),
        lambda chance: (
            on(8000, N910, A800)
            | {
                "cpu_milli": 48_000,
                "memory_mb": 262_144,
                "price_class": chance.choice(("standard", "standard", "reserved")),
            }
        ),
    ),
    Kind(
        SOFTWARE,
        "图像检索",
        5,
        (4, 20),
        lambda chance: (
            on(chance.choice((2000, 4000, 8000)), R4090) | {"cpu_milli": 8000, "memory_mb": 65_536}
        ),
    ),
    Kind(
        BRICKS,
        "窑炉质检",
        3,
        (1, 6),
        lambda chance: on(chance.choice((500, 1000, 2000)), R4090, MLU) | {"cpu_milli": 4000},
    ),
    Kind(
        BRICKS,
        "配方试验",
        0.8,
        (0.1, 0.8),
        lambda _chance: {"cpu_milli": 1000, "memory_mb": 1024},
    ),
)


GOOD = 0.5
"""The fate of a job that ends well."""

BUSIEST = [kind for kind in WORK if kind.a_day >= 3]


@dataclass
class Month:
    """The month of one centre.

    Attributes:
        pace: share of the work that is told; the rest of the story stays whole.
    """

    here: PlayedCentre
    begin: datetime
    end: datetime
    pace: float = 1.0
    chance: Random = field(default_factory=lambda: Random(20))
    voices: dict[str, Voice] = field(default_factory=dict)
    tenants: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.operator = Voice(self.here, self.here.key())

    def on_day(self, day: float, act: Callable[[], object]) -> None:
        self.here.agenda.at(self.begin + timedelta(days=day), lambda: (act(), None)[1])

    def tell(self) -> dict[str, Any]:
        """All forty days; what a reader of the stage needs."""
        self.people()
        for house in HOUSES:
            self.business(house)
        self.machines()
        self.prices()
        self.grants()
        self.vouchers()
        self.tables()
        self.work()
        self.close_months()
        self.here.play(self.end)
        return {
            "password": PASSWORD,
            "tenants": {house.name: self.tenants[house.short] for house in HOUSES},
            "logins": {
                f"{house.short}-{part}": role for house in HOUSES for part, role, _ in house.people
            }
            | {part: role for part, role, _ in STAFF},
        }

    def people(self) -> None:
        """Everybody comes in on the first day."""
        centre = self.operator("GET", "me")["tenant"]["tenant_id"]
        for part, role, name in STAFF:
            said = {"login": part, "name": name, "role": role, "password": PASSWORD}
            self.operator("POST", f"members?tenant={centre}", said)
        for role in ("auditor", "operator"):
            made = self.operator("POST", f"tenants/{centre}/keys", {"role": role})
            self.voices[role] = Voice(self.here, made["key"])
        for house in HOUSES:
            said = {"name": house.name, "category": house.category}
            made = self.operator("POST", "tenants", said)
            tenant = made["tenant"]["tenant_id"]
            self.tenants[house.short] = tenant
            self.voices[house.short] = Voice(self.here, made["key"])
            for part, role, name in house.people:
                said = {
                    "login": f"{house.short}-{part}",
                    "name": name,
                    "role": role,
                    "password": PASSWORD,
                }
                self.operator("POST", f"members?tenant={tenant}", said)

    def business(self, house: House) -> None:
        """Money, projects, budgets, keys."""
        voice, tenant = self.voices[house.short], self.tenants[house.short]
        for number, (day, yuan) in enumerate(house.deposits, start=1):
            said = {"yuan": yuan, "note": f"银行回单 {house.short}-{number:03}"}
            self.on_day(
                day, lambda said=said: self.operator("POST", f"tenants/{tenant}/deposits", said)
            )

        def settle_in() -> None:
            for name, yuan in house.projects:
                voice("POST", "projects", {"name": name, "allocation_yuan": yuan})
                if yuan is not None:
                    voice("POST", "budgets", {"project": name, "month_yuan": yuan})
            if house.month_yuan is not None:
                voice("POST", "budgets", {"month_yuan": house.month_yuan})
            scoped = {"role": "viewer", "name": "报表程序", "scope": ["see_own"]}
            voice("POST", "keys", scoped)
            ends = (self.end + timedelta(days=60)).isoformat()
            program = {
                "role": "member",
                "name": "夜间程序",
                "project": house.projects[0][0],
                "expires_at": ends,
            }
            key_id = voice("POST", "keys", program)["about"]["key_id"]
            self.on_day(26, lambda: voice("POST", f"keys/{key_id}/rotate", {"overlap_s": 86_400}))

        self.on_day(0.45, settle_in)

    def machines(self) -> None:
        """Nodes are added, drained for maintenance, lost for a night."""
        engineer = self.operator

        def state(name: str, state: str) -> Callable[[], object]:
            return lambda: engineer("POST", f"nodes/{name}", {"state": state})

        self.on_day(9.4, lambda: engineer("POST", "nodes", LATER))
        self.on_day(22.05, state("npu-a-2", "down"))
        self.on_day(22.41, state("npu-a-2", "ready"))
        self.on_day(29.3, state("gpu-b-3", "draining"))
        self.on_day(30.1, state("gpu-b-3", "ready"))
        self.on_day(33.6, state("gpu-a-4", "down"))
        self.on_day(33.7, state("gpu-a-4", "ready"))
        self.on_day(DAYS - 0.3, state("gpu-b-2", "draining"))

    def prices(self) -> None:
        """A second price list took effect, a third will."""

        def publish(version: int, days: float, change: tuple[str, str]) -> Callable[[], object]:
            def act() -> object:
                takes_effect = (self.here.now() + timedelta(days=days)).replace(
                    minute=0, second=0, microsecond=0
                )
                text = default_tariff().text.replace("version = 1", f"version = {version}")
                text = text.replace("2025-01-01T00:00:00Z", takes_effect.isoformat())
                assert change[0] in text
                return self.operator("POST", "tariffs", {"text": text.replace(*change)})

            return act

        dearer = ('yuan = "0.06"', 'yuan = "0.065"')
        self.on_day(15.2, publish(2, 2, dearer))
        self.on_day(DAYS - 1.5, publish(3, 10, ('yuan = "6"', 'yuan = "5.5"')))

    def grants(self) -> None:
        """Applications in several states, three of them waiting for a word."""
        lab, freight, bricks = (self.voices[each] for each in ("lab", "freight", "bricks"))
        cases = (
            (3.1, bricks, "砖坯配方初试", "用三周的窑炉记录试一试能否提前看出次品。", 800, 60, 2),
            (5.2, lab, "晶体数据库预计算", "为三个课题组预先计算两万种结构。", 20_000, 3000, 16),
            (12.2, freight, "冬季路线试算", "比较两套冬季路线。", 9000, 1200, 8),
            (36.2, lab, "混凝土耐久性", "预测海港混凝土三十年的耐久性。", 15_000, 2500, 16),
            (37.3, bricks, "窑炉整月回放", "把一个月的窑温曲线重算一遍。", 6000, 900, 8),
            (39.1, freight, "全国线路重算", "与三个承运方合作重算全国线路。", 90_000, 9000, 64),
        )
        for day, voice, title, purpose, yuan, hours, devices in cases:
            said = {
                "title": title,
                "purpose": purpose,
                "yuan": str(yuan),
                "device_hours": hours,
                "devices": devices,
            }
            self.on_day(day, lambda voice=voice, said=said: voice("POST", "applications", said))

        def review(title: str, yuan: str, note: str) -> Callable[[], object]:
            return lambda: self.voices["operator"](
                "POST",
                f"applications/{self.application(title)}/review",
                {"yuan": yuan, "note": note},
            )

        self.on_day(6.4, review("晶体数据库预计算", "16000", "按实际需要核减。"))
        self.on_day(13.1, review("冬季路线试算", "0", "与既有项目重复。"))
        report = {"text": "前半部分算完一万一千种结构，用去五成经费，清单已公开。"}
        self.on_day(
            28.4,
            lambda: lab(
                "POST", f"applications/{self.application('晶体数据库预计算')}/report", report
            ),
        )

    def application(self, title: str) -> str:
        items = self.operator("GET", "applications?limit=200")["items"]
        return next(each["application_id"] for each in items if each["title"] == title)

    def vouchers(self) -> None:
        """One of each fate: paid, in use, refused, waiting, drafted."""
        rules = shipped_text("beijing").replace("apply_to = 2025-12-31\n", "")

        def open_programme() -> None:
            said = {"text": rules, "budget_yuan": "5000000"}
            programme = self.operator("POST", "voucher-programmes", said)["programme_id"]
            bricks, software = self.voices["bricks"], self.voices["software"]
            paid = self.draft(bricks, programme, "制砖厂", "制造业", "B-101", 40_000)
            used = self.draft(software, programme, "软件公司", "软件和信息服务业", "S-201", 150_000)
            no = self.draft(bricks, programme, "制砖厂", "制造业", "B-102", 60_000)
            self.film(bricks, paid)
            self.on_day(3.2, lambda: self.move(software, used, "submit"))
            self.on_day(4.3, lambda: self.move(self.operator, used, "approve"))
            self.on_day(4.8, lambda: self.move(software, used, "bind", contract="S-201"))
            kinds = {kind.project: kind for kind in WORK}
            self.on_day(4.0, lambda: self.submit(kinds["窑炉质检"], GOOD))
            self.on_day(5.0, lambda: self.submit(kinds["语音识别"], GOOD))
            self.on_day(5.2, lambda: self.move(bricks, no, "submit"))
            note = "供应方与申请人同属一家。"
            self.on_day(7.3, lambda: self.move(self.operator, no, "refuse", note=note))
            self.on_day(37.6, lambda: self.draft_more(programme))

        self.on_day(1.4, open_programme)

    def film(self, bricks: Voice, voucher: str) -> None:
        """The whole life of a voucher."""
        self.on_day(2.2, lambda: self.move(bricks, voucher, "submit"))
        self.on_day(3.4, lambda: self.move(self.operator, voucher, "approve"))
        self.on_day(3.6, lambda: self.move(bricks, voucher, "bind", contract="B-101"))
        self.on_day(31.2, lambda: self.move(bricks, voucher, "close"))

        def papers() -> list[dict[str, str]]:
            spent = self.operator("GET", f"vouchers/{voucher}")["application"]["contract"]
            total = sum(float(each["amount_yuan"]) for each in spent["items"])
            day = str(self.today())
            return [
                {
                    "kind": "invoice",
                    "number": "F-31",
                    "issued_on": day,
                    "amount_yuan": f"{total:.2f}",
                },
                {"kind": "delivery", "number": "J-31", "issued_on": day},
            ]

        self.on_day(32.1, lambda: self.move(bricks, voucher, "request", documents=papers()))
        self.on_day(33.3, lambda: self.move(self.voices["auditor"], voucher, "verify"))
        self.on_day(35.2, lambda: self.move(self.operator, voucher, "pay", note="付款单 35-2"))

    def draft_more(self, programme: str) -> None:
        bricks, software = self.voices["bricks"], self.voices["software"]
        waiting = self.draft(software, programme, "软件公司", "软件和信息服务业", "S-202", 220_000)
        self.move(software, waiting, "submit")
        self.draft(bricks, programme, "制砖厂", "制造业", "B-103", 90_000)

    def draft(
        self, voice: Voice, programme: str, name: str, industry: str, number: str, yuan: int
    ) -> str:
        today = self.today()
        said = {
            "programme": programme,
            "applicant": {
                "name": name,
                "code": f"91110000{number.replace('-', ''):0>10}",
                "region": "北京市",
                "industry": industry,
            },
            "contract": {
                "number": number,
                "supplier": "示范智算中心",
                "supplier_code": "91110000EXAMPLE002",
                "signed_on": str(today - timedelta(days=9)),
                "starts_on": str(today - timedelta(days=2)),
                "ends_on": str(today + timedelta(days=300)),
                "items": [
                    {"kind": "compute", "title": "智能算力", "amount_yuan": str(yuan)},
                    {"kind": "storage", "title": "存储", "amount_yuan": str(yuan // 8)},
                ],
            },
            "documents": [{"kind": "contract", "number": number, "issued_on": str(today)}],
        }
        return voice("POST", "vouchers", {"application": said})["voucher_id"]

    def move(self, voice: Voice, voucher: str, name: str, **more: Any) -> None:
        voice("POST", f"vouchers/{voucher}/moves", {"move": name, **more})

    def tables(self) -> None:
        """Tables come in over the month; one of them was never asked anything."""
        concrete = (EXAMPLES / "concrete.csv").read_bytes()
        chinese = (EXAMPLES / "混凝土.csv").read_bytes()
        brought = (
            (2.3, "bricks", "砖坯烧成记录", "砖坯烧成.csv", bricks_table(400, seed=3)),
            (8.6, "lab", "混凝土配合比", "混凝土.csv", chinese),
            (14.4, "freight", "发运记录", "发运.csv", freight_table()),
            (30.5, "bricks", "砖坯烧成记录", "砖坯烧成.csv", bricks_table()),
            (38.2, "lab", "concrete", "concrete.csv", concrete),
        )
        for day, house, name, file, content in brought:
            query = {"name": name, "filename": file}

            def bring(house=house, query=query, content=content) -> None:
                self.voices[house]("POST", "datasets", params=query, content=content)

            self.on_day(day, bring)

        def ask() -> None:
            bricks = self.voices["bricks"]
            dataset = bricks("GET", "datasets?limit=1")["items"][0]["dataset_id"]
            bricks("POST", "tasks", {"dataset_id": dataset, "target": "是否合格"})

        self.on_day(3.3, ask)

    def work(self) -> None:
        """Jobs come by day more than by night, and on weekdays more than on others."""
        for kind in WORK:
            day = 0.7
            while (day := day + self.chance.expovariate(kind.a_day * self.pace)) < DAYS - 0.3:
                if self.chance.random() < busyness(self.begin + timedelta(days=day)):
                    self.on_day(day, lambda kind=kind: self.submit(kind))
        # The present finds the pool full and some waiting, whatever the hour.
        for number in range(round(30 * self.pace)):
            kind = BUSIEST[number % len(BUSIEST)]
            self.on_day(DAYS - 0.25 + number / 140, lambda kind=kind: self.submit(kind))

    def submit(self, kind: Kind, fate: float | None = None) -> None:
        """A job as this kind of work brings it; one in seven goes wrong or is given up."""
        voice = self.voices[kind.house.short]
        low, high = kind.hours
        seconds = round(3600 * low * (high / low) ** self.chance.random())
        fate = self.chance.random() if fate is None else fate
        parameters: dict[str, Any] = {"rest": seconds}
        limit = 1800 * (1 + int(seconds * self.chance.uniform(1.2, 1.9) / 1800))
        if fate < 0.05:
            parameters = {"rest": round(seconds * 0.4), "fail": "error"}
        elif fate < 0.075:
            parameters = {"rest": round(seconds * 0.7), "fail": "memory"}
        elif fate < 0.09:
            parameters = {"rest": round(seconds * 0.01) + 2, "fail": "wrong_input"}
        elif fate < 0.105:
            limit = 1800 * max(1, int(seconds * 0.7 / 1800))
        order = {
            "algorithm": "probe",
            "parameters": parameters,
            "project": kind.project,
            "time_limit_s": limit,
            **kind.order(self.chance),
        }
        answer = voice.ask("POST", "jobs", order)
        if answer.status_code == 402:
            return  # this month's budget is spent, or the account is empty
        assert answer.is_success, (order, answer.text)
        if fate > 0.965:
            job = answer.json()["job_id"]
            after = self.chance.uniform(60, seconds)
            self.here.agenda.after(after, lambda: voice.ask("POST", f"jobs/{job}/stop"))

    def close_months(self) -> None:
        """On the second day of a month the one before is credited and closed."""
        second = self.begin.astimezone(ZONE).replace(
            day=2, hour=9, minute=0, second=0, microsecond=0
        )
        while True:
            second = _next_month(second)
            if second >= self.end:
                return
            month = f"{second - timedelta(days=5):%Y-%m}"

            def close(month=month) -> None:
                self.operator("POST", "credits", {"month": month})
                self.operator("POST", "invoices", {"month": month})

            self.here.agenda.at(second, close)

    def today(self) -> date:
        return self.here.now().astimezone(ZONE).date()


def busyness(at: datetime) -> float:
    """The share of work that comes at this time of day and week, 0 to 1."""
    local = at.astimezone(ZONE)
    by_day = 0.6 + 0.4 * sin(pi * (local.hour - 5) / 12)
    return by_day * (0.6 if local.weekday() >= 5 else 1.0)


def _next_month(at: datetime) -> datetime:
    return (at.replace(day=1) + timedelta(days=32)).replace(day=2)
