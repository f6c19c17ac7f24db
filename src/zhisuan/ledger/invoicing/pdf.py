"""An invoice as a PDF, in Chinese or English.

Chinese is set in STSong-Light, one of the fonts that every PDF reader brings along (Adobe's
predefined CJK fonts, ISO 32000-1, 9.7.5), so that none has to be shipped.
"""

import io
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from zhisuan.core.money import to_yuan
from zhisuan.ledger.invoicing.document import project_name, totals, word
from zhisuan.ledger.invoicing.invoice import Invoice

_FONT = "STSong-Light"
_GREY = colors.HexColor("#6b7483")
_LINE = colors.HexColor("#e6e9ee")


def as_pdf(invoice: Invoice, language: str) -> bytes:
    """The invoice on A4 pages; the same invoice gives the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))  # pyright: ignore[reportUnknownMemberType]
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        margins=20 * mm,
        title=f"{word('title', language)} {invoice.number}",
        author="zhisuan",
        invariant=1,
    )
    document.build(list(_story(invoice, language)))
    return out.getvalue()


def _story(invoice: Invoice, language: str) -> Iterator[Flowable]:
    body = ParagraphStyle("body", fontName=_FONT, fontSize=9, leading=14, wordWrap="CJK")
    head = ParagraphStyle("head", parent=body, fontSize=20, leading=28)
    part = ParagraphStyle("part", parent=body, fontSize=11, spaceBefore=12, spaceAfter=4)
    small = ParagraphStyle("small", parent=body, fontSize=7, textColor=_GREY, spaceBefore=20)
    yield Paragraph(word("title" if invoice.number else "statement", language), head)
    for name, value in (
        ("number", str(invoice.number or "–")),
        ("tenant", f"{invoice.tenant_name} ({invoice.tenant})"),
        ("month", f"{invoice.month} ({invoice.zone})"),
        ("made", f"{invoice.made_at:%Y-%m-%d %H:%M} UTC"),
    ):
        yield Paragraph(f"{word(name, language)}: {escape(value)}", body)
    columns = ("job", "settled", "charged", "voucher", "waived")
    for project, items in invoice.by_project().items():
        yield Paragraph(escape(project_name(project, language)), part)
        yield _table(
            [
                [word(name, language) for name in columns],
                *(
                    [
                        item.job_id,
                        f"{item.settled_at:%Y-%m-%d %H:%M}",
                        *(f"{to_yuan(each):f}" if each else "" for each in item_amounts),
                    ]
                    for item in items
                    for item_amounts in [(item.amount, item.voucher, item.waived)]
                ),
            ],
            [70 * mm, 32 * mm, 23 * mm, 23 * mm, 23 * mm],
        )
    if invoice.adjustments:
        yield Paragraph(word("given_back", language), part)
        yield _table(
            [
                [word(name, language) for name in ("given_back", "made", "charged", "for")],
                *(
                    [
                        word(each.movement, language),
                        f"{each.at:%Y-%m-%d %H:%M}",
                        f"{to_yuan(each.amount):f}",
                        Paragraph(escape(each.note), body),
                    ]
                    for each in invoice.adjustments
                ),
            ],
            [30 * mm, 32 * mm, 25 * mm, 84 * mm],
        )
    yield Spacer(1, 8 * mm)
    sums = [
        [f"{name} ({invoice.currency})", f"{to_yuan(amount):f}"]
        for name, amount, _ in totals(invoice, language)
    ]
    yield _table(sums, [50 * mm, 30 * mm], headed=False)
    yield Paragraph(f"{word('proof', language)} {invoice.digest}", small)


def _table(rows: Sequence[list[Any]], widths: Sequence[float], *, headed: bool = True) -> Table:
    made = Table(rows, colWidths=list(widths), repeatRows=int(headed), hAlign="LEFT")
    made.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), _FONT, 8),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
                *([("TEXTCOLOR", (0, 0), (-1, 0), _GREY)] if headed else []),
            ]
        )
    )
    return made
