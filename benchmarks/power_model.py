"""How well two points tell a processor's power, and how wrong they are on an unknown one.

Reads profiles of load against RAPL package power, one CSV for each, as published with
codecarbon (MIT; columns cpu_name, cores_used, cpu_load in percent, rapl_power in watts). For each
processor it fits P0 and Pmax of P = P0 + (Pmax - P0) load^0.7 by least squares and prints the
mean absolute percentage error of each profile: with its own first and last reading (what an
operator can measure), with the processor's fit over both its profiles, and with the
median watts for each logical core of all other processors (leave one processor out). The
idle runs (up to 5 % load) are left out of the percentages: they read about a watt.

    python benchmarks/power_model.py FOLDER [--json FILE]
"""

import argparse
import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, median

EXPONENT = 0.7
LEAST_LOAD = 0.05

Point = tuple[float, float]


def read(folder: Path) -> dict[str, dict[str, list[Point]]]:
    """Points (load 0..1, watts) by processor and profile."""
    found: dict[str, dict[str, list[Point]]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        points = [(float(row["cpu_load"]) / 100, float(row["rapl_power"])) for row in rows]
        found.setdefault(rows[0]["cpu_name"].strip(), {})[rows[0]["load_type"]] = points
    return found


def cores_of(folder: Path) -> dict[str, int]:
    """Logical cores by processor: the most that were ever loaded."""
    cores: dict[str, int] = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                name = row["cpu_name"].strip()
                cores[name] = max(cores.get(name, 0), int(row["cores_used"]))
    return cores


def fit(points: Sequence[Point]) -> tuple[float, float]:
    """P0 and Pmax by least squares, P0 no less than the least reading; P is linear in both."""
    shapes = [(1 - load**EXPONENT, load**EXPONENT, watts) for load, watts in points]
    aa = sum(a * a for a, _, _ in shapes)
    ab = sum(a * b for a, b, _ in shapes)
    bb = sum(b * b for _, b, _ in shapes)
    ay = sum(a * y for a, _, y in shapes)
    by = sum(b * y for _, b, y in shapes)
    idle = max((ay * bb - by * ab) / (aa * bb - ab * ab), min(watts for _, watts in points))
    return idle, (by - idle * ab) / bb


def errors(points: Sequence[Point], idle: float, full: float) -> list[float]:
    """Signed relative errors of the model, in percent."""
    return [
        100 * (idle + (full - idle) * load**EXPONENT - watts) / watts
        for load, watts in points
        if load > LEAST_LOAD
    ]


def measure(folder: Path) -> list[dict[str, object]]:
    """One row for each processor and profile."""
    profiles, cores = read(folder), cores_of(folder)
    fits = {
        name: fit([p for points in by.values() for p in points]) for name, by in profiles.items()
    }
    rows: list[dict[str, object]] = []
    for name, by_profile in profiles.items():
        others = per_core({cpu: ends for cpu, ends in fits.items() if cpu != name}, cores)
        for profile, points in by_profile.items():
            own = errors(points, *fits[name])
            ends = errors(points, points[0][1], points[-1][1])
            unknown = errors(points, others[0] * cores[name], others[1] * cores[name])
            rows.append(
                {
                    "cpu": name,
                    "profile": profile,
                    "cores": cores[name],
                    "idle_w": round(fits[name][0], 2),
                    "max_w": round(fits[name][1], 2),
                    "ends_mape_pct": round(fmean(map(abs, ends)), 1),
                    "own_mape_pct": round(fmean(map(abs, own)), 1),
                    "unknown_mape_pct": round(fmean(map(abs, unknown)), 1),
                    "unknown_bias_pct": round(fmean(unknown), 1),
                }
            )
    return rows


def per_core(
    fits: Mapping[str, tuple[float, float]], cores: Mapping[str, int]
) -> tuple[float, float]:
    """Median idle and full watts for each logical core."""
    return (
        median(idle / cores[name] for name, (idle, _) in fits.items()),
        median(full / cores[name] for name, (_, full) in fits.items()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows = measure(arguments.folder)
    print("\t".join(rows[0]))
    for row in rows:
        print("\t".join(str(value) for value in row.values()))
    for column in ("ends_mape_pct", "own_mape_pct", "unknown_mape_pct"):
        values = [float(str(row[column])) for row in rows]
        print(f"{column}: median {median(values):.1f}, worst {max(values):.1f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
