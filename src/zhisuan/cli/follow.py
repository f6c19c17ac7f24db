"""Following the live feed beside a long request, to show how far it is."""

import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

from zhisuan.cli.door import Door
from zhisuan.cli.screen import Stages
from zhisuan.core.errors import CentreError

STAGES = {
    "copy": "copying",
    "read": "reading the table",
    "profile": "looking at the columns",
    "split": "setting rows aside for the final check",
    "baseline": "the naive answer, to compare with",
    "first": "a first result",
    "search": "searching for a better model",
    "choose": "choosing",
    "score": "checking on rows never seen",
    "explain": "finding out what matters",
    "export": "packing the model",
    "report": "writing the report",
}
"""What the stages of data and algorithms are called for people; others are shown as they are."""


@contextmanager
def following(door: Door, request: str, stages: Stages) -> Generator[None]:
    """Show the progress events of one request while the block runs."""
    feed = Door(door.url, door.key, local=door.local)

    def read() -> None:
        # The feed is for show: when it breaks or is hung up, the request itself goes on.
        with suppress(CentreError, OSError, RuntimeError, ValueError):
            for _, kind, event in feed.events(None):
                if kind == "dataset.progress" and event["subject"] == request:
                    tell(stages, event["facts"])

    thread = threading.Thread(target=read, name="feed", daemon=True)
    thread.start()
    try:
        yield
    finally:
        feed.close()


def tell(stages: Stages, facts: dict[str, Any]) -> None:
    """Show one progress event."""
    stage = str(facts.get("stage", ""))
    score = facts.get("best_score")
    best = f" (best so far {score:.4g})" if isinstance(score, int | float) else ""
    stages.tell(f"{STAGES.get(stage, stage)}{best}", float(facts.get("fraction", 0.0)))
