"""`zhisuan doctor`: what this machine has, what the centre would use, what is missing."""

import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

import typer

from zhisuan import __version__
from zhisuan.cli import screen
from zhisuan.cli.options import Data, Json
from zhisuan.core.errors import EnvironmentUnavailable

_ENOUGH_MB = 2500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    found: str
    ok: bool
    hint: str = ""


def doctor(data: Data = None, as_json: Json = False) -> None:
    """Look at the machine and the data folder; exit status 7 if something is missing."""
    findings = _findings(data)
    if as_json:
        screen.show_json(
            [
                {"what": each.what, "found": each.found, "ok": each.ok, "hint": each.hint}
                for each in findings
            ]
        )
    else:
        for each in findings:
            mark = "[green]✓[/]" if each.ok else "[yellow]![/]"
            screen.show(f"{mark} {each.what:<18} {screen.escape(each.found)}")
            if each.hint and not each.ok:
                screen.show(f"  {screen.escape(each.hint)}")
    if not all(each.ok for each in findings):
        raise typer.Exit(7)


def _findings(data: Data) -> list[Finding]:
    # Imported here: looking at everything needs everything.
    from zhisuan.algorithms.catalogue import Catalogue
    from zhisuan.algorithms.environment import Environments
    from zhisuan.compute.engines.inventory import labels, this_machine
    from zhisuan.green.factor import china
    from zhisuan.green.power import profile_of
    from zhisuan.green.sensors.discovery import best_sensor
    from zhisuan.local import running_at
    from zhisuan.settings import read_settings

    settings = read_settings(data=data)
    node = this_machine()
    place = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    free_mb = shutil.disk_usage(place).free // 2**20
    sensor, why_not_better = best_sensor(profile_of(labels()["cpu_model"], len(node.cores)))
    factor = china().of(settings.region)
    environments = Environments(settings.data / "environments", settings.wheels)
    running = running_at(settings.data)

    def environment(lock: Path) -> str:
        try:
            environments.made(lock)
        except EnvironmentUnavailable:
            return "is made at first use"
        return "ready"

    return [
        Finding("zhisuan", __version__, ok=True),
        Finding("Python", platform.python_version(), ok=True),
        Finding("data folder", str(settings.data), ok=True),
        Finding("centre", f"answers at {running}" if running else "not running", ok=True),
        Finding(
            "disk",
            f"{free_mb:,} MB free",
            ok=free_mb >= _ENOUGH_MB,
            hint=f"An algorithm's environment needs up to {_ENOUGH_MB} MB: free some space.",
        ),
        Finding("machine", f"{node.name}: {len(node.cores)} cores, {node.memory_mb:,} MB", ok=True),
        Finding("power", f"{sensor.name} ({sensor.quality}) {why_not_better}".strip(), ok=True),
        Finding(
            "grid factor",
            f"{factor.g_per_kwh} gCO2/kWh, {factor.name_en} {factor.year} ({factor.source})",
            ok=True,
        ),
        *(
            Finding(
                f"algorithm {each.name}",
                f"{each.card.version}, environment {environment(each.lock)}",
                ok=True,
            )
            for each in Catalogue.presets()
        ),
    ]
