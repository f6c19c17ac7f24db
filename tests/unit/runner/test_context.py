import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhisuan.core.work import LaunchSpec
from zhisuan.runner.context import JobContext, Stopped


@pytest.fixture
def job(tmp_path: Path) -> Iterator[JobContext]:
    before = signal.getsignal(signal.SIGTERM)
    yield JobContext(LaunchSpec("job_1", 1, str(tmp_path / "1"), "key", ("python",), "m:f"))
    signal.signal(signal.SIGTERM, before)


def ask() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_job_listens_from_its_first_question_on(job: JobContext) -> None:
    assert not job.listens
    assert not job.should_stop()
    assert job.listens
    assert not job.told_to_stop


def test_once_asked_the_answer_is_yes_for_ever(job: JobContext) -> None:
    job.should_stop()
    ask()
    assert job.should_stop()
    assert job.should_stop()
    assert job.told_to_stop


def test_a_request_that_the_program_never_saw_was_not_told(job: JobContext) -> None:
    job.should_stop()
    ask()
    assert not job.told_to_stop


def test_a_job_of_which_another_handler_took_the_signal_does_not_listen(job: JobContext) -> None:
    job.should_stop()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    assert not job.listens
    assert not job.should_stop()
    assert job.listens


def test_every_thread_hears_once_the_main_one_has_asked(job: JobContext) -> None:
    heard: list[bool] = []

    def question() -> None:
        thread = threading.Thread(target=lambda: heard.append(job.should_stop()))
        thread.start()
        thread.join()

    question()
    assert not job.listens, "another thread cannot listen"
    job.should_stop()
    ask()
    question()
    assert heard == [False, True]


def test_code_that_forgives_failures_does_not_forgive_the_stop() -> None:
    assert not issubclass(Stopped, Exception)
