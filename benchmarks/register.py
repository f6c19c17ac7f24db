"""What registering a large table costs: megabytes of memory and seconds, by size.

Writes CSV files of the given sizes under `benchmarks/out/` (numbers, text, dates, percentages
and codes, as a shop's export would hold them), registers each through the data shelf in a
process of its own and reads that process's peak resident memory. Prints a table and writes
`benchmarks/out/register.json`. The budget is 500 MB for 1 GB.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jobs import OUT

BUDGET_MB = 500
LINE = "{n},店铺{shop},2026-{month:02d}-{day:02d},{price:.2f},{share}%,{code:06d},{note},{size}\n"
HEADER = "order,shop,day,price,discount,code,note,size\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--child", type=Path)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(register(given.child)))
        return
    OUT.mkdir(exist_ok=True)
    rows = [measure(size) for size in given.megabytes]
    print(f"{'CSV MB':>8} {'rows':>12} {'peak MB':>9} {'seconds':>9}")
    for row in rows:
        size, peak = row["csv_mb"], row["peak_mb"]
        over = "  over the budget" if peak > BUDGET_MB else ""
        print(f"{size:8.0f} {row['rows']:12,} {peak:9.0f} {row['seconds']:9.1f}{over}")
    OUT.joinpath("register.json").write_text(json.dumps(rows, indent=2))


def measure(size_mb: int) -> dict[str, float]:
    file = OUT / f"register-{size_mb}.csv"
    write(file, size_mb << 20)
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--child", str(file)],
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        file.unlink()
    return json.loads(done.stdout)


def write(file: Path, size: int) -> None:
    with file.open("w", encoding="utf-8") as out:
        written = out.write(HEADER)
        number = 0
        while written < size:
            block = [line(number + step) for step in range(20_000)]
            number += len(block)
            text = "".join(block)
            out.write(text)
            written += len(text.encode())


def line(n: int) -> str:
    return LINE.format(
        n=n,
        shop=n % 97,
        month=n % 12 + 1,
        day=n % 28 + 1,
        price=n % 9973 / 7,
        share=n % 40,
        code=n * 7919 % 1_000_000,
        note="加急" * (n % 5),
        size="SML"[n % 3],
    )


def register(file: Path) -> dict[str, float]:
    # Imported here: the parent only writes files.
    from zhisuan.core.clock import WallClock  # noqa: PLC0415
    from zhisuan.data.shelf import DataShelf  # noqa: PLC0415
    from zhisuan.store.database import METADATA, Database  # noqa: PLC0415
    from zhisuan.store.objects import ObjectStore  # noqa: PLC0415

    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        database = Database(Path(folder) / "centre.db")
        with database.write() as connection:
            METADATA.create_all(connection)
        shelf = DataShelf(database, ObjectStore(Path(folder) / "objects"), WallClock())
        began = time.perf_counter()
        dataset = shelf.add("benchmark", "orders", file)
        seconds = time.perf_counter() - began
        database.close()
    return {
        "csv_mb": file.stat().st_size / 2**20,
        "rows": dataset.rows,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "seconds": seconds,
    }


if __name__ == "__main__":
    main()
