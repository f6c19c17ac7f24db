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
    "unpack": "unpacking",
    "decode": "reading the characters",
    "read": "reading the table",
    "type": "finding out what the columns hold",
    "profile": "looking at the columns",
    "learn": "learning",
    "judge": "checking on rows never seen",
    "explain": "finding out what matters",
    "write": "packing the model, writing the report",
    "done": "done",
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
