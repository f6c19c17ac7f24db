"""A month in which vouchers paid, exported from each kind of database and rated again."""

from datetime import timedelta

from zhisuan import rerate
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.export.export import export
from zhisuan.ledger.invoicing import records
from zhisuan.ledger.invoicing.invoice import invoice, span_of

MONTH, ZONE = "2026-03", "Asia/Shanghai"


def test_what_vouchers_paid_comes_off_the_invoice_again(bureau, tmp_path):
    bureau.bound()
    first, *_ = [bureau.settled(seconds=each) for each in (3600.0, 60.0, 7.77)]
    since, until = span_of(MONTH, ZONE)
    with bureau.database.write() as connection:
        bureau.ledger.refund(connection, first.job_id, MicroYuan(5000), "half a fen")
        made = invoice(
            1,
            ("ten_one", "one"),
            MONTH,
            until,
            bureau.ledger.tariff,
            records.charges(connection, "ten_one", since, until),
            records.given_back(connection, "ten_one", since, until),
        )
        records.add(connection, made)
    assert (made.voucher > 0, made.given_back) == (True, 4000), "a fifth of it is the voucher's"
    path = tmp_path / "month.zip"
    with bureau.database.read() as connection, path.open("wb") as file:
        book = bureau.ledger.tariffs.book
        for block in export(connection, book, MONTH, ZONE, until + timedelta(days=1)):
            file.write(block)
    report = rerate.run(str(path), 1)
    assert (report["differences"], report["tenants"][0]["invoice"]) == ([], 1)
