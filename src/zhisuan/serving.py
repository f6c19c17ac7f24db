"""Serving: a centre opened in this process answers on a socket until it is asked to end."""

import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn

from zhisuan.api.app import create_app
from zhisuan.app import Opened, open_centre
from zhisuan.console import screens
from zhisuan.core.errors import PortBusy
from zhisuan.settings import Settings


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Open the centre and answer on its address until asked to end.

    Args:
        settings: of the centre.
        ready: called with the address once it answers.

    Raises:
        PortBusy, CentreBusy: see `bound` and `open_centre`.
    """
    with opened_here(settings, settings.port) as url:
        ready(url)
        wait_for_the_end()


def wait_for_the_end() -> None:
    """Until Ctrl-C or SIGTERM asks the process to end; a second one then ends it at once."""
    asked = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(each, lambda _number, _frame: asked.set()) for each in signals]
    try:
        asked.wait()
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


@contextmanager
def opened_here(settings: Settings, port: int) -> Generator[str]:
    """Open the centre in this process and answer on a port; gives the address."""
    with bound(settings.host, port) as listener:
        opened = open_centre(settings)
        with opened.closing:
            server = _answering(opened, listener)
            thread = threading.Thread(target=server.run, args=([listener],), name="http")
            thread.start()
            try:
                yield address(listener)
            finally:
                opened.centre.news.close()
                server.should_exit = True
                thread.join()


@contextmanager
def bound(host: str, port: int) -> Generator[socket.socket]:
    """A listening socket.

    Raises:
        PortBusy: another program listens there.
    """
    # The protocol is named because asyncio sets TCP_NODELAY only on sockets that say so; without
    # it every answer on a kept connection waits 40 ms for the peer's delayed acknowledgement.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise PortBusy(
                f"The port {port} on {host} cannot be used: {error.strerror}.",
                hint="Take another one (--port, or make run PORT=9000), or end what has it.",
            ) from error
        listener.listen(128)
        yield listener


def address(listener: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104  a comparison


def _answering(opened: Opened, listener: socket.socket) -> uvicorn.Server:
    folder = opened.settings.data
    place = folder / "centre.json"
    beside = place.with_suffix(".new")
    beside.write_text(json.dumps({"url": address(listener), "pid": os.getpid()}), "utf-8")
    beside.replace(place)
    opened.closing.callback(place.unlink, missing_ok=True)
    app = create_app(opened.centre)
    screens.install(app)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
