"""What an application comes to under a programme: an amount with how it came about, or refusals.

Pure: the programme, the application and what the centre knows of earlier ones go in. Every rule
has a stable code and a sentence in Chinese and English; all refusals are told at once, so that
an applicant corrects them in one go.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from zhisuan.core.money import MicroYuan, shown
from zhisuan.ledger.voucher.application import (
    Applicant,
    Application,
    Contract,
    Document,
    DocumentKind,
)
from zhisuan.ledger.voucher.programme import ApplicantRules, ContractRules, Dates, Programme


class Rule(StrEnum):
    """What can stand in the way, or bring an amount down."""

    APPLY_WINDOW = "apply_window"
    SIGNED_TOO_EARLY = "signed_too_early"
    CONTRACT_DATES = "contract_dates"
    CONTRACT_TERM = "contract_term"
    RELATED_PARTY = "related_party"
    CONTRACT_ONCE = "contract_once"
    PAID_CONTRACT = "paid_contract"
    OTHER_SUBSIDY = "other_subsidy"
    SUPPLIER_LISTED = "supplier_listed"
    PLATFORM_ORDER = "platform_order"
    APPLICANT_REGION = "applicant_region"
    APPLICANT_INDUSTRY = "applicant_industry"
    APPLICANT_KIND = "applicant_kind"
    BAD_RECORD = "bad_record"
    EVIDENCE_MISSING = "evidence_missing"
    NOTHING_IN_SCOPE = "nothing_in_scope"
    NO_RATIO = "no_ratio"
    CONTRACT_CAP = "contract_cap"
    FIRM_YEAR_CAP = "firm_year_cap"
    BUDGET_CAP = "budget_cap"
    REDEEM_WINDOW = "redeem_window"
    FIRM_YEAR_REDEEM_CAP = "firm_year_redeem_cap"
    INVOICE_SHORT = "invoice_short"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule that is not met, in a sentence of each language."""

    rule: Rule
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to the amount: `base`, `ratio`, or the cap that bit; micro-yuan."""

    name: str
    amount: MicroYuan
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the centre knows besides the application.

    Attributes:
        today: the issuer's day.
        contract_taken: the contract has a voucher of this programme, or an application for one.
        contract_elsewhere: it has one of another programme.
        firm_year: what the firm was given this calendar year, less what it gave back.
        budget_left: what the programme can still set aside.
    """

    today: date
    contract_taken: bool
    contract_elsewhere: bool
    firm_year: MicroYuan
    budget_left: MicroYuan


@dataclass(frozen=True, slots=True)
class Assessment:
    """The outcome; `amount` is zero when there are refusals."""

    base: MicroYuan
    ratio: Decimal | None
    amount: MicroYuan
    steps: tuple[Step, ...]
    refusals: tuple[Refusal, ...]

    @property
    def eligible(self) -> bool:
        """Whether a voucher may be issued."""
        return not self.refusals


def assess(programme: Programme, application: Application, standing: Standing) -> Assessment:
    """What the application comes to."""
    contract = application.contract
    scope = [item for item in contract.items if item.kind in programme.scope.items]
    base = MicroYuan(sum(item.amount_yuan for item in scope))
    ratio = programme.ratio_for(contract.supply)
    refusals = [
        *_window(programme.dates, contract, standing.today),
        *_contract(programme.contract, contract),
        *_once(programme.contract, application, standing),
        *_applicant(programme.applicant, application.applicant, standing.today),
        *missing(programme.evidence.apply, application.documents),
    ]
    if not base:
        refusals.append(
            _refusal(
                Rule.NOTHING_IN_SCOPE,
                "合同中没有本券支持的费用项",
                "nothing in the contract is of a kind that this voucher pays for",
            )
        )
    if ratio is None:
        refusals.append(
            _refusal(
                Rule.NO_RATIO, "该类算力没有支持比例", "there is no ratio for this kind of supply"
            )
        )
    if refusals or ratio is None:
        return Assessment(base, ratio, MicroYuan(0), (), tuple(refusals))
    steps = list(_steps(programme, base, ratio, standing))
    last = steps[-1]
    spent = () if last.amount else (Refusal(Rule(last.name), f"{last.zh}。", f"{last.en}."),)
    return Assessment(base, ratio, last.amount, tuple(steps), spent)


def assess_redemption(
    programme: Programme,
    documents: Sequence[Document],
    amount: MicroYuan,
    billed: MicroYuan,
    firm_year_redeemed: MicroYuan,
    today: date,
) -> tuple[Refusal, ...]:
    """What stands in the way of paying a voucher out.

    Args:
        programme: whose rules hold.
        documents: invoices and delivery records.
        amount: what the voucher paid of the jobs.
        billed: the jobs' charges, own share included.
        firm_year_redeemed: what the firm was paid or has asked for this calendar year.
        today: the issuer's day.
    """
    refusals = list(missing(programme.evidence.redeem, documents))
    last = programme.dates.redeem_to
    if last is not None and today > last:
        refusals.append(
            _refusal(Rule.REDEEM_WINDOW, f"兑付截止于 {last}", f"redeeming ended on {last}")
        )
    cap = programme.caps.firm_year_redeem_yuan
    if cap is not None and firm_year_redeemed + amount > cap:
        left = shown(MicroYuan(max(0, cap - firm_year_redeemed)))
        refusals.append(
            _refusal(
                Rule.FIRM_YEAR_REDEEM_CAP,
                f"该企业本年度还可兑付 {left}，申请 {shown(amount)}",
                f"the firm may redeem {left} more this calendar year and asks for {shown(amount)}",
            )
        )
    invoiced = sum(
        document.amount_yuan or 0 for document in documents if document.kind is DocumentKind.INVOICE
    )
    if DocumentKind.INVOICE in programme.evidence.redeem and invoiced < billed:
        told = shown(MicroYuan(invoiced))
        refusals.append(
            _refusal(
                Rule.INVOICE_SHORT,
                f"发票合计 {told}，少于费用 {shown(billed)}",
                f"the invoices come to {told}, less than the charges of {shown(billed)}",
            )
        )
    return tuple(refusals)


def missing(asked: Iterable[DocumentKind], given: Sequence[Document]) -> Iterator[Refusal]:
    """A refusal for each kind of paper that is asked for and not there."""
    kinds = {document.kind for document in given}
    for kind in asked:
        if kind not in kinds:
            yield _refusal(
                Rule.EVIDENCE_MISSING,
                f"缺少材料：{_PAPERS[kind]}",
                f"a paper is missing: {kind.value}",
            )


def last_day(first: date, months: int) -> date:
    """The day so many months after another; the month's last where it has no such day."""
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


_PAPERS = {
    DocumentKind.CONTRACT: "合同",
    DocumentKind.PAYMENT: "付款凭证",
    DocumentKind.INVOICE: "发票",
    DocumentKind.DELIVERY: "交付凭证",
    DocumentKind.REGISTRATION: "注册登记证明",
}


def _refusal(rule: Rule, chinese: str, english: str) -> Refusal:
    return Refusal(rule, f"{chinese}。", f"{english[0].upper()}{english[1:]}.")


def _window(dates: Dates, contract: Contract, today: date) -> Iterator[Refusal]:
    first, last = dates.apply_from, dates.apply_to
    if (first is not None and today < first) or (last is not None and today > last):
        span = f"{first or '…'} – {last or '…'}"
        yield _refusal(
            Rule.APPLY_WINDOW,
            f"申领期为 {span}，今天是 {today}",
            f"applications are taken {span}; today is {today}",
        )
    signed_from = dates.contract_signed_from
    if signed_from is not None and contract.signed_on < signed_from:
        yield _refusal(
            Rule.SIGNED_TOO_EARLY,
            f"合同签订于 {contract.signed_on}，须在 {signed_from} 及以后",
            f"the contract was signed on {contract.signed_on}, before {signed_from}",
        )
    if contract.ends_on < contract.starts_on or contract.signed_on > today:
        yield _refusal(
            Rule.CONTRACT_DATES,
            "合同日期有误：尚未签订，或结束早于开始",
            "the contract's dates are wrong: it is not signed yet, or ends before it starts",
        )


def _contract(rules: ContractRules, contract: Contract) -> Iterator[Refusal]:
    months = rules.longest_months
    if months is not None and contract.ends_on > last_day(contract.starts_on, months):
        yield _refusal(
            Rule.CONTRACT_TERM,
            f"合同期 {contract.starts_on} 至 {contract.ends_on} 超过 {months} 个月",
            f"the term {contract.starts_on} to {contract.ends_on} is longer than {months} months",
        )
    if contract.related and not rules.related_allowed:
        yield _refusal(
            Rule.RELATED_PARTY,
            "供给方与申请方有关联关系",
            "the supplier is a related party of the applicant",
        )
    if rules.paid_required and contract.paid_on is None:
        yield _refusal(
            Rule.PAID_CONTRACT,
            "合同费用尚未实际支付",
            "the contract is signed but its fee is not paid",
        )
    if rules.supplier_listed_required and not contract.supplier_listed:
        yield _refusal(
            Rule.SUPPLIER_LISTED,
            "供给方不在发券机构认可的名单内",
            "the supplier is not one that the issuer has admitted",
        )
    if rules.platform_order_required and not contract.ordered_on_platform:
        yield _refusal(
            Rule.PLATFORM_ORDER,
            "未在发券机构指定的平台订购",
            "the computing was not ordered on the issuer's platform",
        )


def _once(rules: ContractRules, application: Application, standing: Standing) -> Iterator[Refusal]:
    if rules.once and standing.contract_taken:
        yield _refusal(
            Rule.CONTRACT_ONCE,
            f"合同 {application.contract.number} 已申领过，同一合同只能申领一次",
            f"contract {application.contract.number} was applied for before; once is the most",
        )
    if rules.other_subsidy_allowed:
        return
    if application.other_subsidy or standing.contract_elsewhere:
        yield _refusal(
            Rule.OTHER_SUBSIDY,
            "该合同已获得其他财政资金的算力补贴",
            "the contract has another public subsidy for computing",
        )


def _applicant(rules: ApplicantRules, who: Applicant, today: date) -> Iterator[Refusal]:
    if rules.regions and who.region not in rules.regions:
        names = "、".join(rules.regions)
        yield _refusal(
            Rule.APPLICANT_REGION,
            f"申请方注册于 {who.region}，须注册于 {names}",
            f"the applicant is registered in {who.region}; {names} is asked for",
        )
    if rules.industries and who.industry not in rules.industries:
        names = "、".join(rules.industries)
        yield _refusal(
            Rule.APPLICANT_INDUSTRY,
            f"申请方行业为 {who.industry}，支持 {names}",
            f"the applicant's industry is {who.industry}; {names} are supported",
        )
    if rules.kinds and who.kind not in rules.kinds:
        yield _refusal(
            Rule.APPLICANT_KIND,
            "申请方的主体类型不在支持范围内",
            f"an applicant of the kind {who.kind.value} is not supported",
        )
    years, record = rules.clean_years, who.bad_record_on
    if years is not None and record is not None and last_day(record, 12 * years) > today:
        yield _refusal(
            Rule.BAD_RECORD,
            f"近 {years} 年内有失信记录（{record}）",
            f"there is a record of dishonesty within {years} years, of {record}",
        )


def _steps(
    programme: Programme, base: MicroYuan, ratio: Decimal, standing: Standing
) -> Iterator[Step]:
    """Base, ratio, then each cap that is below what came before it."""
    yield Step("base", base, f"支持范围内的合同额 {shown(base)}", f"in scope: {shown(base)}")
    amount = share(base, ratio)
    told = f"{ratio.normalize() * 100:f}".rstrip("0").rstrip(".") if ratio % 1 else "100"
    yield Step(
        "ratio", amount, f"按 {told}% 计 {shown(amount)}", f"{told} % of it: {shown(amount)}"
    )
    caps, year = programme.caps, standing.today.year
    given = shown(standing.firm_year)
    limits = [
        (Rule.CONTRACT_CAP, caps.contract_yuan, "单份合同上限", "the cap for one contract"),
        (
            Rule.FIRM_YEAR_CAP,
            None
            if caps.firm_year_yuan is None
            else max(0, caps.firm_year_yuan - standing.firm_year),
            f"企业 {year} 年度已申领 {given}，余额",
            f"the firm was given {given} in {year}; left of its yearly cap",
        ),
        (Rule.BUDGET_CAP, standing.budget_left, "计划预算余额", "left of the programme's budget"),
    ]
    for rule, limit, chinese, english in limits:
        if limit is not None and limit < amount:
            amount = MicroYuan(limit)
            text = shown(amount)
            yield Step(rule.value, amount, f"{chinese} {text}", f"{english}: {text}")


def share(base: MicroYuan, ratio: Decimal) -> MicroYuan:
    """The ratio's part of an amount; what is finer than a micro-yuan is dropped."""
    return MicroYuan(int((base * ratio).to_integral_value(ROUND_DOWN)))
