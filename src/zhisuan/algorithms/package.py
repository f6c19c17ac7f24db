"""An algorithm package: a folder with a card (`algorithm.toml`), a lock and a program.

The card says what the algorithm answers, how to start it and what it needs; the lock
(`requirements.txt`) is its environment; `program/` holds the code that runs inside. The digest
over all of them is the version a receipt names: change one byte and it is another algorithm.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhisuan.core.errors import WrongInput
from zhisuan.core.task import Effort, TaskKind

CARD = "algorithm.toml"
LOCK = "requirements.txt"

_ENTRY = r"^[\w.]+:\w+$"
_VERSION = r"^\d+\.\d+\.\d+$"


class Bilingual(BaseModel):
    """A text in Chinese and English."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str


class Spread(BaseModel):
    """How a quantity grows, at its low and high end.

    `low(x) = base_low + budget_low * budget + cells_low * cells`, and the same for high, where
    `budget` is the effort's CPU seconds and `cells` millions of table cells.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    base: tuple[float, float]
    budget: tuple[float, float] = (0.0, 0.0)
    cells: tuple[float, float] = (0.0, 0.0)

    def at(self, budget_s: float, million_cells: float) -> tuple[float, float]:
        """The low and high end."""
        low, high = (
            base + budget * budget_s + cells * million_cells
            for base, budget, cells in zip(self.base, self.budget, self.cells, strict=True)
        )
        return low, high


@dataclass(frozen=True, slots=True)
class Need:
    """What one run is expected to need; pairs are low and high ends.

    Attributes:
        cores: to be granted.
        wall_s, cpu_s: seconds.
        memory_mb: to be granted, the high end.
    """

    cores: int
    wall_s: tuple[float, float]
    cpu_s: tuple[float, float]
    memory_mb: int


class ResourceProfile(BaseModel):
    """What a run needs, measured by its author.

    Attributes:
        cpu_s: CPU seconds of one run.
        serial_s: wall seconds that do not shrink with cores.
        memory_mb: resident memory, megabytes of 2**20 bytes.
        most_cores: more cores than this do not help.
        measured_on: where the figures come from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    cpu_s: Spread
    serial_s: Spread
    memory_mb: Spread
    most_cores: int = Field(ge=1)
    measured_on: str

    def need(self, budget_s: float, million_cells: float, cores: int) -> Need:
        """What a run is expected to need on a node of so many cores."""
        granted = max(1, min(cores, self.most_cores))
        cpu_low, cpu_high = self.cpu_s.at(budget_s, million_cells)
        serial_low, serial_high = self.serial_s.at(budget_s, million_cells)
        memory = self.memory_mb.at(budget_s, million_cells)[1]
        wall = (serial_low + cpu_low / granted, serial_high + cpu_high / granted)
        return Need(granted, wall, (cpu_low, cpu_high), round(memory))


class Predictor(BaseModel):
    """How an algorithm answers new rows by a solution that it made.

    Attributes:
        entry: called with a `JobContext` whose input `solution` is the zip that is taken away.
        since: the first version whose solutions it can open.
        preload: modules for a warm runner of its own, no more than answering needs.
        profile: what it needs; `cells` are those of the new rows, and there is no budget.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    entry: str = Field(pattern=_ENTRY)
    since: str = Field(pattern=_VERSION)
    preload: tuple[str, ...] = ()
    profile: ResourceProfile

    def opens(self, version: str) -> bool:
        """Whether it can open a solution that this version of the algorithm made."""
        return _numbers(version) >= _numbers(self.since)


class Card(BaseModel):
    """The whole of `algorithm.toml`.

    Attributes:
        resumes: a run that is stopped keeps a checkpoint from which the next attempt goes on, so
            that stopping it costs little.
        internal: a tool of the centre itself, which no shelf of the catalogue offers.
        answers: the questions it answers, as a person would ask them.
        outputs: files that are taken away, and what each is.
        stages: the words it tells its progress with, and what each means to whoever waits.
        provider: who gets a share of what it is charged; empty for the centre's own.
        predict: how it answers new rows; None if its solutions can only be taken away.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    version: str = Field(pattern=_VERSION)
    entry: str = Field(pattern=_ENTRY)
    title: Bilingual
    summary: Bilingual
    answers: Bilingual | None = None
    licence: str
    provider: str = Field(default="", max_length=60)
    internal: bool = False
    tasks: tuple[TaskKind, ...] = ()
    preload: tuple[str, ...] = ()
    resumes: bool = False
    efforts: dict[Effort, float] = Field(default_factory=dict[Effort, float])
    inputs: dict[str, str] = Field(default_factory=dict[str, str])
    outputs: dict[str, Bilingual] = Field(default_factory=dict[str, Bilingual])
    stages: dict[str, Bilingual] = Field(default_factory=dict[str, Bilingual])
    profile: ResourceProfile
    predict: Predictor | None = None


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One version of one algorithm, as it lies in its folder.

    Attributes:
        digest: SHA-256 over the card, the lock and the program, 64 hex digits.
    """

    card: Card
    folder: Path
    digest: str

    @property
    def name(self) -> str:
        """Unique in the catalogue."""
        return self.card.name

    @property
    def lock(self) -> Path:
        """The file its environment is made from."""
        return self.folder / LOCK

    @property
    def program(self) -> Path:
        """The folder put on the import path."""
        return self.folder / "program"

    def need(self, effort: Effort, rows: int, columns: int, cores: int) -> Need:
        """What a run on a table of this size is expected to need on a node of so many cores."""
        budget = self.card.efforts.get(effort, 0.0)
        return self.card.profile.need(budget, rows * columns / 1e6, cores)


def read_package(folder: Path) -> Algorithm:
    """The algorithm in a folder.

    Raises:
        WrongInput: it is no algorithm package; the message names the first wrong place.
    """
    try:
        card = Card.model_validate(tomllib.loads((folder / CARD).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise WrongInput(f"{folder} has no {CARD}.", hint="Add the card.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongInput(f"{folder / CARD} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise WrongInput(f"{folder / CARD} is wrong at {place}: {first['msg']}.") from error
    for name in (LOCK, "program"):
        if not (folder / name).exists():
            raise WrongInput(f"{folder} has no {name}.", hint="Add it to the package.")
    return Algorithm(card, folder, _digest(folder))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    files: Mapping[str, Path] = {
        str(path.relative_to(folder)): path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for name in sorted(files):
        digest.update(f"{name}\0{files[name].stat().st_size}\0".encode())
        digest.update(files[name].read_bytes())
    return digest.hexdigest()
