"""`zhisuan up`: open the centre and answer until Ctrl-C."""

from typing import Annotated

import typer

from zhisuan.cli import screen
from zhisuan.cli.options import Data


def up(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to answer on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to answer on; 0 is any free one.")] = None,
) -> None:
    """Start the centre and serve until Ctrl-C."""
    # Imported here: the whole centre, which no other command needs at once.
    from zhisuan.app import serve
    from zhisuan.settings import read_settings

    settings = read_settings(data=data, host=host, port=port)
    serve(
        settings,
        ready=lambda url: screen.say(f"The centre answers at [bold]{url}[/]  (Ctrl-C ends it)"),
    )
    screen.say("The centre has ended; jobs that run go on and are taken up at the next start.")
