"""The arrival of bytes: a file or a stream copied to its own place and hashed on the way."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from zhisuan.core.errors import TooLarge, WrongInput
from zhisuan.data.limits import MIB, Limits, Progress
from zhisuan.store.objects import disk_errors


def receive(
    source: Path | Iterable[bytes], target: Path, limits: Limits, progress: Progress
) -> str:
    """Copy a file or stream to `target`; returns its SHA-256 in hex.

    A file is copied and never linked, because its owner may change it later.

    Raises:
        WrongInput: the file cannot be opened.
        TooLarge: there are more bytes than a data set may have.
        DiskFull, DataFolderReadOnly: `target` cannot be written.
    """
    blocks, size = _opened(source) if isinstance(source, Path) else (source, 0)
    digest = hashlib.sha256()
    done = 0
    with disk_errors(), target.open("wb") as file:
        for block in blocks:
            done += len(block)
            if done > limits.max_bytes:
                raise TooLarge(
                    f"The file is larger than {limits.max_bytes:,} bytes.",
                    hint="Split the data into several data sets.",
                )
            digest.update(block)
            file.write(block)
            progress("copy", min(1.0, done / size) if size else 0.0)
    return digest.hexdigest()


def _opened(path: Path) -> tuple[Iterator[bytes], int]:
    try:
        file = path.open("rb")
        size = path.stat().st_size
    except OSError as error:
        raise WrongInput(
            f"The file {path} cannot be opened: {error.strerror}.",
            hint="Check its path and who may read it.",
        ) from error

    def blocks() -> Iterator[bytes]:
        with file:
            while block := file.read(MIB):
                yield block

    return blocks(), size
