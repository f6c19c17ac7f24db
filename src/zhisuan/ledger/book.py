"""The ledger: quote → hold → charge → release, for whoever holds a transaction.

Every function takes a Connection, so a use case decides what belongs together: take the money
and make the job, end the job and settle it. A job is settled once: a second call returns the
same charge. What was settled wrongly is put right by a refund, never by a change.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from zhisuan.core.clock import Clock
from zhisuan.core.errors import Conflict, InsufficientBalance, NotFound, QuoteExpired
from zhisuan.core.identifiers import new_id
from zhisuan.core.money import MicroYuan, shown
from zhisuan.ledger import records
from zhisuan.ledger.account import (
    CENTRE_ACCOUNTS,
    DEPOSITS,
    GRANTS,
    REFUNDS,
    REVENUE,
    Entry,
    Movement,
    available,
    entries,
    held,
)
from zhisuan.ledger.audit import VerifyReport, audit
from zhisuan.ledger.charge import Charge, Hold, charge
from zhisuan.ledger.checkpoint import Checkpoint, parse, sign
from zhisuan.ledger.quote import Offer, Quote
from zhisuan.ledger.tariff import Outcome, Tariff, TariffBook
from zhisuan.ledger.usage import UsageRecord


@dataclass(frozen=True, slots=True)
class Settlement:
    """A job that ended: its usage records not yet in the ledger, and how it ended."""

    job_id: str
    usage: Sequence[UsageRecord]
    outcome: Outcome


class Ledger:
    """The centre's book.

    Args:
        tariffs: every published version of the price list.
        clock: dates the records.
    """

    def __init__(self, tariffs: TariffBook, clock: Clock) -> None:
        self._tariffs = tariffs
        self._clock = clock

    @property
    def tariff(self) -> Tariff:
        """The tariff in force now."""
        return self._tariffs.at(self._clock.now())

    def prepare(self, connection: Connection) -> None:
        """Make the book's first page and keep the text of each tariff; repeating is harmless.

        A tariff kept earlier stays in force for what was quoted by it, also without its file.

        Raises:
            Conflict: a published tariff was changed under its old version.
            WrongInput: a new tariff takes effect at the instant of a kept one.
        """
        records.prepare(connection, CENTRE_ACCOUNTS)
        for tariff in self._tariffs.versions:
            kept = records.add_tariff(connection, tariff.version, tariff.digest, tariff.text)
            if kept != tariff.digest:
                raise Conflict(
                    f"Version {tariff.version} of the tariff was published with other content.",
                    hint="Put the old file back and publish the change under a new version.",
                )
        kept_texts = [text for _, text in records.tariffs(connection).values()]
        self._tariffs = TariffBook(Tariff.from_text(text) for text in kept_texts)

    def open_account(self, connection: Connection, tenant: str, grant: MicroYuan) -> None:
        """Open a tenant's accounts with a grant of the centre; an open account stays as it is."""
        chains = records.lock(connection)
        if records.balances(connection, [available(tenant)]):
            return
        records.add_accounts(connection, (available(tenant), held(tenant)), floor=0)
        _post(
            connection,
            chains,
            self._entries(chains, {available(tenant): grant, GRANTS: -grant}, Movement.GRANT),
        )
        records.write(connection, chains)

    def deposit(
        self, connection: Connection, tenant: str, amount: MicroYuan, note: str = ""
    ) -> None:
        """Enter money a tenant paid in advance; the note says by what paper.

        Raises:
            NotFound: the tenant has no account.
            ValueError: the amount is not positive.
        """
        if amount <= 0:
            raise ValueError(f"a deposit of {amount} is none")
        chains = records.lock(connection)
        self.balance(connection, tenant)
        moves = {available(tenant): amount, DEPOSITS: -amount}
        _post(connection, chains, self._entries(chains, moves, Movement.DEPOSIT, note=note))
        records.write(connection, chains)

    def balance(self, connection: Connection, tenant: str) -> tuple[MicroYuan, MicroYuan]:
        """What a tenant may spend, and what is held for accepted quotes.

        Raises:
            NotFound: the tenant has no account.
        """
        found = records.balances(connection, (available(tenant), held(tenant)))
        if not found:
            raise NotFound(
                f"There is no account of {tenant}.", hint="Use the key of a tenant that has one."
            )
        return found[available(tenant)], found[held(tenant)]

    def store_quote(
        self,
        connection: Connection,
        tenant: str,
        quote: Quote,
        subject: Mapping[str, str] | None = None,
    ) -> Offer:
        """Offer a quote to a tenant for as long as its tariff says."""
        now = self._clock.now()
        valid = self._tariffs.version(quote.tariff_version).quote_valid
        offer = Offer(new_id("quo"), tenant, now, now + valid, quote, subject or {})
        records.add_quote(connection, offer)
        return offer

    def get_quote(self, connection: Connection, tenant: str, quote_id: str) -> Offer:
        """The tenant's quote of this id.

        Raises:
            NotFound: there is none, or it is another tenant's.
        """
        offer = records.quote(connection, tenant, quote_id)
        if offer is None:
            raise NotFound(f"There is no quote {quote_id}.", hint="Ask for a new quote.")
        return offer

    def hold(
        self, connection: Connection, job_id: str, offer: Offer, project: str | None = None
    ) -> Hold:
        """Accept a quote for a job: set its upper end aside.

        Raises:
            QuoteExpired: the offer is too old.
            InsufficientBalance: the account cannot cover it; nothing is taken.
            Conflict: the job has a hold already.
        """
        now = self._clock.now()
        if now > offer.expires_at:
            raise QuoteExpired(
                f"The quote of {shown(offer.quote.high)} expired at "
                f"{offer.expires_at:%Y-%m-%d %H:%M} UTC.",
                hint="Ask for a new quote.",
            )
        chains = records.lock(connection)
        tenant, amount = offer.tenant, offer.quote.high
        if not records.take(connection, available(tenant), amount):
            raise self._insufficient(connection, tenant, amount)
        hold = Hold(
            job_id,
            tenant,
            project,
            offer.quote_id,
            amount,
            offer.quote.tariff_version,
            offer.quote.price_class,
            now,
        )
        records.add_hold(connection, hold)
        moves = {available(tenant): -amount, held(tenant): amount}
        _append(chains, self._entries(chains, moves, Movement.HOLD, job_id))
        records.add(connection, {held(tenant): amount})
        records.write(connection, chains)
        return hold

    def record_usage(self, connection: Connection, usage: Sequence[UsageRecord]) -> None:
        """Append the usage of attempts whose job goes on, such as lost ones.

        Raises:
            Conflict: an attempt has a record already.
        """
        chains = records.lock(connection)
        for record in usage:
            _append_usage(chains, record)
        records.write(connection, chains)

    def settle(
        self,
        connection: Connection,
        job_id: str,
        usage: Sequence[UsageRecord],
        outcome: Outcome,
    ) -> Charge:
        """Charge an ended job and give back the rest of its hold; see `settle_many`."""
        return self.settle_many(connection, [Settlement(job_id, usage, outcome)])[0]

    def settle_many(
        self, connection: Connection, settlements: Sequence[Settlement]
    ) -> list[Charge]:
        """Charge ended jobs, in order; a job settled before keeps the charge it has.

        `usage` holds the attempts not yet recorded; recorded ones are found by job.

        Raises:
            NotFound: nothing was ever held for a job.
            Conflict: a job's hold was released, or an attempt has a record already.
        """
        chains = records.lock(connection)
        jobs = [settlement.job_id for settlement in settlements]
        holds = records.close_holds(connection, jobs, self._clock.now())
        earlier = records.usage(connection, [s.job_id for s in settlements if _goes_on(s.usage)])
        gains: Counter[str] = Counter()
        made: dict[str, Charge] = {}
        for settlement in settlements:
            hold = holds.pop(settlement.job_id, None)
            if hold is None:
                continue
            fresh = [_append_usage(chains, record) for record in settlement.usage]
            used = [*earlier.get(settlement.job_id, ()), *fresh]
            result = charge(
                self._tariffs.version(hold.tariff_version),
                hold,
                used,
                settlement.outcome,
                self._clock.now(),
                seq=chains.next_seq("charge"),
                transaction_seq=chains.next_seq("entry"),
            )
            chains.append("charge", result.body())
            gains.update(_append(chains, self._payment(chains, result)))
            made[result.job_id] = result
        records.add(connection, gains)
        records.write(connection, chains)
        missing = [job for job in jobs if job not in made]
        if missing:
            made |= records.charges_of(connection, missing)
        for job in missing:
            if job not in made:
                raise _unsettled(connection, job)
        return [made[job] for job in jobs]

    def release(self, connection: Connection, job_id: str) -> MicroYuan:
        """Give back a hold of which nothing was used; what is closed already gives nothing."""
        chains = records.lock(connection)
        hold = records.close_holds(connection, [job_id], self._clock.now()).get(job_id)
        if hold is None:
            return MicroYuan(0)
        moves = {held(hold.tenant): -hold.amount, available(hold.tenant): hold.amount}
        _post(connection, chains, self._entries(chains, moves, Movement.RELEASE, job_id))
        records.write(connection, chains)
        return hold.amount

    def refund(
        self, connection: Connection, job_id: str, amount: MicroYuan, note: str
    ) -> MicroYuan:
        """Give back part of a charge; the note says why. Returns what is left of the charge.

        Raises:
            NotFound: the job has no charge.
            Conflict: with earlier refunds it would pass the charge, or it is not positive.
        """
        chains = records.lock(connection)
        made = self.charge_of(connection, job_id)
        if made is None:
            raise NotFound(f"Job {job_id} has no charge.")
        moved = self.entries_of(connection, job_id)
        left = made.amount + sum(entry.amount for entry in moved if entry.account == REFUNDS)
        if not 0 < amount <= left:
            raise Conflict(f"Of this charge {shown(MicroYuan(left))} can be given back.")
        moves = {available(made.tenant): amount, REFUNDS: -amount}
        _post(connection, chains, self._entries(chains, moves, Movement.REFUND, job_id, note))
        records.write(connection, chains)
        return MicroYuan(left - amount)

    def charge_of(self, connection: Connection, job_id: str) -> Charge | None:
        """The job's charge, None before it is settled."""
        return records.charges_of(connection, [job_id]).get(job_id)

    def charges(
        self, connection: Connection, tenant: str, before: int | None = None, limit: int = 50
    ) -> tuple[Charge, ...]:
        """A tenant's charges, newest first; go on with `before` = the last one's seq."""
        return records.charges(connection, tenant, before, limit)

    def usage_of(self, connection: Connection, job_id: str) -> tuple[UsageRecord, ...]:
        """The job's usage records, in the order of its attempts."""
        return tuple(records.usage(connection, [job_id]).get(job_id, ()))

    def entries_of(self, connection: Connection, job_id: str) -> tuple[Entry, ...]:
        """Every movement of money about the job, in order."""
        return records.entries_of(connection, job_id)

    def checkpoint(self, connection: Connection, key: bytes) -> Checkpoint | None:
        """Sign the heads of the chains; None when nothing moved since the last time."""
        heads = records.heads(connection)
        stored = records.checkpoints(connection, last=1)
        previous = parse(*stored[0]) if stored else None
        if previous and previous.heads == heads:
            return None
        signed = sign(key, previous, heads, self._clock.now())
        records.add_checkpoint(connection, signed.number, signed.body, signed.signature)
        return signed

    def verify(self, connection: Connection, key: bytes) -> VerifyReport:
        """Walk every chain from its first record and say whether all is as it was written."""
        return audit(connection, key)

    def _entries(
        self,
        chains: records.Heads,
        moves: Mapping[str, int],
        movement: Movement,
        job_id: str | None = None,
        note: str = "",
    ) -> tuple[Entry, ...]:
        return entries(chains.next_seq("entry"), moves, movement, self._clock.now(), job_id, note)

    def _payment(self, chains: records.Heads, made: Charge) -> tuple[Entry, ...]:
        moves = {
            held(made.tenant): -made.held,
            REVENUE: made.amount,
            available(made.tenant): made.released,
        }
        return self._entries(chains, moves, Movement.CHARGE, made.job_id)

    def _insufficient(
        self, connection: Connection, tenant: str, amount: MicroYuan
    ) -> InsufficientBalance:
        free, kept = self.balance(connection, tenant)
        return InsufficientBalance(
            f"The quote's upper end is {shown(amount)}, but only {shown(free)} is available"
            f" ({shown(kept)} is held for other jobs).",
            hint="Wait for running jobs to be settled, choose less effort, or top up the account.",
        )


def _post(connection: Connection, chains: records.Heads, moved: Iterable[Entry]) -> None:
    records.add(connection, _append(chains, moved))


def _append(chains: records.Heads, moved: Iterable[Entry]) -> Counter[str]:
    """Link entries to their chain; returns what each account gains."""
    gains: Counter[str] = Counter()
    for entry in moved:
        chains.append("entry", entry.body())
        gains[entry.account] += entry.amount
    return gains


def _append_usage(chains: records.Heads, record: UsageRecord) -> UsageRecord:
    placed = replace(record, seq=chains.next_seq("usage"))
    chains.append("usage", placed.body())
    return placed


def _goes_on(usage: Sequence[UsageRecord]) -> bool:
    """Whether earlier attempts may have records of their own."""
    return not usage or min(record.attempt for record in usage) > 1


def _unsettled(connection: Connection, job_id: str) -> NotFound | Conflict:
    if records.has_hold(connection, job_id):
        return Conflict(f"The hold of job {job_id} was released, so there is nothing to settle.")
    return NotFound(f"Nothing was ever held for job {job_id}.")
