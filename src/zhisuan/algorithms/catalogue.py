"""The catalogue: the algorithms this centre offers, the presets that ship with it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from zhisuan.algorithms.package import Algorithm, read_package
from zhisuan.core.errors import NotFound
from zhisuan.core.task import TaskKind

PRESETS = Path(__file__).parent / "presets"


class Catalogue:
    """Algorithms by name and by the tasks they answer."""

    def __init__(self, algorithms: Iterable[Algorithm]) -> None:
        self._algorithms = {algorithm.name: algorithm for algorithm in algorithms}

    @classmethod
    def presets(cls) -> "Catalogue":
        """The algorithms that ship with the centre."""
        folders = sorted(path.parent for path in PRESETS.glob("*/algorithm.toml"))
        return cls(read_package(folder) for folder in folders)

    def __iter__(self) -> Iterator[Algorithm]:
        """Every algorithm, by name."""
        return iter(self._algorithms.values())

    def get(self, name: str) -> Algorithm:
        """One algorithm.

        Raises:
            NotFound: the catalogue has none of that name.
        """
        try:
            return self._algorithms[name]
        except KeyError:
            known = ", ".join(self._algorithms)
            raise NotFound(
                f"There is no algorithm {name!r}.", hint=f"The catalogue has: {known}."
            ) from None

    def answering(self, task: TaskKind) -> Algorithm:
        """The algorithm that answers a kind of task.

        Raises:
            NotFound: none does.
        """
        for algorithm in self._algorithms.values():
            if task in algorithm.card.tasks:
                return algorithm
        raise NotFound(f"No algorithm of this centre answers {task}.", hint="Ask the operator.")
