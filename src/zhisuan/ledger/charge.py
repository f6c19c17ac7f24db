"""A charge: what finished work costs, by the tariff's rule for how it ended.

It never passes what the tenant accepted. It carries its lines, the usage records behind them
and the transaction that moved the money, so that one yuan can be followed both ways, and it
explains the difference to the quote in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhisuan.core.clock import Instant, format_instant
from zhisuan.core.money import NOTHING, MicroYuan, product, shown
from zhisuan.ledger.line import Line
from zhisuan.ledger.rating import Rating
from zhisuan.ledger.tariff import Category, Outcome, PriceClass, Tariff, Terms
from zhisuan.ledger.usage import UsageRecord


@dataclass(frozen=True, slots=True)
class Hold:
    """Money set aside for one job when its quote was accepted.

    Attributes:
        amount: the quote's upper end; the charge never passes it.
        shadow: the same under shadow billing, where `amount` is 0 and nothing is paid.
        tariff_version: of the quote; its rules hold for how the work ends.
    """

    job_id: str
    tenant: str
    project: str | None
    quote_id: str
    amount: MicroYuan
    tariff_version: int
    price_class: PriceClass
    at: Instant
    category: Category = Category.EXTERNAL
    shadow: MicroYuan = NOTHING

    @property
    def accepted(self) -> MicroYuan:
        """What the tenant accepted at most, whether or not it was set aside."""
        return MicroYuan(self.amount + self.shadow)

    @property
    def terms(self) -> Terms:
        """On which terms the work is priced."""
        return Terms(self.price_class, self.category)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one job costs; one for each job.

    Attributes:
        tariff, tariff_version: of the quote; each line names the version that prices it.
        lines: the metered price, item by item, before the factor.
        metered: sum of the charged lines.
        factor: the share asked for this outcome, 0 to 1.
        amount: what is paid.
        held, released: what was set aside, and what of it was given back.
        waived: what would have been paid, under shadow billing.
        usage: places of the job's usage records in their chain.
        transaction_seq: seq of the first entry that moved this money, 0 when none had to move.
        seq: its own place in the chain of charges.
    """

    seq: int
    job_id: str
    tenant: str
    project: str | None
    quote_id: str
    tariff: str
    tariff_version: int
    price_class: PriceClass
    outcome: Outcome
    lines: tuple[Line, ...]
    metered: MicroYuan
    factor: Decimal
    amount: MicroYuan
    held: MicroYuan
    released: MicroYuan
    usage: tuple[int, ...]
    transaction_seq: int
    settled_at: Instant
    explanation_zh: str
    explanation_en: str
    category: Category = Category.EXTERNAL
    waived: MicroYuan = NOTHING

    def body(self) -> Mapping[str, object]:
        """The charge as JSON values: what is hashed."""
        return {
            "seq": self.seq,
            "job_id": self.job_id,
            "tenant": self.tenant,
            "project": self.project,
            "quote_id": self.quote_id,
            "tariff": self.tariff,
            "tariff_version": self.tariff_version,
            "price_class": self.price_class.value,
            "outcome": self.outcome.value,
            "lines": [line.as_json() for line in self.lines],
            "metered": self.metered,
            "factor": str(self.factor),
            "amount": self.amount,
            "held": self.held,
            "released": self.released,
            "usage": list(self.usage),
            "transaction_seq": self.transaction_seq,
            "settled_at": format_instant(self.settled_at),
            "explanation_zh": self.explanation_zh,
            "explanation_en": self.explanation_en,
            "category": self.category.value,
            "waived": self.waived,
        }


def charge(
    tariff: Tariff,
    hold: Hold,
    usage: Sequence[UsageRecord],
    rating: Rating,
    outcome: Outcome,
    settled_at: Instant,
    *,
    seq: int,
    transaction_seq: int,
) -> Charge:
    """The price of a job's attempts.

    Args:
        tariff: the quote's version: its shares by outcome, minimum and rounding hold.
        hold: what was accepted.
        usage: the attempts.
        rating: the same attempts, priced by the versions in force while they ran.
        outcome: how the work ended.
        settled_at: now.
        seq: the charge's place in its chain.
        transaction_seq: the place of the first entry that moves its money.
    """
    metered, factor = rating.metered, tariff.outcome_factor[outcome]
    asked = tariff.asked(product(metered, factor)) if rating.lines and factor else MicroYuan(0)
    due = min(asked, hold.accepted)
    amount, waived = (NOTHING, due) if hold.shadow else (due, NOTHING)
    chinese, english = _explain(hold, usage, rating, outcome, factor, asked, due)
    return Charge(
        seq=seq,
        job_id=hold.job_id,
        tenant=hold.tenant,
        project=hold.project,
        quote_id=hold.quote_id,
        tariff=tariff.name,
        tariff_version=tariff.version,
        price_class=hold.price_class,
        outcome=outcome,
        lines=rating.lines,
        metered=metered,
        factor=factor,
        amount=amount,
        held=hold.amount,
        released=MicroYuan(hold.amount - amount),
        usage=tuple(record.seq for record in usage),
        transaction_seq=transaction_seq if hold.amount else 0,
        settled_at=settled_at,
        explanation_zh=chinese,
        explanation_en=english,
        category=hold.category,
        waived=waived,
    )


_ENDS: Mapping[Outcome, tuple[str, str]] = {
    Outcome.USABLE: ("得到可用的成果", "the result is usable"),
    Outcome.NO_USABLE_MODEL: ("未得到可用的模型", "no usable model came of it"),
    Outcome.PROGRAM_ERROR: ("程序出错", "the program failed"),
    Outcome.WRONG_INPUT: ("输入不可用", "the input could not be used"),
    Outcome.OVER_LIMIT: ("超出所申请的时间或内存", "it passed the time or memory asked for"),
    Outcome.STOPPED: ("被租户停止", "the tenant stopped it"),
    Outcome.CENTRE_FAULT: ("中心发生故障", "the centre failed"),
}


def _explain(
    hold: Hold,
    usage: Sequence[UsageRecord],
    rating: Rating,
    outcome: Outcome,
    factor: Decimal,
    asked: MicroYuan,
    due: MicroYuan,
) -> tuple[str, str]:
    seconds, metered = sum(record.wall_s for record in usage if record.billable), rating.metered
    free = sum(not record.billable for record in usage)
    end_zh, end_en = _ENDS[outcome]
    chinese = [f"{end_zh}：运行 {seconds:.1f} 秒，计量价 {shown(metered)}，按 {factor:.0%} 计。"]
    ran = f"It ran {seconds:.1f} s, metered at {shown(metered)}"
    english = [f"{ran}; {factor:.0%} of that is asked because {end_en}."]
    if free:
        chinese.append(f"{free} 次未完成的尝试不收费。")
        english.append(f"Attempts that were lost and cost nothing: {free}.")
    if rating.gap_s:
        chinese.append(f"其中 {rating.gap_s:f} 秒没有读数，不计价。")
        english.append(f"Seconds without a reading, not priced: {rating.gap_s:f}.")
    versions = sorted({line.tariff_version for line in rating.lines})
    if len(versions) > 1:
        numbers = [str(each) for each in versions]
        chinese.append(f"运行期间价目有变，分别按第 {'、'.join(numbers)} 版计价。")
        english.append(
            f"The tariff changed meanwhile; each part is priced by its own version:"
            f" {', '.join(numbers)}."
        )
    if asked > due:
        chinese.append(f"应收 {shown(asked)}，但不超过已接受的 {shown(hold.accepted)}。")
        english.append(
            f"That would be {shown(asked)}, but never more than the accepted"
            f" {shown(hold.accepted)}."
        )
    if hold.shadow:
        chinese.append(f"本中心目前只计量、不收费：免收 {shown(due)}。")
        english.append(f"This centre measures and does not charge yet: {shown(due)} is waived.")
        return "".join(chinese), " ".join(english)
    released = MicroYuan(hold.amount - due)
    chinese.append(f"预扣 {shown(hold.amount)}，收取 {shown(due)}，退回 {shown(released)}。")
    english.append(
        f"Held {shown(hold.amount)}, charged {shown(due)}, given back {shown(released)}."
    )
    return "".join(chinese), " ".join(english)
