"""The attempt's folder: the whole memory of one attempt, shared by centre, engine and runner.

Files appear whole or not at all (written beside their place, then linked or renamed). They are
not forced to the disk: after a power loss a record may be missing or empty, which reads as "no
record", so the attempt counts as lost and runs again.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from zhisuan.core.work import FinalRecord, LaunchSpec

MARK = "ZHISUAN_RUNNER"
"""Environment variable that an engine gives its runner; every process that comes from the runner
carries it, forks as much as programs."""

_LONGEST_EVENT = 16_384

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life, written about once a second while the job runs.

    Attributes:
        job: identity of the job's main process, leader of its own session.
        at: instant as `core.clock` writes it.
        memory_mb, cpu_s: of all the job's processes now.
    """

    job: str
    at: str
    memory_mb: float
    cpu_s: float


class AttemptFolder:
    """Reads and writes the files named in `core.work`.

    Args:
        path: absolute; need not exist yet.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.log = self.path / "log"
        self.events_file = self.path / "events.jsonl"
        self.output = self.path / "output"
        self.work = self.path / "work"
        self.temporary = self.path / "tmp"
        self.checkpoint = self.path.parent / "checkpoint"

    def order(self, spec: LaunchSpec) -> None:
        """Write the order; one that is there already stays."""
        if self.spec() is None:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._replace("spec.json", spec.to_json())

    def spec(self) -> LaunchSpec | None:
        """The order, None when there is none."""
        return self._read("spec.json", LaunchSpec.from_json)

    def claim(self, owner: str) -> bool:
        """Become the owner of the attempt; False when it has one.

        Whoever succeeds decides how the attempt ends: a runner by running it, an engine by
        fencing it off, so that an attempt given up for lost can never start later.
        """
        beside = self.path / f".claim-{owner}"
        beside.write_text(owner)
        try:
            os.link(beside, self.path / "claim")
        except FileExistsError:
            return False
        finally:
            beside.unlink()
        return True

    def owner(self) -> str | None:
        """Identity of the owner and its mark, None while nobody has claimed the attempt."""
        return self._read("claim", str)

    def beat(self, heartbeat: Heartbeat) -> None:
        """Replace the sign of life."""
        self._replace("heartbeat.json", json.dumps(asdict(heartbeat)))

    def heartbeat(self) -> Heartbeat | None:
        """The latest sign of life, None before the first."""
        return self._read("heartbeat.json", lambda text: Heartbeat(**json.loads(text)))

    def request_stop(self, grace_s: float) -> None:
        """Ask whoever runs the attempt to end it; works while the centre or engine is away."""
        self._replace("stop", f"{grace_s}")

    def stop_request(self) -> float | None:
        """Seconds of grace of the request to stop, None when there is none."""
        return self._read("stop", float)

    def finish(self, record: FinalRecord) -> None:
        """Write the end; nothing follows."""
        self._replace("final.json", record.to_json())

    def final(self) -> FinalRecord | None:
        """The end, None while there is none."""
        return self._read("final.json", FinalRecord.from_json)

    def tell(self, event: Mapping[str, Any]) -> None:
        """Append one event."""
        line = json.dumps(event, ensure_ascii=False, default=str)
        with self.events_file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def events(self, offset: int = 0) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Events from a byte offset on, each with the offset after it; half a line waits."""
        try:
            with self.events_file.open("rb") as file:
                file.seek(offset)
                for line in file:
                    if not line.endswith(b"\n"):
                        return
                    offset += len(line)
                    yield offset, json.loads(line)
        except FileNotFoundError:
            return

    def last_event(self) -> Mapping[str, Any] | None:
        """The newest whole event, None before the first or where it is longer than expected."""
        try:
            with self.events_file.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _LONGEST_EVENT))
                *_, last, _ = [b"", *file.read().split(b"\n")]
        except FileNotFoundError:
            return None
        try:
            return json.loads(last)
        except ValueError:
            return None

    def _read(self, name: str, parse: Callable[[str], T]) -> T | None:
        try:
            return parse((self.path / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            # Absent, cut short by a power loss, or of another version of ours.
            return None

    def _replace(self, name: str, text: str) -> None:
        beside = self.path / f".{name}-{os.getpid()}"
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.path / name)
