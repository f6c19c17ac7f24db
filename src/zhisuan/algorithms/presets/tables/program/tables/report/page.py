"""Puts the report together."""

from pathlib import Path
from typing import Any


def write_report(folder: Path, solution: dict[str, Any]) -> None:
    """Write `report.html`."""
    (folder / "report.html").write_text(f"<!-- receipt -->{solution['score']}", "utf-8")
