"""Errors at the door: one shape, `application/problem+json` (RFC 9457).

A problem carries the stable `code` of the error, what happened as `detail` and the next thing
to try as `hint`. Anything unforeseen is logged whole and told as `internal`, never as a trace.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from zhisuan.core.errors import CentreError, NotAuthenticated, TooManyRequests

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

_DOCUMENT = "/v1/openapi.json"

_HTTP_CODES: Mapping[int, tuple[str, str]] = {
    404: ("not_found", f"{_DOCUMENT} lists every address."),
    405: ("method_not_allowed", f"{_DOCUMENT} lists the methods of every address."),
    413: ("too_large", "Send less; a table goes to /v1/datasets as its bytes."),
}


_DEEP = 6
"""So many steps into a body say well enough where its fault is."""


class Problem(BaseModel):
    """What every error answer looks like."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    hint: str = ""


def answer(
    status: int,
    code: str,
    detail: str,
    hint: str = "",
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem as a response."""
    problem = Problem(
        type=f"urn:zhisuan:problem:{code}",
        title=code.replace("_", " "),
        status=status,
        code=code,
        detail=_writable(detail),
        hint=hint,
    )
    return JSONResponse(problem.model_dump(), status, headers, media_type=MEDIA_TYPE)


def _writable(text: str) -> str:
    """The text as UTF-8 can have it: half a surrogate pair of JSON is spelled out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def install(app: FastAPI) -> None:
    """Give the application its error answers."""
    app.add_exception_handler(CentreError, _centre_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unforeseen)


async def _centre_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CentreError)  # noqa: S101  what it is registered for
    # RFC 9110, section 15.5.2: who is unknown is told how to say who they are.
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotAuthenticated) else None
    if isinstance(error, TooManyRequests):
        headers = {"Retry-After": str(error.retry_after_s)}
    return answer(error.http_status, error.code, error.message, error.hint, headers)


async def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  what it is registered for
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][:_DEEP])
    return answer(
        422, "wrong_input", f"{place}: {_told(first)}.", f"{_DOCUMENT} says what is expected."
    )


def _told(fault: Mapping[str, Any]) -> str:
    """What is wrong with a value, without the expression that it does not match."""
    if fault["type"] != "string_pattern_mismatch":
        return fault["msg"]
    pattern = fault["ctx"]["pattern"]
    for part, words in _WRITTEN.items():
        if part in pattern:
            return words
    return "It is not written as expected"


_WRITTEN = {
    r"[^\x00": "It holds a character that cannot be printed",
    "(0[1-9]|1[0-2])": "A month is written as 2026-03",
    r"[\w.+@-]+": "Letters, digits and . + @ - _ may stand here, and no spaces",
    r"\w[\w.-]*": "It begins with a letter or a digit; then also . - _ may stand here, no spaces",
    "[a-z][a-z0-9-]": "Small letters, digits and - may stand here, a letter first",
    "[0-9a-f]{64}": "It is a SHA-256 in 64 small hexadecimal digits",
    "[0-9A-Za-z-]{2,40}": "Two to forty letters, digits or - may stand here",
    r"\d+": "It is a whole number",
}
"""Parts of the patterns that values must match, and what they say in words."""


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  what it is registered for
    code, hint = _HTTP_CODES.get(
        error.status_code, ("wrong_input", f"{_DOCUMENT} says what is expected.")
    )
    detail = str(error.detail).rstrip(".")
    return answer(error.status_code, code, f"{detail}.", hint, error.headers)


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    log.error("request_failed", path=request.url.path, exc_info=error)
    return answer(500, "internal", "The centre met an error of its own.", "It is in the log.")
