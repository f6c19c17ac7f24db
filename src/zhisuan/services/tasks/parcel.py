"""The parcel of a solution: its files as they lie in the zip, each with what it is in words."""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zhisuan.algorithms.catalogue import Catalogue
from zhisuan.algorithms.package import Bilingual
from zhisuan.core.errors import NotFound
from zhisuan.services.centre import Centre
from zhisuan.services.solution import Solution

_OWN: Mapping[str, Bilingual] = {
    "receipt.json": Bilingual(
        zh="凭据：结果、算法、算力、能耗与碳、费用，供程序读取",
        en="The receipt: result, algorithm, compute, energy and carbon, money; for programs",
    ),
}
_BLOCK = 1 << 18
_OTHER = Bilingual(zh="另一个文件", en="Another file")


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file.

    Attributes:
        path: inside the solution.
        about: what it is.
    """

    path: str
    bytes: int
    about: Bilingual


def files_of(centre: Centre, solution: Solution, algorithm: str) -> list[PackedFile]:
    """Every file of a solution that is ready, in the order in which its card explains them."""
    assert solution.archive is not None  # noqa: S101  a ready solution has its zip
    words = {**_outputs(centre.catalogue, algorithm), **_OWN}
    order = {path: place for place, path in enumerate(words)}
    with zipfile.ZipFile(centre.objects.path(solution.archive)) as archive:
        found = {path: info.file_size for path, info in _inside(archive).items()}
    return [
        PackedFile(path, found[path], words.get(path, _OTHER))
        for path in sorted(found, key=lambda path: (order.get(path, len(order)), path))
    ]


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file of a solution that is being read.

    Attributes:
        size: in bytes.
        blocks: all of it, in order.
    """

    size: int
    blocks: Iterator[bytes]


def read(centre: Centre, solution: Solution, path: str) -> OpenFile:
    """One file of a solution that is ready, out of its zip: the folder may be gone by now.

    Raises:
        NotFound: There is no such file.
    """
    assert solution.archive is not None  # noqa: S101  a ready solution has its zip
    archive = zipfile.ZipFile(centre.objects.path(solution.archive))
    inside = _inside(archive)
    if path not in inside:
        archive.close()
        raise NotFound(f"The solution has no file {path[:80]!r}.", hint="Take the whole zip.")

    def blocks() -> Iterator[bytes]:
        with archive, archive.open(inside[path]) as file:
            while block := file.read(_BLOCK):
                yield block

    return OpenFile(inside[path].file_size, blocks())


def _inside(archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """Its files by their paths in the solution, whose id is the one folder of the zip."""
    return {
        info.filename.partition("/")[2]: info for info in archive.infolist() if not info.is_dir()
    }


def _outputs(catalogue: Catalogue, algorithm: str) -> Mapping[str, Bilingual]:
    try:
        return catalogue.get(algorithm).card.outputs
    except NotFound:
        return {}
