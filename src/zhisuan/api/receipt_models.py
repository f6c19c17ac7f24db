"""What the API says of a receipt and of the way of a job's money.

Both are composed elsewhere from records alone and passed on word for word: these are their shapes.
Keys that a record does not have yet are left out, so nothing has to be filled in here. Money and
quantities are decimal text, exact.
"""

from typing import Annotated, Any

from pydantic import BaseModel, WithJsonSchema

from zhisuan.core.quantities import Quality
from zhisuan.core.task import TaskKind

_MAYBE_NUMBER = {"anyOf": [{"type": "number"}, {"type": "null"}]}
_MAYBE_TEXT = {"anyOf": [{"type": "string"}, {"type": "null"}]}
_MAYBE_TRUTH = {"anyOf": [{"type": "boolean"}, {"type": "null"}]}

Number = Annotated[Any, WithJsonSchema(_MAYBE_NUMBER)]
Text = Annotated[Any, WithJsonSchema(_MAYBE_TEXT)]
Truth = Annotated[Any, WithJsonSchema(_MAYBE_TRUTH)]
"""What an algorithm said of itself, which the centre passes on and does not check."""

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant as the record has it, to the letter."""


class ReceiptQuestionOut(BaseModel):
    """What was asked."""

    target: str
    kind: TaskKind


class ReceiptDatasetOut(BaseModel):
    """Of which bytes: the hash is that of the file as it was brought."""

    dataset_id: str
    name: str
    version: int
    sha256: str


class ReceiptResultOut(BaseModel):
    """How good the answer is, on rows never learned from."""

    task_id: str
    question: ReceiptQuestionOut
    dataset: ReceiptDatasetOut
    metric: Text
    score: Number
    baseline_score: Number
    usable: Truth
    model: Text
    holdout_rows: Number


class ReceiptAlgorithmOut(BaseModel):
    """What answered it."""

    name: str
    version: str
    digest: str | None
    """Null if the catalogue has another version by now."""
    licence: str


class ReceiptDeviceOut(BaseModel):
    """A device or a share of one, 1000 = all of it."""

    name: str
    kind: str
    milli: int
    simulated: bool


class ReceiptAttemptOut(BaseModel):
    """One attempt: what was granted from when to when, and what of it was used."""

    usage_seq: int
    attempt: int
    node: str
    devices: list[ReceiptDeviceOut]
    cores: float
    memory_mb: int
    started_at: Moment
    ended_at: Moment
    wall_s: float
    cpu_s: float
    device_seconds: float
    peak_memory_mb: float | None
    gap_s: float
    billable: bool
    quality: Quality


class ReceiptComputeOut(BaseModel):
    """Where and how long; sums are over all attempts."""

    submitted_at: Moment
    attempts: list[ReceiptAttemptOut]
    wall_s: float
    cpu_s: float
    device_seconds: float


class ReceiptFactorOut(BaseModel):
    """What a kilowatt-hour of the grid emits."""

    region: str
    name_zh: str
    name_en: str
    g_per_kwh: float
    year: int
    source: str
    quality: Quality


class ReceiptEnergyOut(BaseModel):
    """The work's share of the energy, and its carbon."""

    energy_wh: float
    energy_low_wh: float
    energy_high_wh: float
    energy_quality: Quality
    facility_energy_wh: float
    pue: float
    pue_quality: Quality | None
    carbon_g: float
    carbon_quality: Quality
    factor: ReceiptFactorOut
    explanation_zh: list[str]
    explanation_en: list[str]


class ReceiptQuoteOut(BaseModel):
    """The accepted offer; its high end was held."""

    quote_id: str
    low_yuan: str
    high_yuan: str


class ReceiptVoucherOut(BaseModel):
    """The voucher that paid a part."""

    voucher_id: str
    yuan: str


class ReceiptLineOut(BaseModel):
    """One item of the metered price."""

    item: str
    title_zh: str
    title_en: str
    quantity: str
    unit: str
    price_yuan: str
    price_unit: str
    amount_yuan: str
    charged: bool
    """False for what the other prices contain."""
    tariff_version: int
    period: str
    factors: list[str]


class ReceiptEntryOut(BaseModel):
    """A double entry that moved the money."""

    seq: int
    account: str
    movement: str
    yuan: str


class ReceiptMoneyOut(BaseModel):
    """What it cost, why, and who paid."""

    quote: ReceiptQuoteOut
    tariff: str
    charge_yuan: str | None
    """Null until it is settled, and then the keys from `charge_seq` to the explanations are left
    out."""
    lines: list[ReceiptLineOut]
    own_yuan: str | None
    voucher: ReceiptVoucherOut | None
    entries: list[ReceiptEntryOut]
    charge_seq: int = 0
    outcome: str = ""
    factor: str = ""
    released_yuan: str = ""
    usage_seq: list[int] = []
    explanation_zh: str = ""
    explanation_en: str = ""


class ReceiptOut(BaseModel):
    """The receipt: result, algorithm, compute, energy and carbon, money."""

    solution_id: str = ""
    """Left out of a job's own receipt."""
    job_id: str
    tenant: str
    state: str
    reason: str | None
    result: ReceiptResultOut | None
    algorithm: ReceiptAlgorithmOut
    compute: ReceiptComputeOut
    energy: ReceiptEnergyOut | None
    money: ReceiptMoneyOut | None


class MoneyLineOut(ReceiptLineOut):
    """A line of the charge, and where the tariff's file has its price."""

    price: int
    """Micro-yuan."""
    per: int
    amount: int
    """Micro-yuan."""
    tariff_file_line: int
    """From 1; 0 where the file has the price in a way of its own."""
    tariff_file_text: str


class MoneyUsageOut(BaseModel):
    """A usage record, as its hash binds it."""

    seq: int
    job_id: str
    attempt: int
    tenant: str
    project: str | None
    node: str
    devices: list[ReceiptDeviceOut]
    cpu_milli: int
    memory_mb: int
    device_milli: int
    started_at: Moment
    ended_at: Moment
    wall_s: float
    cpu_s: float
    device_seconds: float
    peak_memory_mb: float | None
    energy_wh: float
    energy_quality: Quality
    algorithm: str
    tariff_version: int
    price_class: str
    reason: str
    billable: bool
    gap_s: float
    counted: dict[str, str]
    hash: str


class MoneyChargeOut(BaseModel):
    """What was asked for it in the end."""

    seq: int
    hash: str
    metered_yuan: str
    outcome: str
    factor: str
    held_yuan: str
    amount_yuan: str
    waived_yuan: str
    usage_seq: list[int]
    transaction_seq: int
    explanation_zh: str
    explanation_en: str


class MoneyEntryOut(BaseModel):
    """An entry of the book, as its hash binds it."""

    seq: int
    transaction_seq: int
    account: str
    amount: int
    """Micro-yuan."""
    movement: str
    at: Moment
    job_id: str | None
    note: str
    yuan: str
    hash: str


class MoneyInvoiceOut(BaseModel):
    """The invoice that the work stands on; its month alone while that is open."""

    month: str
    number: str | None
    item: int | None
    total_yuan: str | None
    digest: str | None


class MoneyOut(BaseModel):
    """The way of a job's money: lines, usage records, tariff, charge, entries, invoice."""

    job_id: str
    lines: list[MoneyLineOut]
    usage: list[MoneyUsageOut]
    charge: MoneyChargeOut
    entries: list[MoneyEntryOut]
    paid_sum_micro_yuan: int
    """Of the entries that settled it; anything but 0 is a fault."""
    invoice: MoneyInvoiceOut
