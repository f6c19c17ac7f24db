"""Puts the report together: one file, no request to anywhere, both languages inside."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from tables.report import sections, verdict
from tables.report.words import both, escape, short

RECEIPT = "<!-- receipt -->"
"""Where the centre puts the receipt once the run is settled."""


def write_report(folder: Path, solution: dict[str, Any]) -> None:
    """Write `report.html`."""
    (folder / "report.html").write_text(page(solution), "utf-8")


def page(solution: dict[str, Any]) -> str:
    """The whole report as HTML."""
    style = (files("tables.report") / "style.css").read_text("utf-8")
    script = (files("tables.report") / "switch.js").read_text("utf-8")
    target = short(solution["target"], 60)
    kind = (
        both("类别预测", "predicting a class")
        if solution["classes"]
        else both("数值预测", "predicting a number")
    )
    asked = f"<p class=lead>{escape(solution['question'])}</p>" if solution["question"] else ""
    found = (sections.columns, sections.failures) if solution["usable"] else ()
    told = (verdict.verdict, verdict.quality, *found, sections.cautions, sections.use)
    parts = [section(solution) for section in (*told, sections.method_notes)]
    receipt = (
        f"<section><h2>{both('凭据', 'Receipt')}</h2>"
        f'<p class="hint">{both(*_SETTLED)}</p>{RECEIPT}</section>'
    )
    return f"""<!DOCTYPE html>
<html lang="zh" data-lang="zh">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{target} · 智算报告 Report</title><style>{style}</style></head>
<body><main>
<header><span class="mark">智算 {both("成果报告", "result report")}</span>
<span class="switch"><button data-set="zh">中文</button>
<button data-set="en">English</button></span>
</header>
<h1>{both(f"预测“{target}”", f"Predicting “{target}”")}</h1>
<p class="lead">{kind}</p>{asked}
{"".join(parts)}
{receipt}
</main><script>{script}</script></body></html>
"""


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_SETTLED = (
    "费用、电能与碳排放在结算后写在这里，也在 receipt.json 里。",
    "Charge, energy and carbon are written here after settlement, and in receipt.json.",
)
