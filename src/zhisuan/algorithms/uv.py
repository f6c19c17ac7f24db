"""uv as a command: started, listened to, and its complaints put into our words.

uv ships with the centre as a wheel, so nothing has to be installed beforehand. It keeps the
operator's own configuration (registry, proxy, cache).
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from uv import find_uv_bin

from zhisuan.core.errors import CentreError, DataFolderReadOnly, DiskFull, EnvironmentUnavailable

Progress = Callable[[str, str], None]
"""Told a stage and a line of detail."""

_KEPT_LINES = 40

# uv must not outlive a centre that was killed (prctl 1, PR_SET_PDEATHSIG, signal 9).
_TIED = "import ctypes, os, sys;ctypes.CDLL(None).prctl(1, 9);os.execv(sys.argv[1], sys.argv[1:])"

# The first word of a line of uv's, and the stage that it begins.
_STAGES = {
    "Resolved": "downloading",
    "Downloading": "downloading",
    "Downloaded": "downloading",
    "Prepared": "installing",
    "Installed": "compiling",
}


def run_uv(arguments: Sequence[str], folder: Path, tell: Progress) -> None:
    """Run uv in a folder, telling its stages.

    Raises:
        EnvironmentUnavailable, DiskFull, DataFolderReadOnly: it failed; says why.
    """
    command = [sys.executable, "-I", "-S", "-c", _TIED, find_uv_bin(), *arguments]
    tell("resolving", "")
    said: list[str] = []
    with subprocess.Popen(  # noqa: S603  our own uv with our own arguments
        command,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stderr or ():
            said = [*said, line.rstrip()][-_KEPT_LINES:]
            stage = _STAGES.get(line.split(maxsplit=1)[0] if line.strip() else "")
            if stage is not None:
                tell(stage, line.strip())
    if process.returncode != 0:
        raise translate("\n".join(said))


def translate(said: str) -> CentreError:
    """Our error for uv's complaint."""
    for pattern, error in _COMPLAINTS:
        if re.search(pattern, said, re.IGNORECASE):
            return error(said)
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "no reason")
    return EnvironmentUnavailable(
        f"The algorithm's environment could not be made: {last}.",
        hint="Mend what it says, then try again; the lock names what was to be installed.",
    )


def _disk_full(_said: str) -> CentreError:
    return DiskFull(
        "There is no room left on the disk for the algorithm's environment.",
        hint="Free some space on the disk of the data folder or of uv's cache, then try again.",
    )


def _read_only(_said: str) -> CentreError:
    return DataFolderReadOnly(
        "The algorithm's environment cannot be written.",
        hint="Check who owns the data folder and uv's cache.",
    )


def _wrong_hash(_said: str) -> CentreError:
    return EnvironmentUnavailable(
        "A package from the registry is not the one that was locked.",
        hint="Do not use this registry; its files differ from the lock's hashes.",
    )


def _unreachable(_said: str) -> CentreError:
    return EnvironmentUnavailable(
        "The package registry cannot be reached.",
        hint="Check the network, or give a folder of wheels with ZHISUAN_WHEELS.",
    )


def _unsupported(said: str) -> CentreError:
    found = re.search(r"([A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]*[A-Za-z0-9])", said)
    package = found.group(1) if found else "A locked package"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return EnvironmentUnavailable(
        f"{package} is not offered for Python {version} on this machine.",
        hint="Use another Python version, or a registry or folder of wheels that has it.",
    )


# Patterns in uv's messages, and what they mean; the first that is found speaks.
_NO_ROOM = r"No space left on device|os error 28\b|Disk quota exceeded|os error 122\b"
_NO_RIGHT = r"Read-only file system|os error 30\b|Permission denied|os error 13\b"
_NO_NETWORK = (
    r"error sending request|Failed to fetch|Could not connect|dns error|timed out"
    r"|Request failed after|Connection refused|network (was|connectivity is) disabled"
)
_NO_PACKAGE = r"no wheels|no version of|not found in the provided|requires-python|Python ABI"
_COMPLAINTS: tuple[tuple[str, Callable[[str], CentreError]], ...] = (
    (_NO_ROOM, _disk_full),
    (_NO_RIGHT, _read_only),
    (r"Hash mismatch", _wrong_hash),
    (_NO_NETWORK, _unreachable),
    (_NO_PACKAGE, _unsupported),
)
