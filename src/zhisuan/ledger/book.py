"""The ledger: quote → hold → charge → release, for whoever holds a transaction.

Every function takes a Connection, so a use case decides what belongs together: take the money
and make the job, end the job and settle it. A job is settled once: a second call returns the
same charge. What was settled wrongly is put right by a refund, never by a change.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Table

from zhisuan.core.clock import Clock, Instant
from zhisuan.core.errors import Conflict, InsufficientBalance, NotFound, QuoteExpired
from zhisuan.core.identifiers import new_id
from zhisuan.core.money import NOTHING, MicroYuan, shown
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
    is_provider,
    provider,
)
from zhisuan.ledger.accounts.accounts import Accounts
from zhisuan.ledger.accounts.business import PREPAID, Billing, Business
from zhisuan.ledger.audit import VerifyReport, audit
from zhisuan.ledger.charge import Charge, Hold, charge
from zhisuan.ledger.checkpoint import Checkpoint, parse, sign
from zhisuan.ledger.demand import Demand
from zhisuan.ledger.preview import Difference, preview
from zhisuan.ledger.pricelist import PriceList
from zhisuan.ledger.quote import Offer, Quote, quote
from zhisuan.ledger.rater import Rater
from zhisuan.ledger.rating import Rating
from zhisuan.ledger.tariff import Outcome, Tariff, TariffBook, Terms
from zhisuan.ledger.usage import UsageRecord
from zhisuan.ledger.voucher.spend import Purses, merged, refunded
from zhisuan.ledger.voucher.tables import CHAIN as VOUCHERS
from zhisuan.ledger.voucher.tables import MOVE


@dataclass(frozen=True, slots=True)
class Settlement:
    """A job that ended.

    Attributes:
        usage: records of its attempts that are not yet in the ledger.
        provider: who gets a share of what it is charged; empty for the centre's own work.
    """

    job_id: str
    usage: Sequence[UsageRecord]
    outcome: Outcome
    provider: str = ""


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a job that still runs costs up to now, if it ended well.

    Attributes:
        at: now.
        rating: what it used, priced; without the energy of the attempt that goes on.
        amount: what would be charged, at most `accepted`.
    """

    at: Instant
    rating: Rating
    amount: MicroYuan
    accepted: MicroYuan


class Ledger:
    """The centre's book.

    Args:
        tariffs: every published version of the price list.
        clock: dates the records.
        business: how accounts are run.
    """

    def __init__(self, tariffs: TariffBook, clock: Clock, business: Business = PREPAID) -> None:
        self.tariffs = PriceList(tariffs, clock)
        self.accounts = Accounts(business, clock)
        self._clock = clock

    @property
    def tariff(self) -> Tariff:
        """The tariff in force now."""
        return self.tariffs.now

    @property
    def zone(self) -> str:
        """Whose calendar months are by: the tariff's time zone."""
        return self.tariff.calendar.zone

    def prepare(self, connection: Connection) -> None:
        """Make the book's first page and keep the text of each tariff; repeating is harmless.

        Raises:
            Conflict: a published tariff was changed under its old version.
            WrongInput: a new tariff takes effect at the instant of a kept one, or in the past.
        """
        records.prepare(connection, CENTRE_ACCOUNTS)
        self.tariffs.prepare(connection)

    def open_account(self, connection: Connection, tenant: str, grant: MicroYuan) -> None:
        """Open a tenant's accounts with a grant of the centre; an open account stays as it is."""
        chains = records.lock(connection)
        if records.balances(connection, [available(tenant)]):
            return
        records.add_accounts(connection, [held(tenant)], floor=0)
        credit = self.accounts.business.credit
        records.add_accounts(connection, [available(tenant)], floor=-credit)
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
        self._pay_in(connection, tenant, amount, DEPOSITS, Movement.DEPOSIT, note)

    def grant(self, connection: Connection, tenant: str, amount: MicroYuan, note: str) -> None:
        """Give a tenant money of the centre; the note says by what award.

        Raises:
            NotFound: the tenant has no account.
            ValueError: the amount is not positive.
        """
        self._pay_in(connection, tenant, amount, GRANTS, Movement.GRANT, note)

    def credit(self, connection: Connection, tenant: str, amount: MicroYuan, note: str) -> None:
        """Credit a tenant for what it was promised and did not get; the note says what.

        Raises:
            NotFound: the tenant has no account.
            ValueError: the amount is not positive.
        """
        self._pay_in(connection, tenant, amount, REFUNDS, Movement.CREDIT, note)

    def of_projects(
        self, connection: Connection, tenant: str
    ) -> Mapping[str, tuple[MicroYuan, MicroYuan]]:
        """By project of a tenant: what is held for its jobs, and what they were charged."""
        return records.of_projects(connection, tenant)

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

    def quote(
        self, low: Demand, high: Demand, terms: Terms, latest: Instant | None = None
    ) -> Quote:
        """The price of work that will need between `low` and `high`; see `quote.quote`."""
        return quote(self.tariffs.book, low, high, terms, self._clock.now(), latest)

    def store_quote(
        self,
        connection: Connection,
        tenant: str,
        quote: Quote,
        subject: Mapping[str, str] | None = None,
    ) -> Offer:
        """Offer a quote to a tenant for as long as its tariff says."""
        now = self._clock.now()
        valid = self.tariffs.book.version(quote.tariff_version).quote_valid
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
            BudgetExhausted: the month's budget cannot; nothing is taken.
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
        tenant, accepted = offer.tenant, offer.quote.high
        shadow = self.accounts.business.billing is Billing.SHADOW
        amount = NOTHING if shadow else accepted
        hold = Hold(
            job_id,
            tenant,
            project,
            offer.quote_id,
            amount,
            offer.quote.tariff_version,
            offer.quote.price_class,
            now,
            offer.quote.category,
            accepted if shadow else NOTHING,
        )
        self.accounts.commit(connection, hold, self.zone)
        if not records.take(connection, available(tenant), amount):
            raise self._insufficient(connection, tenant, amount)
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
        rater = Rater(connection, self.tariffs.refresh(connection), holds.values())
        purses = Purses(connection, {hold.tenant for hold in holds.values()}, self._clock.now())
        gains: Counter[str] = Counter()
        made: dict[str, Charge] = {}
        rests: list[tuple[Hold, MicroYuan]] = []
        for settlement in settlements:
            hold = holds.pop(settlement.job_id, None)
            if hold is None:
                continue
            fresh = [_append_usage(chains, record) for record in settlement.usage]
            used = [*earlier.get(settlement.job_id, ()), *fresh]
            result = charge(
                rater.book.version(hold.tariff_version),
                hold,
                used,
                rater.rate(hold, used),
                settlement.outcome,
                self._clock.now(),
                seq=chains.next_seq("charge"),
                transaction_seq=chains.next_seq("entry"),
            )
            chains.append("charge", result.body())
            moves = merged(purses.moves(result), self._provided(result, settlement.provider))
            gains.update(_append(chains, self._payment(chains, result, moves)))
            rests.append((hold, MicroYuan(hold.accepted - result.amount - result.waived)))
            made[result.job_id] = result
        records.open_missing(connection, (name for name in gains if is_provider(name)))
        records.add(connection, gains)
        self.accounts.free(connection, rests, self.zone)
        records.write(connection, chains)
        rater.keep()
        purses.keep()
        missing = [job for job in jobs if job not in made]
        if missing:
            made |= records.charges_of(connection, missing)
        for job in missing:
            if job not in made:
                raise _unsettled(connection, job)
        return [made[job] for job in jobs]

    def so_far(
        self, connection: Connection, job_id: str, running: Sequence[UsageRecord]
    ) -> SoFar | None:
        """What a job costs up to now; None when nothing is held for it.

        Args:
            connection: of a transaction that reads.
            job_id: a job that has not ended.
            running: its attempt that goes on, as if it ended now; empty when none does.
        """
        return self.so_far_many(connection, {job_id: running}).get(job_id)

    def so_far_many(
        self, connection: Connection, running: Mapping[str, Sequence[UsageRecord]]
    ) -> Mapping[str, SoFar]:
        """What jobs cost up to now, by job, without those for which nothing is held.

        Args:
            connection: of a transaction that reads.
            running: by job, its attempt that goes on, as if it ended now; empty when none does.
        """
        holds = records.open_holds_of(connection, list(running)) if running else {}
        if not holds:
            return {}
        rater = Rater(connection, self.tariffs.refresh(connection), holds.values())
        usage = records.usage(connection, list(holds))
        told: dict[str, SoFar] = {}
        for job_id, hold in holds.items():
            rating = rater.alone(hold, [*usage.get(job_id, ()), *running[job_id]])
            asked = rater.book.version(hold.tariff_version).asked(rating.metered)
            amount = min(asked, hold.accepted) if rating.lines else NOTHING
            told[job_id] = SoFar(self._clock.now(), rating, amount, hold.accepted)
        return told

    def preview(
        self, connection: Connection, proposed: Tariff, since: Instant, until: Instant
    ) -> tuple[Difference, ...]:
        """What another tariff would have made of the usage that began in a span."""
        book = self.tariffs.refresh(connection)
        return preview(book, proposed, records.usage_between(connection, since, until))

    def release(self, connection: Connection, job_id: str) -> MicroYuan:
        """Give back a hold of which nothing was used; what is closed already gives nothing."""
        chains = records.lock(connection)
        hold = records.close_holds(connection, [job_id], self._clock.now()).get(job_id)
        if hold is None:
            return MicroYuan(0)
        moves = {held(hold.tenant): -hold.amount, available(hold.tenant): hold.amount}
        _post(connection, chains, self._entries(chains, moves, Movement.RELEASE, job_id))
        records.write(connection, chains)
        self.accounts.free(connection, [(hold, hold.accepted)], self.zone)
        return hold.amount

    def refund(
        self, connection: Connection, job_id: str, amount: MicroYuan, note: str
    ) -> MicroYuan:
        """Give back part of a charge; the note says why. Returns what is left of the charge.

        A voucher that paid a share of it gets that share of what is given back.

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
        voucher = refunded(connection, made, moved, amount, self._clock.now())
        moves = merged({available(made.tenant): amount, REFUNDS: -amount}, voucher)
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

    def charges_between(
        self, connection: Connection, tenant: str, since: Instant, until: Instant
    ) -> Sequence[Charge]:
        """A tenant's charges settled from an instant up to another, in order."""
        return records.charges_between(connection, tenant, since, until)

    def charged(self, connection: Connection, jobs: Sequence[str]) -> Mapping[str, MicroYuan]:
        """What the jobs were charged that have been, by job."""
        return records.charged(connection, jobs) if jobs else {}

    def charged_since(self, connection: Connection, since: Instant) -> MicroYuan:
        """What all tenants were charged since an instant."""
        return records.charged_since(connection, since)

    def usage_of(self, connection: Connection, job_id: str) -> tuple[UsageRecord, ...]:
        """The job's usage records, in the order of its attempts."""
        return tuple(records.usage(connection, [job_id]).get(job_id, ()))

    def usage_of_many(
        self, connection: Connection, jobs: Sequence[str]
    ) -> Mapping[str, Sequence[UsageRecord]]:
        """The usage records of some jobs, by job, in the order of their attempts."""
        return records.usage(connection, jobs) if jobs else {}

    def usage_since(self, connection: Connection, since: Instant) -> Iterator[UsageRecord]:
        """Every usage record that began at or after an instant."""
        return records.usage_since(connection, since)

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

    def verify(
        self, connection: Connection, key: bytes, others: Mapping[str, Table] | None = None
    ) -> VerifyReport:
        """Walk every chain from its first record and say whether all is as it was written."""
        return audit(connection, key, {VOUCHERS: MOVE, **(others or {})})

    def _pay_in(
        self,
        connection: Connection,
        tenant: str,
        amount: MicroYuan,
        source: str,
        movement: Movement,
        note: str,
    ) -> None:
        if amount <= 0:
            raise ValueError(f"a {movement} of {amount} is none")
        chains = records.lock(connection)
        self.balance(connection, tenant)
        moves = {available(tenant): amount, source: -amount}
        _post(connection, chains, self._entries(chains, moves, movement, note=note))
        records.write(connection, chains)

    def _entries(
        self,
        chains: records.Heads,
        moves: Mapping[str, int],
        movement: Movement,
        job_id: str | None = None,
        note: str = "",
    ) -> tuple[Entry, ...]:
        return entries(chains.next_seq("entry"), moves, movement, self._clock.now(), job_id, note)

    def _provided(self, made: Charge, name: str) -> Mapping[str, int]:
        """The share of a charge that the provider of its algorithm gets, rounded down."""
        share = int(made.amount * self.accounts.business.provider_share) if name else 0
        return {REVENUE: -share, provider(name): share} if share else {}

    def _payment(
        self, chains: records.Heads, made: Charge, others: Mapping[str, int]
    ) -> tuple[Entry, ...]:
        moves = {
            held(made.tenant): -made.held,
            REVENUE: made.amount,
            available(made.tenant): made.released,
        }
        return self._entries(chains, merged(moves, others), Movement.CHARGE, made.job_id)

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
