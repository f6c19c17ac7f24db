"""The checkpoint: named pieces that the next attempt finds whole and of its own kind, or not.

A piece is written beside its place, forced to the disk, and renamed, so that a process or a
machine may die at any moment. It is sealed with what it was made from, so that one which is torn,
rotten or another program's reads as absent. The seal guards against accidents, not against
malice: what is found is data to be checked, and nothing in it is ever run.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_SEAL_BYTES = hashlib.sha256().digest_size
_BLOCK = 1 << 20

# What a fingerprint can be taken of: a file's bytes, or a JSON value.
Origin = Path | str | int | float | bool | None | Sequence["Origin"] | Mapping[str, "Origin"]


def fingerprint(*origins: Origin) -> str:
    """SHA-256 over all that a checkpoint depends on, 64 hex digits.

    Args:
        origins: a path stands for its file's bytes, anything else for its JSON text. Name the
            data, the question, the parameters and the version of the program; leave out what may
            differ between attempts without harm, such as the number of cores.

    Raises:
        OSError: a file cannot be read.
    """
    whole = hashlib.sha256()
    for origin in origins:
        whole.update(_digest(origin))
    return whole.hexdigest()


class Checkpoint:
    """The pieces of one origin in a job's checkpoint folder; one process writes at a time.

    Args:
        folder: `context.checkpoint`; exists.
        origin: what the pieces are made from, such as `fingerprint(…)`.
    """

    def __init__(self, folder: Path, origin: str) -> None:
        self._folder = folder
        self._origin = origin.encode()

    def keep(self, name: str, piece: bytes) -> bool:
        """Put a piece in the place of an earlier one; it outlives a loss of power.

        Returns:
            False when the disk would not take it: that costs time after a stop, not the job.
        """
        beside = self._folder / f".{name}"
        try:
            with beside.open("wb") as file:
                file.write(self._seal(name, piece))
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / name)
            _settle(self._folder)
        except OSError:
            with suppress(OSError):
                beside.unlink()
            return False
        return True

    def find(self, name: str) -> bytes | None:
        """The piece as it was kept; None if there is none that is whole and of this origin."""
        try:
            found = (self._folder / name).read_bytes()
        except OSError:
            return None
        piece = found[_SEAL_BYTES:]
        return piece if found[:_SEAL_BYTES] == self._seal(name, piece) else None

    def forget(self) -> None:
        """Empty the folder, once the answer is written and nobody will go on from here."""
        with suppress(OSError):
            for path in self._folder.iterdir():
                path.unlink()

    def _seal(self, name: str, piece: bytes) -> bytes:
        seal = hashlib.sha256(b"%d\0%s\0" % (len(self._origin), self._origin))
        seal.update(b"%s\0" % name.encode())
        seal.update(piece)
        return seal.digest()


def _digest(origin: Origin) -> bytes:
    if not isinstance(origin, Path):
        text = json.dumps(origin, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(b"value\0" + text.encode()).digest()
    digest = hashlib.sha256(b"file\0")
    with origin.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.digest()


def _settle(folder: Path) -> None:
    """Force the folder's own list of names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
