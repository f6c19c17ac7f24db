"""`zhisuan console`: a link that opens the web console in a browser, logged in."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.door import Door, Where, opened
from zhisuan.cli.options import Data, Json, Key, Url
from zhisuan.core.errors import CentreError, Unavailable


def console(
    operator: Annotated[
        bool, typer.Option("--operator", help="As the centre's operator, not as a tenant.")
    ] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """A link that opens the web console, logged in; it works once, within ten minutes."""
    if url is None:
        _require_running(data)
    with opened(Where(url, key, data), operator=operator) as door:
        found, expires_at = link(door)
    if as_json:
        screen.show_json({"link": found, "expires_at": expires_at})
        return
    screen.show(screen.escape(found))
    screen.say(f"It works once, until {expires_at[:16]} UTC.")


def link(door: Door) -> tuple[str, str]:
    """An address that logs a browser in as the door's key, and until when it does so.

    The ticket stands behind `#`, which no browser sends to a server or tells another page.
    """
    told = door.post("/v1/session/tickets")
    return f"{door.url}/enter#{told['ticket']}", told["expires_at"]


def show_links(url: str, keys: Mapping[str, str]) -> None:
    """Tell the way into the console for each of these keys, by what each is for.

    Only a terminal is shown a link: what is written into a log lets nobody in. A key that no
    longer holds is no reason for anything else to fail.
    """
    if screen.ERR.is_terminal:
        for whose, key in keys.items():
            door = Door(url, key, local=True)
            with suppress(CentreError):
                screen.say(f"Console, {whose}: [bold]{screen.escape(link(door)[0])}[/]")
            door.close()
        screen.say("A link works once, within ten minutes.")
    screen.say("Another way in: zhisuan console, or zhisuan console --operator")


def _require_running(data: Data) -> None:
    # Imported here: a centre elsewhere needs no settings of one here.
    from zhisuan.local import running_at
    from zhisuan.settings import read_settings

    folder = read_settings(data=data).data
    if running_at(folder) is None:
        raise Unavailable(
            f"The centre of {folder} does not run, so it has no console to open.",
            hint="Start it with: zhisuan up",
        )
