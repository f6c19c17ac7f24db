"""Answers new rows once by a solution, in a fork of a process that imported the card's preload.

A test's helper. In the fork nothing can be unpickled: whoever tries ends the run.
"""

import importlib
import json
import os
import pickle
import sys
from pathlib import Path

sys.path[:0] = sys.argv[1:3]
order = json.loads(Path(sys.argv[3]).read_text("utf-8"))
for module in order.pop("preload"):
    importlib.import_module(module)

from tables.predict import main  # noqa: E402  its path was added above

from zhisuan.core.errors import WrongInput  # noqa: E402  the same
from zhisuan.core.work import LaunchSpec  # noqa: E402  the same
from zhisuan.runner.context import JobContext  # noqa: E402  the same


def refuse(*_: object, **__: object) -> None:
    """Stands where a pickle would be read."""
    raise AssertionError("a pickle was read")


def answer() -> dict[str, object]:
    """What the job wrote, or how it refused."""
    spec = LaunchSpec(
        job_id="test", attempt=1, environment="", interpreter=(), entry="", cores=(0,), **order,
    )  # fmt: skip
    job = JobContext(spec)
    job.output.mkdir(parents=True)
    os.chdir(job.output.parent)
    try:
        main(job)
    except WrongInput as refusal:
        return {"refused": refusal.message}
    told = json.loads((job.output / "prediction.json").read_text("utf-8"))
    left = sorted(path.name for path in job.output.parent.iterdir())
    return {**told, "file": str(job.output / "predictions.csv"), "left": left}


child = os.fork()
if child == 0:
    pickle.load = pickle.loads = pickle.Unpickler = refuse
    sys.modules["_pickle"] = None
    print(json.dumps(answer()), flush=True)  # noqa: T201  the answer to the test
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
