"""The screens: files that were built, one page for every address that is not the API's.

A page is sent with a policy (Content Security Policy, level 3) under which only files of this
origin run; a style element needs the nonce of its answer. Files have their hash in their name
and are kept by browsers for a year; the page itself is asked for anew.
"""

import secrets
from mimetypes import guess_type
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException

STATIC = Path(__file__).parent / "static"
"""Where the build hook puts what `web/` becomes."""

_NONCE = "__NONCE__"
_YEAR = "public, max-age=31536000, immutable"

_NOT_BUILT = """<!doctype html><meta charset="utf-8"><title>智算 zhisuan</title>
<style nonce="__NONCE__">body{font:16px/1.7 system-ui;max-width:40em;margin:12vh auto}</style>
<h1>屏幕还没有建好 · The screens are not built</h1>
<p>中心在运行，接口可用。要看到屏幕，请在能访问 npm 仓库的机器上运行 <code>make console</code>。</p>
<p>The centre runs and its API answers. For the screens run <code>make console</code> where the npm
registry can be reached.</p>"""


def install(app: FastAPI, static: Path = STATIC) -> None:
    """Serve the screens from every address that nothing else answers."""

    @app.get("/{path:path}", include_in_schema=False)
    def screen(path: str, request: Request) -> Response:
        if path == "v1" or path.startswith("v1/"):
            raise HTTPException(404)
        file = _file(static, path)
        return _page(static) if file is None else _sent(file, request)


def policy(nonce: str) -> str:
    """What a page may load: its own origin's, nothing else; styles in attributes are harmless."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "frame-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _page(static: Path) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    return HTMLResponse(
        _index(static).replace(_NONCE, nonce),
        headers={
            "Content-Security-Policy": policy(nonce),
            "Cache-Control": "no-store",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
        },
    )


def _index(static: Path) -> str:
    file = static / "index.html"
    return file.read_text("utf-8") if file.is_file() else _NOT_BUILT


def _file(static: Path, path: str) -> Path | None:
    """A built file, None for the address of a page."""
    if not path or path == "index.html" or "\0" in path:
        return None
    file = (static / path).resolve()
    if not file.is_relative_to(static.resolve()):
        return None
    if file.is_file():
        return file
    if "." in path.rpartition("/")[2]:  # no page has a file's name
        raise HTTPException(404)
    return None


def _sent(file: Path, request: Request) -> FileResponse:
    headers = {"Vary": "Accept-Encoding"}
    if file.parent.name == "assets":
        headers["Cache-Control"] = _YEAR
    kind = guess_type(file.name)[0] or "application/octet-stream"
    packed = file.with_name(f"{file.name}.gz")
    if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
        headers["Content-Encoding"] = "gzip"
        file = packed
    return FileResponse(file, media_type=kind, headers=headers)
