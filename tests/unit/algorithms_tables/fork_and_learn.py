"""Imports the card's `preload`, counts threads, forks, learns in the child: a test's helper."""

import importlib
import json
import os
import sys
import threading

sys.path[:0] = sys.argv[1:3]

for module in sys.argv[3].split(","):
    importlib.import_module(module)

import numpy as np  # noqa: E402  after the preload, as in the runner
from tables import learners  # noqa: E402  the same
from tables.budget import Budget  # noqa: E402  the same
from tables.portfolio import portfolio  # noqa: E402  the same

threads = threading.active_count()
x = np.random.default_rng(0).normal(size=(400, 5)).astype(np.float32)
y = x[:, 0] + 0.1 * x[:, 1]
codes: list[int] = []
for _ in range(2):
    child = os.fork()
    if child == 0:
        cut = learners.Cut(x[:300], y[:300], x[300:], y[300:], y, 0, 2, 0, Budget(60))
        names = [name for name, learner in portfolio(0, y, "fast", 300) if learner(cut)]
        os._exit(0 if len(names) > 5 else 1)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps({"threads": threads, "codes": codes}))  # noqa: T201  the answer to the test
