"""What the centre weighs: packages, megabytes and seconds of a fresh install, and idle memory.

Installs the locked requirements and the centre into a new environment under `benchmarks/out/`,
makes the tables algorithm's environment beside it, opens the centre on an empty data folder and
reads its resident memory once it answers and nothing happens. `python benchmarks/install.py`
prints the table and writes `benchmarks/out/install.json`. Times depend on what the package cache
holds; the table says which it was.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from jobs import OUT, centre

ROOT = Path(__file__).parent.parent
BUDGETS = {"packages": 60, "centre_mb": 300, "tables_mb": 1300, "idle_rss_mb": 200}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cold", action="store_true", help="ignore the package cache")
    given = parser.parse_args()
    cache = ["--no-cache"] if given.cold else []
    home = OUT / "install"
    shutil.rmtree(home, ignore_errors=True)
    tables = ROOT / "src/zhisuan/algorithms/presets/tables/requirements.txt"
    began = time.perf_counter()
    install(home / "centre", ROOT / "requirements" / "centre.txt", cache)
    uv(
        "pip",
        "install",
        "--no-deps",
        "--python",
        str(home / "centre" / "bin" / "python"),
        str(ROOT),
    )
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    install(home / "tables", tables, ["--compile-bytecode", *cache])
    row = {
        "packages": len(list((home / "centre").glob("lib/*/site-packages/*.dist-info"))),
        "centre_mb": megabytes(home / "centre"),
        "centre_s": round(seconds, 1),
        "tables_packages": len(list((home / "tables").glob("lib/*/site-packages/*.dist-info"))),
        "tables_mb": megabytes(home / "tables"),
        "tables_s": round(time.perf_counter() - began, 1),
        "idle_rss_mb": idle_mb(),
    }
    print(f"package cache {'ignored' if given.cold else 'used'}")
    for name, value in row.items():
        budget = f"  (budget {BUDGETS[name]})" if name in BUDGETS else ""
        print(f"{name:16} {value:8}{budget}")
    OUT.joinpath("install.json").write_text(json.dumps({"cold": given.cold, **row}, indent=2))


def install(place: Path, lock: Path, flags: list[str]) -> None:
    uv("venv", "--python", sys.executable, str(place))
    python = str(place / "bin" / "python")
    uv("pip", "sync", "--require-hashes", *flags, "--python", python, str(lock))


def uv(*words: str) -> None:
    subprocess.run([str(Path(sys.executable).with_name("uv")), "--quiet", *words], check=True)


def megabytes(folder: Path) -> int:
    """On disk, following no links."""
    sizes = (path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
    return round(sum(sizes) / 2**20)


def idle_mb() -> int:
    """Resident memory of a centre that has answered and then rested for two seconds."""
    with centre() as (_, _, process):
        time.sleep(2)
        status = Path(f"/proc/{process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()
