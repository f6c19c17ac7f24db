"""`zhisuan up`: open the centre and answer until Ctrl-C."""

from typing import Annotated

import typer

from zhisuan.access.keyring import Keyring
from zhisuan.cli import screen
from zhisuan.cli.console import show_links
from zhisuan.cli.options import Data
from zhisuan.core.errors import CentreBusy


def up(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to answer on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to answer on; 0 is any free one.")] = None,
) -> None:
    """Start the centre and serve until Ctrl-C."""
    # Imported here: the whole centre, which no other command needs at once.
    from zhisuan.local import running_at
    from zhisuan.serving import serve
    from zhisuan.settings import read_settings

    settings = read_settings(data=data, host=host, port=port)
    running = running_at(settings.data)
    if running is not None:
        raise CentreBusy(
            f"The centre of {settings.data} runs already: it answers at {running}.",
            hint="Use that one, or end it first.",
        )

    def ready(url: str) -> None:
        screen.say(f"The centre answers at [bold]{url}[/]  (Ctrl-C ends it)")
        key = Keyring(settings.data).read("operator")
        if key is not None:
            show_links(url, {"operator": key})

    serve(settings, ready)
    screen.say("The centre has ended; jobs that run go on and are taken up at the next start.")
