"""Tariffs: the operator publishes a price list, and sees before what it would have changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.tenant import Caller
from zhisuan.core.clock import Instant, format_instant
from zhisuan.ledger.preview import Difference
from zhisuan.ledger.tariff import Tariff
from zhisuan.services.centre import Centre

_LONGEST_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a proposed tariff would have made of one month.

    Attributes:
        since, until: the month in the proposed tariff's zone.
        differences: by tenant and item.
    """

    since: Instant
    until: Instant
    differences: Sequence[Difference]


def publish(centre: Centre, connection: Connection, who: Caller, text: str) -> Tariff:
    """Publish a tariff. Refresh the ledger's list after the commit.

    Raises:
        WrongInput: the text is no tariff, or it would take effect in the past.
        Conflict: its version or instant is taken, or it is in another currency.
    """
    tariff = centre.ledger.tariffs.publish(connection, text)
    facts = {
        "name": tariff.name,
        "effective_from": format_instant(tariff.effective_from),
        "digest": tariff.digest,
    }
    now = centre.clock.now()
    access.audit(connection, who, "tariff.publish", str(tariff.version), facts, now)
    return tariff


def preview(centre: Centre, connection: Connection, text: str, year: int, month: int) -> Preview:
    """What a tariff would have made of the usage that began in a month; nothing is changed.

    Raises:
        WrongInput: the text is no tariff.
    """
    proposed = Tariff.from_text(text)
    since = datetime(year, month, 1, tzinfo=ZoneInfo(proposed.calendar.zone))
    until = (since + _LONGEST_MONTH).replace(day=1)
    differences = centre.ledger.preview(connection, proposed, since, until)
    return Preview(since, until, differences)
