"""`zhisuan catalogue`: what can be had here, on three shelves."""

from typing import Any

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url


def catalogue(url: Url = None, key: Key = None, data: Data = None, as_json: Json = False) -> None:
    """What can be had here: compute, data, algorithms, with prices and terms."""
    with opened(Where(url, key, data)) as door:
        found = door.get("/v1/catalogue")
    if as_json:
        screen.show_json(found)
        return
    for shelf, items in found.items():
        screen.show_table(
            (shelf, "what", "price", "for", "now"),
            (
                (
                    each["item"],
                    each["title_en"] + (" (simulated)" if each["simulated"] else ""),
                    "; ".join(_price(price) for price in each["prices"]),
                    each["prices"][0]["unit_en"] if each["prices"] else "",
                    each["availability_en"],
                )
                for each in items
            ),
            f"Nothing on the shelf {shelf}.",
        )


def _price(price: dict[str, Any]) -> str:
    low, high = f"{float(price['low_yuan']):g}", f"{float(price['high_yuan']):g}"
    amount = f"¥{high}" if low == high else f"¥{low}–{high}"
    return f"{price['of']} {amount}".strip()
