"""The ladder: an account that runs dry is told, takes no new work, is paused, then stopped.

Data and results stay. A stage is a pure function of what is left and since when nothing was;
money paid in leads straight back to the top.
"""

from dataclasses import dataclass
from enum import StrEnum

from zhisuan.core.clock import Instant
from zhisuan.core.money import MicroYuan
from zhisuan.ledger.accounts.business import Ladder


class Stage(StrEnum):
    """How far down the ladder an account is."""

    GOOD = "good"
    NOTIFIED = "notified"
    NO_NEW_WORK = "no_new_work"
    PAUSED = "paused"
    STOPPED = "stopped"

    @property
    def step(self) -> int:
        """0 at the top."""
        return list(Stage).index(self)


SENTENCES = {
    Stage.GOOD: ("账户状态正常。", "The account is in good standing."),
    Stage.NOTIFIED: (
        "余额不多了；请及时充值，以免影响新的任务。",
        "Little is left in the account; top it up before new work is refused.",
    ),
    Stage.NO_NEW_WORK: (
        "余额已用完，暂不接受新任务；正在进行的会继续。充值后立即恢复。",
        "Nothing is left, so no new work is taken; what runs goes on. Pay in to put it right.",
    ),
    Stage.PAUSED: (
        "余额用完已久，进行中的任务已暂停并保存进度；充值后自动继续。",
        "Nothing has been left for long, so work is paused; it goes on once money is paid in.",
    ),
    Stage.STOPPED: (
        "余额用完太久，任务已结束；数据和成果仍然保留。",
        "Nothing has been left for too long, so work has been ended; data and results are kept.",
    ),
}
"""What its tenant is told, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account is on the ladder.

    Attributes:
        dry_since: since when nothing has been left; None while something is.
        since: when it came to this stage.
    """

    stage: Stage
    since: Instant
    dry_since: Instant | None = None


def standing(
    before: Standing, spendable: MicroYuan, held: MicroYuan, ladder: Ladder, now: Instant
) -> Standing:
    """Where an account is now.

    Work whose price is held is paid for: while there is such work the clock does not run, unless
    the account owes more than it may.

    Args:
        before: where it was.
        spendable: what may still be spent, credit included, holds taken out; micro-yuan.
        held: what is set aside for accepted quotes.
        ladder: the rules.
        now: the instant.
    """
    if spendable > 0:
        low = spendable < ladder.notify_below
        stage, dry_since = (Stage.NOTIFIED if low else Stage.GOOD), None
    elif held and spendable == 0:
        stage, dry_since = Stage.NO_NEW_WORK, None
    else:
        dry_since = before.dry_since or now
        dry = now - dry_since
        stage = Stage.NO_NEW_WORK
        if dry >= ladder.stop_after:
            stage = Stage.STOPPED
        elif dry >= ladder.pause_after:
            stage = Stage.PAUSED
    return Standing(stage, before.since if stage is before.stage else now, dry_since)


def data_kept_until(at: Standing, ladder: Ladder) -> Instant | None:
    """Until when data and results are certainly kept; None while work is not ended."""
    return at.since + ladder.keep_data if at.stage is Stage.STOPPED else None
