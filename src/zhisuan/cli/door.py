"""The way to a centre: over HTTP, whether it runs here, elsewhere, or is opened for this call.

`--url` or `ZHISUAN_URL` names a running centre. Without one, the data folder's own centre is
used: the one that has it open, or one opened in this process for as long as the command lasts.
All three are the same door.
"""

import json
import os
import uuid
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from zhisuan.core.errors import CentreError, NotAuthenticated, Unavailable

_TIMEOUT = httpx.Timeout(10.0, read=600.0, write=600.0)
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Where:
    """What the command line says about the centre; None is not said."""

    url: str | None = None
    key: str | None = None
    data: Path | None = None


class Door:
    """Speaks HTTP to one centre with one key."""

    def __init__(self, url: str, key: str, *, local: bool) -> None:
        self.url = url
        self.key = key
        self.local = local
        self._client = httpx.Client(base_url=url, timeout=_TIMEOUT, trust_env=not local)

    def get(self, path: str, **query: Any) -> Any:
        """A resource as JSON."""
        return self.ask("GET", path, query=query).json()

    def post(
        self,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        content: Iterable[bytes] | None = None,
        **query: Any,
    ) -> Any:
        """Create something or make something happen; safe to send twice."""
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        return self.ask(
            "POST", path, query=query, body=body, content=content, headers=headers
        ).json()

    def delete(self, path: str) -> Any:
        """Remove a resource."""
        return self.ask("DELETE", path).json()

    def pages(self, path: str, limit: int, **query: Any) -> Iterator[Any]:
        """The first `limit` items of a list, over as many pages as it takes."""
        while limit > 0:
            page = self.get(path, limit=min(limit, _PAGE), **query)
            yield from page["items"]
            limit -= len(page["items"])
            if page["next"] is None:
                return
            query["after"] = page["next"]

    def download(self, path: str, target: Path) -> None:
        """Write a resource's bytes into a file."""
        with self._sent("GET", path, headers={}, stream=True) as response, target.open("wb") as f:
            for block in response.iter_bytes():
                f.write(block)

    def events(self, after: int | None) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """The tenant's events after a number (None: from now on): number, kind, event.

        Raises:
            Unavailable: the centre has ended, or the line to it broke.
        """
        headers = {"Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        with self._sent("GET", "/v1/events", headers=headers, stream=True) as response:
            number, kind = after or 0, ""
            for line in _lines(response):
                field, _, value = line.partition(": ")
                if field == "id":
                    number = int(value)
                elif field == "event":
                    kind = value
                elif field == "data":
                    yield number, kind, json.loads(value)

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        content: Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One request.

        Raises:
            CentreError: what the centre answered, as the error it is.
            Unavailable: nobody answers.
        """
        said = {name: value for name, value in (query or {}).items() if value is not None}
        with self._sent(
            method, path, headers=headers or {}, params=said, json=body, content=content
        ) as response:
            return response

    @contextmanager
    def _sent(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        stream: bool = False,
        **rest: Any,
    ) -> Generator[httpx.Response]:
        request = self._client.build_request(
            method, path, headers={"Authorization": f"Bearer {self.key}", **headers}, **rest
        )
        try:
            response = self._client.send(request, stream=stream)
        except httpx.TransportError as error:
            raise Unavailable(
                f"No centre answers at {self.url}.",
                hint="Start one with: zhisuan up; or check --url.",
            ) from error
        try:
            if response.is_error:
                response.read()
                raise _as_error(response)
            yield response
        finally:
            response.close()

    def close(self) -> None:
        """Hang up."""
        self._client.close()


@contextmanager
def opened(where: Where, *, operator: bool = False) -> Generator[Door]:
    """A door for the time of the block.

    Args:
        where: what the command line says.
        operator: use the data folder's operator key instead of its tenant's.
    """
    url = where.url or os.environ.get("ZHISUAN_URL")
    key = where.key or os.environ.get("ZHISUAN_KEY")
    with ExitStack() as stack:
        local = None
        if url is None:
            # Imported here: opening a centre takes half a second that a remote call need not pay.
            from zhisuan.local import local_centre

            local = stack.enter_context(local_centre(where.data))
            url = local.url
            key = key or (local.operator_key if operator else local.tenant_key())
        if key is None:
            raise NotAuthenticated(
                "A key is needed for a centre elsewhere.",
                hint="Give one with --key or ZHISUAN_KEY; its operator makes keys.",
            )
        door = Door(url, key, local=local is not None)
        stack.callback(door.close)
        yield door


def _lines(response: httpx.Response) -> Iterator[str]:
    hung_up = Unavailable("The centre hung up.", hint="See whether it still runs: zhisuan doctor")
    try:
        yield from response.iter_lines()
    except httpx.HTTPError as error:
        raise hung_up from error
    raise hung_up


def _as_error(response: httpx.Response) -> CentreError:
    """The error the centre raised, with its own code and exit status."""
    try:
        problem: dict[str, str] = response.json()
        code, detail, hint = problem["code"], problem["detail"], problem["hint"]
    except (ValueError, KeyError, TypeError):
        return Unavailable(
            f"What answers at {response.url.host} is not a centre (HTTP {response.status_code}).",
            hint="Check --url.",
        )
    for kind in _family(CentreError):
        if kind.code == code:
            return kind(detail, hint)
    return CentreError(detail, hint)


def _family(kind: type[CentreError]) -> Iterator[type[CentreError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)
