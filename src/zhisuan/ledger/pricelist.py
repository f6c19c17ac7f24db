"""The price list of a centre: its published tariffs, kept word for word, and how one is added.

A published version never changes and never takes effect in the past, so what was priced once
comes out the same for ever.
"""

from sqlalchemy import Connection

from zhisuan.core.clock import Clock, format_instant
from zhisuan.core.errors import Conflict, WrongInput
from zhisuan.ledger import records
from zhisuan.ledger.tariff import Tariff, TariffBook


class PriceList:
    """The tariffs of a centre.

    Args:
        book: the versions that came with the centre or lie in its data folder.
        clock: says which are in force.
    """

    def __init__(self, book: TariffBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    @property
    def book(self) -> TariffBook:
        """Every version known when the list was last refreshed."""
        return self._book

    @property
    def now(self) -> Tariff:
        """The tariff in force now."""
        return self._book.at(self._clock.now())

    def prepare(self, connection: Connection) -> None:
        """Keep the text of each tariff; repeating is harmless.

        A tariff kept earlier stays in force for its time, also without its file.

        Raises:
            Conflict: a published tariff was changed under its old version.
            WrongInput: a new tariff takes effect at the instant of a kept one, or in the past.
        """
        kept = records.tariffs(connection)
        for tariff in self._book.versions:
            if tariff.version not in kept:
                if kept:
                    self._must_come(tariff)
                records.add_tariff(connection, tariff.version, tariff.digest, tariff.text)
            elif kept[tariff.version][0] != tariff.digest:
                raise _published(tariff.version)
        self._book = _book(connection)

    def refresh(self, connection: Connection) -> TariffBook:
        """Every version published by now; reads them again only when there is a new one."""
        if records.latest_tariff(connection) != self._book.latest_version:
            self._book = _book(connection)
        return self._book

    def publish(self, connection: Connection, text: str) -> Tariff:
        """Add a version; it is seen by others once the transaction is done.

        Raises:
            WrongInput: the text is no tariff, or it would take effect in the past.
            Conflict: its version is not higher than all others, another takes effect at its
                instant, or it is in another currency.
        """
        tariff = Tariff.from_text(text)
        records.lock(connection)
        book = _book(connection)
        if tariff.version <= book.latest_version:
            raise Conflict(
                f"Version {tariff.version} is not new; the latest is {book.latest_version}.",
                hint=f"Publish it as version {book.latest_version + 1}.",
            )
        if any(each.effective_from == tariff.effective_from for each in book.versions):
            raise Conflict(
                f"Another version takes effect at {format_instant(tariff.effective_from)}.",
                hint="Set another effective_from.",
            )
        currency = book.versions[-1].currency
        if tariff.currency != currency:
            raise Conflict(
                f"Its prices are in {tariff.currency}, the accounts in {currency}.",
                hint=f"Write the prices in {currency}.",
            )
        self._must_come(tariff)
        records.add_tariff(connection, tariff.version, tariff.digest, tariff.text)
        return tariff

    def _must_come(self, tariff: Tariff) -> None:
        now = self._clock.now()
        if tariff.effective_from < now:
            raise WrongInput(
                f"Version {tariff.version} of the tariff would take effect at"
                f" {format_instant(tariff.effective_from)}, in the past.",
                hint=f"It is {format_instant(now)}; set effective_from to an instant to come.",
            )


def _book(connection: Connection) -> TariffBook:
    kept = records.tariffs(connection).values()
    return TariffBook(Tariff.from_text(text) for _, text in kept)


def _published(version: int) -> Conflict:
    return Conflict(
        f"Version {version} of the tariff was published with other content.",
        hint="Put the old file back and publish the change under a new version.",
    )
