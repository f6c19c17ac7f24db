"""The shelves of the catalogue: compute, data and algorithms that can be had here, and how.

Compute is told by what it is for and what it costs, not by its chips: a tenant never needs those.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from zhisuan.algorithms.package import Algorithm
from zhisuan.compute import records as jobs
from zhisuan.compute.supply.interval import CORES
from zhisuan.core.errors import EnvironmentUnavailable
from zhisuan.core.money import MicroYuan
from zhisuan.core.task import Effort
from zhisuan.data.sample import Sample, samples
from zhisuan.ledger.line import price_line, unit_of
from zhisuan.ledger.quote import Quote
from zhisuan.ledger.tariff import Outcome, PriceClass, Tariff, Terms
from zhisuan.services.centre import Centre
from zhisuan.services.monitoring.board import Free, free
from zhisuan.services.pool import run
from zhisuan.services.pool.nodes import present

TYPICAL_ROWS, TYPICAL_COLUMNS = 1000, 10
"""The table of which an algorithm's price is told."""


class Shelf(StrEnum):
    """The three shelves."""

    COMPUTE = "compute"
    DATA = "data"
    ALGORITHMS = "algorithms"


@dataclass(frozen=True, slots=True)
class Price:
    """What a unit costs, or a typical order.

    Attributes:
        of: a price class, an effort, or empty where there is one price alone.
        low, high: micro-yuan; the same where the price is fixed.
        unit_zh, unit_en: what it is for.
    """

    of: str
    low: MicroYuan
    high: MicroYuan
    unit_zh: str
    unit_en: str


@dataclass(frozen=True, slots=True)
class Offered:
    """One item of a shelf.

    Attributes:
        item: what it is ordered by.
        owner: empty for the centre itself.
        terms_zh, terms_en: what is agreed by ordering it.
        available: whether it can be had at once.
        availability_zh, availability_en: the same in words.
        simulated: it does not exist; it is there for trying things out.
        order: method and address that order it.
    """

    shelf: Shelf
    item: str
    title_zh: str
    title_en: str
    about_zh: str
    about_en: str
    owner: str
    version: str
    prices: Sequence[Price]
    terms_zh: str
    terms_en: str
    available: bool
    availability_zh: str
    availability_en: str
    simulated: bool
    order: str
    order_zh: str
    order_en: str


def shelves(centre: Centre) -> list[Offered]:
    """Everything that can be had, shelf by shelf."""
    with centre.database.read() as connection:
        nodes = present(centre, connection)
        live = jobs.live_since(connection, 0)
        tariff = centre.ledger.tariffs.refresh(connection).in_force_or_first(centre.clock.now())
    held = [each for job in live if job.state.holds_devices for each in job.allocations]
    return [
        *(_compute(tariff, each) for each in free(nodes, held) if _priced(tariff, each)),
        *(_data(each) for each in samples().values()),
        *(_algorithm(centre, each) for each in centre.catalogue if not each.card.internal),
    ]


def typical(centre: Centre, algorithm: Algorithm) -> dict[Effort, Quote]:
    """What a table of 1,000 rows and 10 columns would cost now, for whoever has no other terms."""
    found: dict[Effort, Quote] = {}
    for effort in algorithm.card.efforts:
        cores = len(centre.here.cores)
        need = algorithm.need(effort, TYPICAL_ROWS, TYPICAL_COLUMNS, cores)
        found[effort] = run.price(centre, run.request_for(need), need, Terms(PriceClass.STANDARD))
    return found


def _item(kind: str) -> str:
    return "core" if kind == CORES else f"device:{kind}"


def _priced(tariff: Tariff, there: Free) -> bool:
    return tariff.price_of(_item(there.kind.name)) is not None


def _compute(tariff: Tariff, there: Free) -> Offered:
    plain = there.kind.name == CORES
    kind = _item(there.kind.name).partition(":")[0]
    _, _, per = unit_of(tariff, kind)
    prices = [
        Price(each, line.price, line.price, *_UNIT)
        for each in PriceClass
        for line in [price_line(tariff, Terms(each), _item(there.kind.name), Decimal(per))]
    ]
    titles = ("通用算力", "General computing") if plain else _accelerated(there.kind.name)
    return Offered(
        shelf=Shelf.COMPUTE,
        item=there.kind.name,
        title_zh=titles[0],
        title_en=titles[1],
        about_zh=_ABOUT[plain][0],
        about_en=_ABOUT[plain][1],
        owner="",
        version=f"{tariff.name}@{tariff.version}",
        prices=prices,
        terms_zh=_TERMS[0],
        terms_en=_TERMS[1],
        available=there.free > 0,
        availability_zh="现在就有" if there.free > 0 else "要排队",
        availability_en="Free now" if there.free > 0 else "There is a queue",
        simulated=there.kind.simulated,
        order="POST /v1/jobs",
        order_zh="提问时自动用上；要自己运行程序，提交作业。",
        order_en="Used by itself when you ask a question; to run a program of yours, submit a job.",
    )


def _accelerated(kind: str) -> tuple[str, str]:
    memory = kind.rpartition("-")[2].removesuffix("g")
    return f"加速算力（{memory} GB）", f"Accelerated computing ({memory} GB)"


_UNIT = ("每份每小时", "a unit and hour")

_ABOUT = {
    True: (
        "适合表格、统计和一般程序。按分到的份额和时间计费。",
        "For tables, statistics and programs of all kinds; paid by share and time.",
    ),
    False: (
        "适合图像、语音和大型模型。可以只用一部分。按分到的份额和时间计费。",
        "For pictures, speech and large models; a part of one will do. Paid by share and time.",
    ),
}

_TERMS = (
    "开始前有报价，最多收到报价上限。便宜档忙时要让位，让位时没有保住的部分不收费；优先档先开始。",
    (
        "A quote before the start, and never more than its upper end. The cheaper class makes room "
        "when it is busy and pays nothing for what that cost it; the dearer one goes first."
    ),
)


def _data(sample: Sample) -> Offered:
    nothing = MicroYuan(0)
    return Offered(
        shelf=Shelf.DATA,
        item=sample.name,
        title_zh=sample.title_zh,
        title_en=sample.title_en,
        about_zh=f"{sample.question_zh}{sample.rows} 行，{sample.columns} 列。",
        about_en=f"{sample.question_en} {sample.rows:,} rows, {sample.columns} columns.",
        owner=sample.origin,
        version="1",
        prices=[Price("", nothing, nothing, "免费", "free")],
        terms_zh=f"许可：{sample.licence}。{sample.changes_zh}",
        terms_en=f"Licence: {sample.licence}. {sample.changes_en}",
        available=True,
        availability_zh="现在就有",
        availability_en="At once",
        simulated=False,
        order="POST /v1/datasets/from-sample",
        order_zh="放进自己的数据里，马上可以提问。",
        order_en="Put it among your data and ask a question of it.",
    )


def _algorithm(centre: Centre, algorithm: Algorithm) -> Offered:
    card = algorithm.card
    ready = _ready(centre, algorithm)
    share = f"{centre.ledger.tariff.outcome_factor[Outcome.NO_USABLE_MODEL]:.0%}"
    answers = card.answers or card.summary
    return Offered(
        shelf=Shelf.ALGORITHMS,
        item=card.name,
        title_zh=card.title.zh,
        title_en=card.title.en,
        about_zh=answers.zh,
        about_en=answers.en,
        owner=card.provider,
        version=card.version,
        prices=[
            Price(
                effort,
                quote.low,
                quote.high,
                f"一张 {TYPICAL_ROWS} 行 {TYPICAL_COLUMNS} 列的表",
                f"a table of {TYPICAL_ROWS:,} rows and {TYPICAL_COLUMNS} columns",
            )
            for effort, quote in typical(centre, algorithm).items()
        ],
        terms_zh=f"程序许可：{card.licence}。结果不比朴素猜测好时只收 {share}，并如实说明。",
        terms_en=f"Licence of the program: {card.licence}. If the result is no better than a "
        f"naive guess, {share} of the price is asked, and that is said.",
        available=True,
        availability_zh="现在就能用" if ready else "第一次用时先花一会儿准备",
        availability_en="Ready" if ready else "Its first use takes a while to prepare",
        simulated=False,
        order="POST /v1/tasks",
        order_zh="带来一张表，选要预测的列。",
        order_en="Bring a table and choose the column to predict.",
    )


def _ready(centre: Centre, algorithm: Algorithm) -> bool:
    """Whether its environment is made, so that the first order need not wait for it."""
    try:
        centre.environments.made(algorithm.lock)
    except EnvironmentUnavailable:
        return False
    return True
