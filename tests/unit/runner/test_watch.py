import signal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.work import EndReason, LaunchSpec
from zhisuan.runner.folder import AttemptFolder
from zhisuan.runner.meter import Counts
from zhisuan.runner.watch import Watch


def watch(memory_mb: int = 100, time_limit_s: float = 10.0, grace_s: float = 2.0) -> Watch:
    spec = LaunchSpec(
        "job_1",
        1,
        "/nowhere",
        "key",
        ("python",),
        "m:f",
        memory_mb=memory_mb,
        time_limit_s=time_limit_s,
        grace_s=grace_s,
    )
    folder = AttemptFolder(Path("/nowhere"))
    return Watch(spec, folder, 1, 3, 4, "1-1-boot", 100.0, "", Counts(None, None), 0)


def test_a_job_within_its_limits_is_left_alone() -> None:
    job = watch()
    assert [job.judge(100.0 + t, 99.9, None) for t in range(11)] == [None] * 11
    assert job.verdict is None


def test_too_much_memory_is_ended_at_once() -> None:
    job = watch()
    assert job.judge(100.1, 100.1, None) == signal.SIGKILL
    assert job.verdict is EndReason.OUT_OF_MEMORY


def test_over_time_is_asked_once_and_then_ended() -> None:
    job = watch()
    assert job.judge(110.1, 1, None) == signal.SIGTERM
    assert job.judge(111.0, 1, None) is None
    assert job.judge(112.2, 1, None) == signal.SIGKILL
    assert job.verdict is EndReason.OVER_TIME


def test_a_stop_is_asked_once_and_ended_after_its_own_grace() -> None:
    job = watch()
    assert job.judge(101.0, 1, 5.0) == signal.SIGTERM
    assert job.judge(105.9, 1, 5.0) is None
    assert job.judge(106.1, 1, 5.0) == signal.SIGKILL
    assert job.verdict is EndReason.STOPPED


def test_a_second_stop_can_shorten_the_grace_but_never_lengthen_it() -> None:
    job = watch()
    job.judge(101.0, 1, 30.0)
    assert job.judge(102.0, 1, 0.0) == signal.SIGKILL
    job = watch()
    job.judge(101.0, 1, 1.0)
    assert job.judge(102.0, 1, 30.0) == signal.SIGKILL


def test_a_stop_without_grace_kills() -> None:
    assert watch().judge(101.0, 1, 0.0) == signal.SIGKILL


moments = st.lists(
    st.tuples(
        st.floats(0.01, 5.0), st.floats(0, 200.0), st.none() | st.floats(0.0, 10.0, width=32)
    ),
    min_size=1,
    max_size=40,
)


@given(moments)
def test_the_first_verdict_stands_and_no_signal_comes_without_one(
    steps: list[tuple[float, float, float | None]],
) -> None:
    job, now, first, asked = watch(), 100.0, None, 0
    for wait, memory, stop in steps:
        now += wait
        number = job.judge(now, memory, stop)
        first = first or job.verdict
        asked += number == signal.SIGTERM
        assert job.verdict is first
        assert number is None or first is not None
    assert asked <= 1


def test_leftovers_of_a_good_end_get_a_moment_and_others_none() -> None:
    job = watch()
    assert not job.over(200.0)
    job.ended = 200.0
    assert not job.over(200.1)
    assert job.over(201.0)
    job.verdict = EndReason.STOPPED
    assert job.over(200.0)
