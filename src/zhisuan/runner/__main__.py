"""The runner's command: `run FOLDER [FD]`, or `warm FD HOME {"program": […], "preload": […]}`."""

import json
import sys
from pathlib import Path

from zhisuan.runner import cold, warm
from zhisuan.runner.child import close_others


def main(arguments: list[str]) -> int:
    """Run one job, or serve many; the exit status."""
    match arguments:
        case ["run", folder]:
            close_others(keep=-1)
            return cold.run(Path(folder))
        case ["run", folder, tell]:
            close_others(keep=int(tell))
            return cold.run(Path(folder), int(tell))
        case ["warm", listener, home, imports]:
            close_others(keep=int(listener))
            names = json.loads(imports)
            return warm.serve(int(listener), Path(home), names["program"], names["preload"])
        case _:
            sys.stderr.write(f"usage: {__doc__}\n")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
