import errno
import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.errors import EmptyData, WrongInput
from zhisuan.core.work import EndReason, LaunchSpec
from zhisuan.runner.ending import Report, conclude, report_error

SPEC = LaunchSpec("job_1", 1, "/f", "key", ("python",), "m:f", memory_mb=64, time_limit_s=2.5)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (WrongInput("no rows"), EndReason.WRONG_INPUT),
        (EmptyData("no rows"), EndReason.WRONG_INPUT),
        (MemoryError(), EndReason.OUT_OF_MEMORY),
        (OSError(errno.ENOSPC, "full"), EndReason.DISK_FULL),
        (OSError(errno.EDQUOT, "full"), EndReason.DISK_FULL),
        (OSError(errno.EIO, "broken"), EndReason.PROGRAM_ERROR),
        (ModuleNotFoundError("numpy"), EndReason.PROGRAM_ERROR),
        (KeyboardInterrupt(), EndReason.PROGRAM_ERROR),
    ],
)
def test_each_error_has_its_reason(error: BaseException, reason: EndReason) -> None:
    assert report_error(error).reason is reason


def test_a_wrong_input_keeps_its_words_and_its_hint() -> None:
    report = report_error(WrongInput("The table has no rows.", hint="Send one with rows."))
    assert report.message == "The table has no rows. Send one with rows."


@given(st.text(st.characters(codec=None), max_size=50_000) | st.just("\1" * 5000))
def test_every_report_fits_one_write_to_a_pipe_and_comes_back(text: str) -> None:
    report = report_error(ValueError(text))
    line = report.to_json().encode(errors="strict")
    assert len(line) <= 4096
    assert Report.from_json(line.decode()) == report
    assert Report.from_json(WHOLE.to_json()) == WHOLE


VERDICTS = st.sampled_from([EndReason.STOPPED, EndReason.OVER_TIME, EndReason.OUT_OF_MEMORY])
WHOLE = Report(EndReason.SUCCEEDED, "", whole=True)


@given(
    verdict=VERDICTS,
    report=st.none() | st.builds(Report, st.sampled_from(EndReason), st.text()),
    status=st.integers(-64, 255),
    oom=st.booleans(),
)
def test_what_the_supervisor_decided_is_the_reason(
    verdict: EndReason, report: Report | None, status: int, *, oom: bool
) -> None:
    reason, code, message = conclude(SPEC, verdict, report, status, oom=oom)
    assert (reason, code) == (verdict, status)
    assert message.endswith(".")


@pytest.mark.parametrize("verdict", [EndReason.STOPPED, EndReason.OVER_TIME])
def test_a_job_that_was_whole_before_it_was_told_to_stop_succeeded(verdict: EndReason) -> None:
    assert conclude(SPEC, verdict, WHOLE, 0, oom=False) == (EndReason.SUCCEEDED, 0, "")
    assert conclude(SPEC, None, WHOLE, 0, oom=False) == (EndReason.SUCCEEDED, 0, "")


@given(verdict=VERDICTS, status=st.integers(-64, 255).filter(bool), oom=st.booleans())
def test_a_job_that_was_ended_before_it_left_is_not_whole(
    verdict: EndReason, status: int, *, oom: bool
) -> None:
    assert conclude(SPEC, verdict, WHOLE, status, oom=oom)[0] is verdict


def test_too_much_memory_is_never_forgiven() -> None:
    verdict = EndReason.OUT_OF_MEMORY
    assert conclude(SPEC, verdict, WHOLE, 0, oom=False)[0] is verdict


def test_nobody_stops_who_was_not_asked() -> None:
    report = Report(EndReason.STOPPED, "")
    reason, _, message = conclude(SPEC, None, report, 0, oom=False)
    assert reason is EndReason.PROGRAM_ERROR
    assert "had not asked" in message


def test_a_stop_tells_whether_it_took_force() -> None:
    def message(status: int) -> str:
        return conclude(SPEC, EndReason.STOPPED, None, status, oom=False)[2]

    assert "grace" in message(-signal.SIGKILL)
    assert message(-signal.SIGTERM) == message(0) == "The job was stopped on request."


def test_a_verdict_tells_the_limit_that_was_passed() -> None:
    def message(verdict: EndReason) -> str:
        return conclude(SPEC, verdict, None, -9, oom=False)[2]

    assert "2.5 s" in message(EndReason.OVER_TIME)
    assert "64 MB" in message(EndReason.OUT_OF_MEMORY)


@given(status=st.integers(-64, 255), oom=st.booleans())
def test_nothing_succeeds_without_saying_so(status: int, *, oom: bool) -> None:
    reason, _, message = conclude(SPEC, None, None, status, oom=oom)
    assert reason in (EndReason.PROGRAM_ERROR, EndReason.OUT_OF_MEMORY)
    assert message


def test_killed_while_the_kernel_wanted_memory_is_out_of_memory() -> None:
    killed = -signal.SIGKILL
    assert conclude(SPEC, None, None, killed, oom=True)[0] is EndReason.OUT_OF_MEMORY
    assert conclude(SPEC, None, None, killed, oom=False)[0] is EndReason.PROGRAM_ERROR
    assert conclude(SPEC, None, None, -signal.SIGSEGV, oom=True)[0] is EndReason.PROGRAM_ERROR
