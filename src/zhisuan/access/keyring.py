"""The keyring: keys kept as files in a data folder, readable by its owner alone."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys under `keys/` of a data folder, each a file of mode 0600."""

    folder: Path

    def read(self, name: str) -> str | None:
        """A key's text, None if there is none of that name."""
        try:
            return (self.folder / "keys" / name).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None

    def keep(self, name: str, text: str) -> str:
        """Keep a key's text."""
        path = self.folder / "keys" / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(text, encoding="ascii")
        beside.chmod(0o600)
        beside.replace(path)
        return text
