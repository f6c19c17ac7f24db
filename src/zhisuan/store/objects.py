"""The object store: bytes under the name of their SHA-256.

Equal bytes are stored once; a finished object never changes. A file is written beside its
place and renamed into it, so a crash leaves a whole object or a temporary that `sweep` removes.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from zhisuan.core.errors import DataFolderReadOnly, DiskFull

_BLOCK = 1 << 20


class ObjectStore:
    """Objects under one folder, `ab/abcdef…`.

    Args:
        root: the folder; made if absent.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        with disk_errors():
            self._incoming.mkdir(parents=True, exist_ok=True)

    def put(self, blocks: Iterable[bytes]) -> str:
        """Store a stream; returns its SHA-256 in hex. Nothing stays if the stream breaks.

        Raises:
            DiskFull, DataFolderReadOnly: the bytes cannot be written.
        """
        digest = hashlib.sha256()
        with disk_errors():
            handle, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            with disk_errors(), os.fdopen(handle, "wb") as file:
                for block in blocks:
                    digest.update(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            self._settle(temporary, digest.hexdigest())
        finally:
            temporary.unlink(missing_ok=True)
        return digest.hexdigest()

    def put_file(self, path: Path) -> str:
        """Store a copy of a file; returns its SHA-256 in hex."""
        with path.open("rb") as file:
            return self.put(iter(lambda: file.read(_BLOCK), b""))

    def adopt(self, path: Path) -> str:
        """Store a file by moving it in (same file system: no copy); returns its SHA-256."""
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
            os.fsync(file.fileno())
        with disk_errors():
            self._settle(path, digest.hexdigest())
        return digest.hexdigest()

    def path(self, digest: str) -> Path:
        """Where the object lies. It may not exist: see `has`."""
        return self._root / digest[:2] / digest

    def has(self, digest: str) -> bool:
        """Whether the object is stored."""
        return self.path(digest).exists()

    def delete(self, digest: str) -> None:
        """Remove the object; absent is fine."""
        self.path(digest).unlink(missing_ok=True)

    def scratch(self) -> Path:
        """A fresh folder on the same file system for files to be adopted."""
        with disk_errors():
            return Path(tempfile.mkdtemp(dir=self._incoming))

    def sweep(self) -> int:
        """Remove what unfinished writes of an earlier process left; returns how many."""
        leftovers = list(self._incoming.iterdir())
        for leftover in leftovers:
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)
        return len(leftovers)

    def _settle(self, temporary: Path, digest: str) -> None:
        place = self.path(digest)
        place.parent.mkdir(exist_ok=True)
        temporary.chmod(0o440)
        temporary.replace(place)


@contextmanager
def disk_errors() -> Generator[None]:
    """Turn the operating system's words about the disk into the centre's."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                "There is no room left on the disk of the data folder.",
                hint="Free some space or move the data folder, then try again.",
            ) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise DataFolderReadOnly(
                f"The data folder cannot be written: {error.filename or error.strerror}.",
                hint="Check who owns the folder and whether its disk is mounted read-only.",
            ) from error
        raise
