"""An archive: many members in one file in which any changed byte is found and named.

A plain tar, so that any tool reads it. Its last member, `manifest.json`, lists every other one with
its size and SHA-256; after the tar's end stands one line, the seal: the SHA-256 of all bytes before
it, which also covers headers and padding, and that of the manifest. Members are written as they
come, never whole in memory.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from zhisuan.core.errors import TamperFound, WrongInput

MANIFEST = "manifest.json"

_MARK = b"zhisuan archive sha256 "
_AND = b" manifest "
_SEAL_BYTES = len(_MARK) + 64 + len(_AND) + 64 + 1
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One member, as the manifest has it."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds.

    Attributes:
        facts: whatever its maker says of it; JSON values.
    """

    members: tuple[Member, ...]
    facts: Mapping[str, Any]


class _Sealed(io.RawIOBase):
    """A file that hashes what is written through it."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, block: Any, /) -> int:  # noqa: ANN401  whatever has bytes
        """Write and hash."""
        data = bytes(block)
        self.digest.update(data)
        self._file.write(data)
        return len(data)


class ArchiveWriter:
    """Adds members to an archive that is being written.

    Args:
        tar: open for writing.
    """

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._members: list[Member] = []
        self.facts: dict[str, Any] = {}
        self.manifest_sha256 = ""

    def add(self, name: str, content: bytes) -> None:
        """Add a member that is in memory."""
        self._add(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, path: Path) -> Member:
        """Add a file that does not change meanwhile."""
        with path.open("rb") as file:
            return self._add(name, file, os.fstat(file.fileno()).st_size)

    def close(self) -> None:
        """Write the manifest."""
        listed = [
            {"name": each.name, "bytes": each.bytes, "sha256": each.sha256}
            for each in self._members
        ]
        text = json.dumps({"facts": self.facts, "members": listed}, ensure_ascii=False, indent=1)
        content = text.encode()
        self.manifest_sha256 = hashlib.sha256(content).hexdigest()
        self._tar.addfile(_header(MANIFEST, len(content)), io.BytesIO(content))

    def _add(self, name: str, file: IO[bytes], size: int) -> Member:
        hashing = _Hashing(file)
        self._tar.addfile(_header(name, size), cast("IO[bytes]", hashing))
        self._members.append(Member(name, size, hashing.digest.hexdigest()))
        return self._members[-1]


class _Hashing:
    """A file that hashes what is read through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read and hash."""
        block = self._file.read(size)
        self.digest.update(block)
        return block


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


@contextmanager
def writing(file: IO[bytes]) -> Generator[ArchiveWriter]:
    """An archive written into a file; sealed when the block ends well."""
    sealed = _Sealed(file)
    with tarfile.open(
        fileobj=cast("IO[bytes]", sealed), mode="w|", format=tarfile.PAX_FORMAT
    ) as tar:
        writer = ArchiveWriter(tar)
        yield writer
        writer.close()
    file.write(_seal(sealed.digest.hexdigest(), writer.manifest_sha256))


def _seal(whole: str, manifest: str) -> bytes:
    return _MARK + whole.encode() + _AND + manifest.encode() + b"\n"


def verified(path: Path) -> Manifest:
    """The manifest of an archive in which every byte is what was written.

    Raises:
        TamperFound: a byte is not; the message names the member.
        WrongInput: it is no archive of ours.
    """
    whole, seal = _whole(path)
    if seal.startswith(_MARK + whole.encode()):
        manifest, digest = _manifest(path)
        if seal == _seal(whole, digest):
            return manifest
    else:
        _name_the_changed(path, seal)
    raise TamperFound(
        f"The frame of {path.name} is not what was written: its members are whole, but a header, "
        "the padding between them or the seal was changed.",
        hint="Take another copy of it.",
    )


def members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Every member but the manifest, in order, with its bytes to be read at once."""
    with path.open("rb") as file, tarfile.open(fileobj=file, mode="r|") as tar:
        for header in tar:
            content = tar.extractfile(header)
            if content is not None and header.name != MANIFEST:
                yield header.name, content


def _whole(path: Path) -> tuple[str, bytes]:
    """The SHA-256 of all that stands before the seal, and the seal.

    Raises:
        WrongInput: there is no seal at all.
    """
    size = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as file:
        left = max(0, size - _SEAL_BYTES)
        begin = file.read(min(left, tarfile.BLOCKSIZE))
        digest.update(begin)
        left -= len(begin)
        while left > 0 and (block := file.read(min(left, _BLOCK))):
            digest.update(block)
            left -= len(block)
        seal = file.read()
    if begin[257:262] != b"ustar" and not seal.startswith(_MARK):
        raise WrongInput(f"{path.name} is no backup of a centre.", hint="Name the right file.")
    return digest.hexdigest(), seal


def _name_the_changed(path: Path, seal: bytes) -> None:
    """Find the member that is not what the manifest says.

    Raises:
        TamperFound: with its name; or the archive cannot be read any further.
    """
    found: dict[str, Member] = {}
    last = ""
    try:
        for name, content in members(path):
            last, size, digest = name, 0, hashlib.sha256()
            while block := content.read(_BLOCK):
                size += len(block)
                digest.update(block)
            found[name] = Member(name, size, digest.hexdigest())
        last = MANIFEST
        manifest, digest_of_manifest = _manifest(path)
    except (tarfile.TarError, ValueError, KeyError, TypeError, EOFError) as error:
        raise TamperFound(
            f"{path.name} is not what was written: it cannot be read past "
            f"{last or 'its beginning'}.",
            hint="Take another copy of it.",
        ) from error
    listed = {member.name: member for member in manifest.members}
    listed[MANIFEST] = Member(MANIFEST, 0, seal[-65:-1].decode("ascii", "replace"))
    found[MANIFEST] = Member(MANIFEST, 0, digest_of_manifest)
    for name in [MANIFEST, *listed, *found]:
        if listed.get(name) != found.get(name):
            raise TamperFound(
                f"The member {name} of {path.name} is not what was written.",
                hint="Take another copy of it.",
            )


def _manifest(path: Path) -> tuple[Manifest, str]:
    """The manifest and the SHA-256 of its text."""
    with path.open("rb") as file, tarfile.open(fileobj=file, mode="r|") as tar:
        for header in tar:
            content = tar.extractfile(header)
            if header.name == MANIFEST and content is not None:
                text = content.read()
                said = json.loads(text)
                listed = tuple(
                    Member(each["name"], each["bytes"], each["sha256"]) for each in said["members"]
                )
                return Manifest(listed, said["facts"]), hashlib.sha256(text).hexdigest()
    raise ValueError("there is no manifest")


def digest_of(lines: Iterable[bytes]) -> str:
    """SHA-256 over lines, 64 hex digits."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return digest.hexdigest()
