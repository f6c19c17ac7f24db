"""An invoice as people keep it: a CSV for a spreadsheet, a page to print, in Chinese or English."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from zhisuan.core.clock import format_instant
from zhisuan.core.money import MicroYuan, to_yuan
from zhisuan.ledger.invoicing.invoice import Invoice, Item

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("账单", "Invoice"),
    "statement": ("对账单（未结）", "Statement (month still open)"),
    "number": ("编号", "Number"),
    "tenant": ("租户", "Tenant"),
    "month": ("月份", "Month"),
    "made": ("开具时间", "Made at"),
    "job": ("作业", "Job"),
    "settled": ("结算时间", "Settled at"),
    "charged": ("费用", "Charged"),
    "voucher": ("算力券支付", "Paid by voucher"),
    "waived": ("免收", "Waived"),
    "no_project": ("不属于任何项目", "Outside of projects"),
    "project": ("项目", "Project"),
    "given_back": ("退回", "Given back"),
    "for": ("原因", "For"),
    "exact": ("应付（精确）", "Due, exact"),
    "total": ("应付合计", "Total due"),
    "refund": ("退款", "Refund"),
    "credit": ("可用性补偿", "Credit for availability"),
    "proof": (
        "每个作业的费用都能追溯到用量记录；本页内容的 SHA-256：",
        "Every charge can be followed to its usage records. SHA-256 of what this page says:",
    ),
}
"""What an invoice says, in Chinese and English."""

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def word(name: str, language: str) -> str:
    """One word of an invoice; `zh` or `en`."""
    chinese, english = WORDS[name]
    return chinese if language == "zh" else english


def as_csv(invoice: Invoice) -> str:
    """Every job and adjustment as a line; amounts in the tariff's currency, exact."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ("kind", "job_id", "project", "at", "charged", "voucher", "waived", "given_back", "record")
    )
    for item in invoice.items:
        writer.writerow(
            (
                "charge",
                item.job_id,
                item.project or "",
                format_instant(item.settled_at),
                _amount(item.amount),
                _amount(item.voucher),
                _amount(item.waived),
                "",
                item.charge_seq,
            )
        )
    for each in invoice.adjustments:
        at, amount = format_instant(each.at), _amount(each.amount)
        writer.writerow((each.movement, each.job_id, "", at, "", "", "", amount, each.entry_seq))
    writer.writerow(("total", "", "", "", _amount(invoice.total), "", "", "", invoice.number))
    return out.getvalue()


def as_html(invoice: Invoice, language: str) -> str:
    """A page of its own to print; it asks for nothing from anywhere."""
    say = _Say(language)
    title = say("title") if invoice.number else say("statement")
    facts = [
        *([(say("number"), str(invoice.number))] if invoice.number else []),
        (say("tenant"), f"{invoice.tenant_name} ({invoice.tenant})"),
        (say("month"), f"{invoice.month} ({invoice.zone})"),
        (say("made"), format_instant(invoice.made_at)),
    ]
    sums = "".join(
        f"<tr{' class=sum' if last else ''}><th>{name}</th><td>{_amount(amount)}</td></tr>"
        for name, amount, last in totals(invoice, language)
    )
    return _PAGE.format(
        language="zh-Hans" if language == "zh" else "en",
        title=f"{title} {invoice.month}",
        heading=title,
        facts="".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts),
        projects="".join(_projects(invoice, say)),
        adjustments=_adjustments(invoice, say),
        sums=sums,
        currency=escape(invoice.currency),
        proof=say("proof"),
        digest=invoice.digest,
    )


def totals(invoice: Invoice, language: str) -> Sequence[tuple[str, MicroYuan, bool]]:
    """The sums at the foot of an invoice: name, amount, and whether it is the last word."""
    rows = [("charged", invoice.charged)]
    rows += [("voucher", MicroYuan(-invoice.voucher))] if invoice.voucher else []
    rows += [("given_back", MicroYuan(-invoice.given_back))] if invoice.given_back else []
    rows += [("waived", invoice.waived)] if invoice.waived else []
    rows += [("exact", invoice.exact)]
    named = [(word(name, language), amount, False) for name, amount in rows]
    return [*named, (word("total", language), invoice.total, True)]


def project_name(project: str | None, language: str) -> str:
    """What heads the jobs of a project."""
    if project is None:
        return word("no_project", language)
    return f"{word('project', language)} {project}"


class _Say:
    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, name: str) -> str:
        return escape(word(name, self.language))


def _projects(invoice: Invoice, say: _Say) -> Iterator[str]:
    heads = "".join(
        f"<th>{say(n)}</th>" for n in ("job", "settled", "charged", "voucher", "waived")
    )
    for project, items in invoice.by_project().items():
        rows = "".join(_row(item) for item in items)
        subtotal = MicroYuan(sum(item.amount for item in items))
        yield (
            f"<h2>{escape(project_name(project, say.language))}</h2>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody><tfoot><tr>"
            f"<th colspan=2></th><td>{_amount(subtotal)}</td><td></td><td></td></tr></tfoot>"
            "</table>"
        )


def _row(item: Item) -> str:
    amounts = (item.amount, item.voucher, item.waived)
    cells = "".join(f"<td>{_amount(amount) if amount else ''}</td>" for amount in amounts)
    return f"<tr><th>{item.job_id}</th><th>{format_instant(item.settled_at)}</th>{cells}</tr>"


def _adjustments(invoice: Invoice, say: _Say) -> str:
    if not invoice.adjustments:
        return ""
    rows = "".join(
        f"<tr><th>{say(each.movement)} {each.job_id or ''}</th><th>{format_instant(each.at)}</th>"
        f"<td>{_amount(each.amount)}</td><th>{escape(each.note)}</th></tr>"
        for each in invoice.adjustments
    )
    return f"<h2>{say('given_back')}</h2><table><tbody>{rows}</tbody></table>"


def _amount(amount: MicroYuan) -> str:
    """An exact amount with at least two decimals."""
    whole, _, decimals = f"{to_yuan(amount):f}".partition(".")
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body {{ font: 14px/1.6 system-ui, "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  max-width: 60rem; margin: 3rem auto; padding: 0 1.5rem; color: #1d2430; }}
h1 {{ font-weight: 600; font-size: 1.9rem; margin: 0 0 1rem; }}
h2 {{ font-size: 1.05rem; margin: 2rem 0 .4rem; }}
dl {{ display: grid; grid-template-columns: 9rem 1fr; gap: .15rem 1rem; margin: 0; }}
dt {{ color: #6b7483; }} dd {{ margin: 0; }}
table {{ border-collapse: collapse; width: 100%; font-size: .9rem; }}
th {{ text-align: left; font-weight: 400; }} thead th {{ color: #6b7483; }}
td {{ text-align: right; font-variant-numeric: tabular-nums; }}
tr > * {{ padding: .3rem .5rem; border-bottom: 1px solid #e6e9ee; }}
thead th:nth-child(n+3) {{ text-align: right; }}
tfoot td, .sum > * {{ font-weight: 600; }}
.sums {{ width: 24rem; margin: 2rem 0 0 auto; }} .sum > * {{ border-bottom: 2px solid #1d2430; }}
footer {{ color: #6b7483; font-size: .8rem; margin-top: 3rem; overflow-wrap: anywhere; }}
@media print {{ body {{ margin: 0; max-width: none; }} tr {{ break-inside: avoid; }} }}
</style></head><body>
<h1>{heading}</h1><dl>{facts}</dl>{projects}{adjustments}
<table class="sums"><caption>{currency}</caption><tbody>{sums}</tbody></table>
<footer>{proof}<br><code>{digest}</code></footer>
</body></html>
"""
