"""The ladder: told, no new work, paused, stopped; and straight back once something is paid in."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.money import NOTHING, from_yuan
from zhisuan.ledger.accounts.business import Ladder
from zhisuan.ledger.accounts.ladder import SENTENCES, Stage, Standing, data_kept_until, standing

START = datetime(2026, 3, 1, tzinfo=UTC)
RULES = Ladder(from_yuan("10"), timedelta(hours=24), timedelta(hours=72), timedelta(days=90))
GOOD = Standing(Stage.GOOD, START)


def after(steps, ladder=RULES):
    """Where an account stands after looks at (hours, yuan)."""
    now = GOOD
    for hours, yuan in steps:
        now = standing(now, from_yuan(yuan), NOTHING, ladder, START + timedelta(hours=hours))
    return now


def test_an_account_goes_down_step_by_step():
    looks = [(0, "50"), (1, "9"), (2, "0"), (25, "0"), (26, "0"), (73, "0"), (74, "0")]
    stages = [after(looks[: count + 1]).stage for count in range(len(looks))]
    assert stages == [
        "good",
        "notified",
        "no_new_work",
        "no_new_work",
        "paused",
        "paused",
        "stopped",
    ]
    stopped = after(looks)
    assert stopped.since == START + timedelta(hours=74)
    assert data_kept_until(stopped, RULES) == stopped.since + timedelta(days=90)


def test_money_leads_straight_back_to_the_top():
    assert after([(0, "0"), (100, "0"), (101, "20")]).stage is Stage.GOOD
    assert after([(0, "0"), (100, "0"), (101, "5"), (102, "0")]).dry_since == START + timedelta(
        hours=102
    )


def test_work_whose_price_is_held_keeps_the_clock_from_running():
    now = GOOD
    for hours in (0, 30, 100):
        now = standing(now, NOTHING, from_yuan("5"), RULES, START + timedelta(hours=hours))
        assert (now.stage, now.dry_since) == (Stage.NO_NEW_WORK, None)


def test_who_owes_more_than_he_may_is_dry_whatever_is_held():
    now = standing(GOOD, from_yuan("-1"), from_yuan("5"), RULES, START)
    later = standing(now, from_yuan("-1"), from_yuan("5"), RULES, START + timedelta(hours=25))
    assert later.stage is Stage.PAUSED


def test_every_stage_has_its_sentences():
    assert all(all(SENTENCES[stage]) for stage in Stage)


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from(["-5", "0", "3", "40"])), max_size=20
    ).map(sorted)
)
def test_nobody_is_stopped_before_being_paused_for_long_enough(looks):
    now, dry_since = GOOD, None
    for hours, yuan in looks:
        at = START + timedelta(hours=hours)
        now = standing(now, from_yuan(yuan), NOTHING, RULES, at)
        dry_since = None if from_yuan(yuan) > 0 else dry_since or at
        assert (now.stage is Stage.STOPPED) == (
            dry_since is not None and at - dry_since >= RULES.stop_after
        )
        assert (now.stage.step >= Stage.PAUSED.step) == (
            dry_since is not None and at - dry_since >= RULES.pause_after
        )
