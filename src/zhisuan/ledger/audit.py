"""Verification: whether every record of the ledger is what was written, and if not, which.

It walks each chain from its first record, recomputes every link from the stored text, compares
the query columns with that text, the heads with the last records and the checkpoints with the
records they signed, and the kept balances with the sums of their entries.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, RowMapping, Table

from zhisuan.core.chain import GENESIS, link
from zhisuan.ledger import records
from zhisuan.ledger.account import held, is_held
from zhisuan.ledger.checkpoint import Checkpoint, is_genuine, parse
from zhisuan.ledger.tables import CHAINS
from zhisuan.ledger.voucher.check import differences


class FaultKind(StrEnum):
    """What is wrong with a record."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    ADDED = "added"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    UNBALANCED = "unbalanced"


_KIND_ZH: Mapping[FaultKind, str] = {
    FaultKind.CHANGED: "内容被改动",
    FaultKind.MISSING: "缺失",
    FaultKind.REORDERED: "顺序被改动",
    FaultKind.ADDED: "不是账本写入的",
    FaultKind.TRUNCATED: "及其后的记录被截去",
    FaultKind.REWRITTEN: "与已签名的检查点不符",
    FaultKind.UNBALANCED: "金额不平",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written.

    Attributes:
        part: `usage`, `charge`, `entry`, `checkpoint`, `account`, `tariff`, or the name of
            another chain.
        place: the record's number in its part; None for an account.
        name: what the record is about: a job, an account; empty when that is lost.
        detail: what was compared, one phrase.
    """

    part: str
    place: int | None
    name: str
    kind: FaultKind
    detail: str

    def sentence(self, language: str = "en") -> str:
        """The fault for a person; `zh` or `en`."""
        what = f"{self.part} {self.place if self.place is not None else ''}".strip()
        about = f" ({self.name})" if self.name else ""
        if language == "zh":
            return f"记录 {what}{about} {_KIND_ZH[self.kind]}：{self.detail}。"
        return f"Record {what}{about} is {self.kind.value}: {self.detail}."


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The outcome of a verification.

    Attributes:
        records: how many records each chain holds.
        checkpoints: how many signed checkpoints there are.
        faults: the first fault of each part; empty when all is as it was written.
    """

    records: Mapping[str, int]
    checkpoints: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether all is as it was written."""
        return not self.faults


def audit(
    connection: Connection, key: bytes, others: Mapping[str, Table] = MappingProxyType({})
) -> VerifyReport:
    """Verify the whole ledger; `key` is the one its checkpoints were signed with.

    `others` are chains that are not the ledger's own but whose heads stand beside them.
    """
    signed = [parse(*stored) for stored in records.checkpoints(connection)]
    heads = records.heads(connection)
    counts: dict[str, int] = {}
    sums: Counter[str] = Counter()
    found: dict[str, Fault | None] = {"checkpoint": _checkpoint_fault(signed, key)}
    for chain, table in {**CHAINS, **others}.items():
        walk = _Walk(chain, heads.get(chain, (0, GENESIS)), signed)
        found[chain] = walk.fault(records.walk(connection, table), sums)
        counts[chain] = walk.count
    if not found["entry"]:
        found["account"] = _balance_fault(connection, sums)
    found["tariff"] = _tariff_fault(connection)
    found["invoice"] = _invoice_fault(connection)
    if not found.get("voucher"):
        found["voucher"] = _voucher_fault(connection)
    return VerifyReport(counts, len(signed), tuple(fault for fault in found.values() if fault))


class _Walk:
    """One pass over one chain."""

    def __init__(self, chain: str, head: tuple[int, str], signed: list[Checkpoint]) -> None:
        self._chain = chain
        self._head = head
        self._marks = {
            checkpoint.heads[chain][0]: (checkpoint.number, checkpoint.heads[chain][1])
            for checkpoint in signed
            if chain in checkpoint.heads
        }
        self._transaction_seq = 0
        self._open_sum = 0
        self.count = 0

    def fault(
        self, rows: Iterator[tuple[int, RowMapping | None]], sums: Counter[str]
    ) -> Fault | None:
        """The first fault of the chain; adds what entries move to `sums`."""
        previous = GENESIS
        for seq, row in rows:
            fault = self._row_fault(seq, row, previous)
            if fault or row is None:
                return fault
            self.count += 1
            previous = row["hash"]
            if self._chain == "entry":
                if fault := self._entry_fault(row):
                    return fault
                sums[row["account"]] += row["amount"]
        if self._open_sum:
            return self._unbalanced()
        return self._tail_fault(previous)

    def _entry_fault(self, row: RowMapping) -> Fault | None:
        """Whether the transaction before this entry's was left with a rest."""
        if row["transaction_seq"] != self._transaction_seq:
            if self._open_sum:
                return self._unbalanced()
            self._transaction_seq = row["transaction_seq"]
        self._open_sum += row["amount"]
        return None

    def _row_fault(self, seq: int, row: RowMapping | None, previous: str) -> Fault | None:
        expected = self.count + 1
        if seq > expected:
            return self._say(expected, "", FaultKind.MISSING, f"the next record found is {seq}")
        if row is None or not isinstance(row["body"], str):
            return self._say(seq, "", FaultKind.CHANGED, "its text cannot be read")
        return self._text_fault(seq, row, previous) or self._witness_fault(seq, row)

    def _text_fault(self, seq: int, row: RowMapping, previous: str) -> Fault | None:
        """What the record's own text, link and columns say against each other."""
        body, name = _parsed(row["body"]), _about(row)
        said = body.get("seq", seq)
        if seq <= self.count or said != seq:
            return self._say(seq, name, FaultKind.REORDERED, f"its text says it is record {said}")
        if link(previous, row["body"].encode()) != row["hash"]:
            return self._say(seq, name, FaultKind.CHANGED, "its text does not give its link")
        for column in row.keys() - {"body", "hash"}:
            if body.get(column) != row[column]:
                detail = f"column {column} says {row[column]!r}, its text {body.get(column)!r}"
                return self._say(seq, name, FaultKind.CHANGED, detail)
        return None

    def _witness_fault(self, seq: int, row: RowMapping) -> Fault | None:
        """What the checkpoints and the chain's head say against the record."""
        name = _about(row)
        number, signed_link = self._marks.get(seq, (0, row["hash"]))
        if signed_link != row["hash"]:
            detail = f"checkpoint {number} signed another link for it"
            return self._say(seq, name, FaultKind.REWRITTEN, detail)
        if seq > self._head[0]:
            return self._say(seq, name, FaultKind.ADDED, f"the chain's head is {self._head[0]}")
        return None

    def _tail_fault(self, last_link: str) -> Fault | None:
        furthest = max([self._head[0], *self._marks])
        if furthest > self.count:
            detail = f"there were {furthest} records, {self.count} are left"
            return self._say(self.count + 1, "", FaultKind.TRUNCATED, detail)
        if self._head[1] != last_link:
            return self._say(self.count, "", FaultKind.CHANGED, "the chain's head differs")
        return None

    def _unbalanced(self) -> Fault:
        detail = f"the transaction sums to {self._open_sum} micro-yuan, not to zero"
        return self._say(self._transaction_seq, "", FaultKind.UNBALANCED, detail)

    def _say(self, seq: int, name: str, kind: FaultKind, detail: str) -> Fault:
        return Fault(self._chain, seq, name, kind, detail)


def _about(row: RowMapping) -> str:
    """What a record is about: its job, or whatever was changed."""
    return str(row.get("job_id") or row.get("subject") or row.get("voucher_id") or "")


def _parsed(body: str) -> dict[str, Any]:
    try:
        return dict(json.loads(body))
    except (ValueError, TypeError):
        return {}


def _checkpoint_fault(signed: list[Checkpoint], key: bytes) -> Fault | None:
    previous: Checkpoint | None = None
    for place, checkpoint in enumerate(signed, start=1):
        if checkpoint.number != place:
            detail = f"the next one found is {checkpoint.number}"
            return Fault("checkpoint", place, "", FaultKind.MISSING, detail)
        if not is_genuine(key, previous, checkpoint):
            detail = "its signature is not this centre's"
            return Fault("checkpoint", place, "", FaultKind.CHANGED, detail)
        previous = checkpoint
    return None


def _balance_fault(connection: Connection, sums: Counter[str]) -> Fault | None:
    kept = records.all_balances(connection)
    for account in sorted(kept.keys() | sums.keys()):
        if kept.get(account) != sums[account] and (account in kept or sums[account]):
            detail = f"its balance says {kept.get(account)}, its entries {sums[account]}"
            return Fault("account", None, account, FaultKind.UNBALANCED, detail)
    open_holds = {held(tenant): sum_ for tenant, sum_ in records.open_holds(connection).items()}
    for account in sorted(open_holds.keys() | {name for name in kept if is_held(name)}):
        if sums[account] != open_holds.get(account, 0):
            detail = f"open holds come to {open_holds.get(account, 0)}, entries to {sums[account]}"
            return Fault("account", None, account, FaultKind.UNBALANCED, detail)
    return None


def _voucher_fault(connection: Connection) -> Fault | None:
    for name, detail in differences(connection):
        return Fault("voucher", None, name, FaultKind.CHANGED, detail)
    return None


def _tariff_fault(connection: Connection) -> Fault | None:
    for version, (digest, text) in records.tariffs(connection).items():
        if sha256(text.encode()).hexdigest() != digest:
            detail = "its text does not give its digest"
            return Fault("tariff", version, "", FaultKind.CHANGED, detail)
    return None


def _invoice_fault(connection: Connection) -> Fault | None:
    for number, total, digest, body in records.invoices(connection):
        if sha256(body.encode()).hexdigest() != digest:
            detail = "its text does not give its digest"
            return Fault("invoice", number, "", FaultKind.CHANGED, detail)
        if _parsed(body).get("total") != total or _parsed(body).get("number") != number:
            detail = "its columns do not say what its text says"
            return Fault("invoice", number, "", FaultKind.CHANGED, detail)
    return None
