"""Invoices that were issued."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from zhisuan.ledger.tables import INVOICE


def invoices(connection: Connection) -> Iterator[tuple[int, int, str, str]]:
    """Number, total, digest and text of every invoice, in order."""
    query = select(INVOICE.c.number, INVOICE.c.total, INVOICE.c.digest, INVOICE.c.body)
    for row in connection.execute(query.order_by(INVOICE.c.number)):
        yield row.number, row.total, row.digest, row.body
