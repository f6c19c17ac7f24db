"""The body of a request, bounded: JSON is held in memory whole, so there must not be much of it."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1 << 20


class BodyLimit:
    """Refuses more than `MOST_BYTES` of any body, as soon as so many have come.

    Args:
        app: the application behind it.
        unlimited: the address whose body is taken in as it comes, block by block.
    """

    def __init__(self, app: ASGIApp, unlimited: str) -> None:
        self._app = app
        self._unlimited = unlimited

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; a body too large ends in HTTP 413."""
        come = 0

        async def bounded() -> Message:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b""))
            if come > MOST_BYTES:
                raise HTTPException(413, f"The body has more than {MOST_BYTES:,} bytes.")
            return message

        streamed = scope["type"] != "http" or scope["path"] == self._unlimited
        await self._app(scope, receive if streamed else bounded, send)
