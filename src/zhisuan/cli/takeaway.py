"""Taking a solution away: its zip, unpacked into a folder."""

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from zhisuan.cli.door import Door
from zhisuan.store.objects import disk_errors


def take_away(door: Door, solution: dict[str, Any], out: Path | None) -> Path:
    """Bring a solution's files into `out`, or `results/<id>` here; returns the folder."""
    name = solution["solution_id"]
    folder = (out or Path("results") / name).absolute()
    with disk_errors(), tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / "solution.zip"
        door.download(f"/v1/solutions/{name}/archive", archive)
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(archive) as files:
            for item in files.infolist():
                # The zip is the centre's own: its one top folder is the solution's id.
                target = folder / Path(item.filename).relative_to(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(files.read(item))
    return folder
