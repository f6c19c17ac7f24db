"""Runs the algorithm once in its environment, with the runner's own context: a test's helper."""

import json
import sys
from pathlib import Path

sys.path[:0] = sys.argv[1:3]

from tables.run import main  # noqa: E402  its path was added above

from zhisuan.core.errors import WrongInput  # noqa: E402  the same
from zhisuan.core.work import LaunchSpec  # noqa: E402  the same
from zhisuan.runner.context import JobContext  # noqa: E402  the same

order = json.loads(Path(sys.argv[3]).read_text("utf-8"))
spec = LaunchSpec(
    job_id="test", attempt=1, environment="", interpreter=(), entry="tables.run:main",
    cores=(0, 1), **order,
)  # fmt: skip
job = JobContext(spec)
job.output.mkdir(parents=True)
try:
    main(job)
    answer = json.loads((job.output / "solution.json").read_text("utf-8"))
    answer["folder"] = str(job.output)
    events = Path(order["folder"], "events.jsonl").read_text("utf-8").splitlines()
    answer["events"] = [json.loads(line) for line in events]
except WrongInput as refusal:
    answer = {"refused": refusal.message, "hint": refusal.hint}
print(json.dumps(answer))  # noqa: T201  the answer to the test
