"""`zhisuan explain`: what a number is."""

from typing import Annotated, Any

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Where, opened
from zhisuan.cli.options import Data, Json, Key, Url
from zhisuan.core.errors import NotFound

_PARTS = ("formula", "unit", "source", "quality")


def explain(
    code: Annotated[
        str | None, typer.Argument(help="Such as U2, charge or rmse; all if left away.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """What a number is: definition, formula, unit and source, in Chinese and English."""
    with opened(Where(url, key, data)) as door:
        found = door.get("/v1/definitions")["items"]
    if code is not None:
        found = [each for each in found if _called(each, code)]
        if not found:
            raise NotFound(f"There is no definition of {code!r}.", hint="List all: zhisuan explain")
    if as_json:
        screen.show_json(found)
    elif code is None:
        screen.show_table(
            ("code", "中文", "name", "unit"),
            ((e["code"], e["name_zh"], e["name_en"], e["unit_en"]) for e in found),
            "None.",
        )
    else:
        for each in found:
            _show(each)


def _called(each: dict[str, Any], word: str) -> bool:
    names = (each["code"], *each["also"], each["name_zh"], each["name_en"])
    return word.casefold() in {name.casefold() for name in names}


def _show(each: dict[str, Any]) -> None:
    screen.show(f"[bold]{each['code']}[/]  {each['name_zh']}  {each['name_en']}")
    for language in ("zh", "en"):
        screen.show(screen.escape(each[f"definition_{language}"]))
        for part in _PARTS:
            if said := each[f"{part}_{language}"]:
                screen.show(f"  {_NAMES[language][part]}: {screen.escape(said)}")
    if each["related"]:
        screen.show(f"See also: {', '.join(each['related'])}")


_NAMES = {
    "zh": {"formula": "公式", "unit": "单位", "source": "来源", "quality": "性质"},
    "en": {part: part for part in _PARTS},
}
