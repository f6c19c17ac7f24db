"""The laws of an engine, as a test class: subclass it, open your engine, and pytest does the rest.

class TestMyEngine(EngineContract):
    def open_engine(self, folder):
        return MyEngine(folder)
"""

import json
import os
import random
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from zhisuan.compute.engines.engine import Engine, Phase
from zhisuan.core.clock import WallClock, parse_instant
from zhisuan.core.quantities import Seconds
from zhisuan.core.work import EndReason, FinalRecord, LaunchSpec
from zhisuan.runner.child import THREAD_VARIABLES
from zhisuan.runner.process import alive
from zhisuan.testing.engine_bench import OVER, EngineBench, bench, gone, order


class EngineContract:
    """What every engine obeys."""

    isolated = False

    def open_engine(self, folder: Path) -> Engine:
        """Your engine on a fresh or an existing data folder."""
        raise NotImplementedError

    @contextmanager
    def bench(self, tmp_path: Path) -> Generator[EngineBench]:
        """Your engine, ready to be tried."""
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        with bench(self.open_engine(folder), folder, isolated=self.isolated) as ready:
            yield ready

    def final(
        self,
        tmp_path: Path,
        function: str,
        **changes: Any,  # noqa: ANN401  any field of the order
    ) -> FinalRecord:
        """The final record of one job."""
        with self.bench(tmp_path) as ready:
            state = ready.run(ready.order(function, **changes))
        assert state.final is not None
        return state.final

    # --- what there is

    def test_inventory_tells_what_may_be_used(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            nodes = ready.engine.inventory().nodes
        assert nodes
        for node in nodes:
            assert node.cores
            assert 0 < node.cpu_milli <= 1000 * len(node.cores)
            assert node.memory_mb > 0

    # --- good ends

    def test_a_job_answers_and_leaves_a_whole_record(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("answer", parameters={"answer": "四十二"})
            before = WallClock().now()
            state = ready.run(spec)
            assert (ready.attempt(spec).output / "answer").read_text() == "四十二"
        assert state.phase is Phase.ENDED
        assert state.attempt == 1
        final = state.final
        assert final is not None
        assert (final.reason, final.exit_code) == (EndReason.SUCCEEDED, 0)
        assert before <= parse_instant(final.started_at) <= parse_instant(final.ended_at)
        assert final.meter.cpu_s > 0
        assert final.meter.wall_s > 0
        assert final.meter.peak_memory_mb > 1

    def test_progress_and_log_can_be_read_while_they_grow(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("tell")
            ready.run(spec)
            events = list(ready.attempt(spec).events())
            log = ready.attempt(spec).log.read_text("utf-8")
            offset = events[0][0]
            assert list(ready.attempt(spec).events(offset)) == events[1:]
        assert [(event["stage"], event["fraction"]) for _, event in events] == [
            ("begin", 0.0),
            ("end", 1.0),
        ]
        assert events[0][1]["rows"] == 3
        assert "一行 a line\n" in log

    def test_a_job_sees_its_grant_and_nothing_of_the_centre(self, tmp_path: Path) -> None:
        os.environ["ZHISUAN_KEY"] = "secret"
        try:
            facts = self._facts(tmp_path)
        finally:
            del os.environ["ZHISUAN_KEY"]
        cores = sorted(os.sched_getaffinity(0))[:1]
        assert facts["cores"] == cores
        assert facts["granted"] == 1
        assert all(facts["environment"][name] == "1" for name in THREAD_VARIABLES)
        assert facts["environment"]["ASCEND_RT_VISIBLE_DEVICES"] == "1"
        assert facts["environment"]["CUDA_VISIBLE_DEVICES"] == ""
        assert "ZHISUAN_KEY" not in facts["environment"]
        assert facts["leads_session"]
        assert len(facts["descriptors"]) <= 5  # the streams, the report, the listing itself
        assert facts["umask"] == 0o077
        assert facts["inputs"] == {"table": "a,b\n"}
        allowed = ("zhisuan", "zhisuan.core", "zhisuan.runner")
        assert all(name.startswith(allowed) for name in facts["modules"])
        assert not any(name.startswith("zhisuan.compute") for name in facts["modules"])

    def _facts(self, tmp_path: Path) -> dict[str, Any]:
        table = tmp_path / "table.csv"
        table.write_text("a,b\n")
        with self.bench(tmp_path) as ready:
            devices = ("cann1", "sim:npu3")
            spec = ready.order("describe", inputs={"table": str(table)}, devices=devices)
            ready.run(spec)
            return json.loads((ready.attempt(spec).output / "facts.json").read_text())

    # --- bad ends

    def test_a_program_that_raises_is_a_program_error(self, tmp_path: Path) -> None:
        final = self.final(tmp_path, "err")
        assert (final.reason, final.exit_code) == (EndReason.PROGRAM_ERROR, 1)
        assert "missing column" in final.message

    def test_a_program_that_leaves_keeps_its_exit_code(self, tmp_path: Path) -> None:
        final = self.final(tmp_path, "leave")
        assert (final.reason, final.exit_code) == (EndReason.PROGRAM_ERROR, 3)

    def test_a_program_that_crashes_tells_the_signal(self, tmp_path: Path) -> None:
        final = self.final(tmp_path, "die")
        assert (final.reason, final.exit_code) == (EndReason.PROGRAM_ERROR, -signal.SIGSEGV)

    def test_wrong_input_keeps_the_programs_own_words(self, tmp_path: Path) -> None:
        final = self.final(tmp_path, "refuse")
        assert final.reason is EndReason.WRONG_INPUT
        assert final.message == "The table has no rows. Send one with rows."

    def test_a_full_disk_is_told_as_one(self, tmp_path: Path) -> None:
        assert self.final(tmp_path, "overfill").reason is EndReason.DISK_FULL

    def test_an_entry_that_is_not_there_is_command_not_found(self, tmp_path: Path) -> None:
        final = self.final(tmp_path, "nothing_of_that_name")
        assert final.reason is EndReason.COMMAND_NOT_FOUND
        assert "nothing_of_that_name" in final.message

    def test_a_module_that_is_not_there_is_command_not_found(self, tmp_path: Path) -> None:
        final = self.final(tmp_path, "answer", entry="no_such_module:main")
        assert final.reason is EndReason.COMMAND_NOT_FOUND

    def test_a_core_that_is_not_there_is_no_fault_of_the_program(self, tmp_path: Path) -> None:
        final = self.final(tmp_path, "answer", cores=(1023,))
        assert final.reason is EndReason.UNKNOWN
        assert "could not be set up" in final.message

    def test_memory_beyond_the_limit_counts_all_processes_of_the_job(self, tmp_path: Path) -> None:
        final = self.final(tmp_path, "eat", memory_mb=150)
        assert final.reason is EndReason.OUT_OF_MEMORY
        assert final.meter.peak_memory_mb > 150

    def test_memory_that_the_system_refuses_is_out_of_memory(self, tmp_path: Path) -> None:
        assert self.final(tmp_path, "want").reason is EndReason.OUT_OF_MEMORY

    def test_a_job_over_its_time_is_ended(self, tmp_path: Path) -> None:
        final = self.final(tmp_path, "sleep", time_limit_s=0.3)
        assert final.reason is EndReason.OVER_TIME
        assert final.meter.wall_s >= 0.3

    # --- stopping

    def test_a_stopped_job_ends_as_stopped(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("sleep")
            ready.engine.launch(spec)
            ready.until_asleep(spec)
            ready.engine.stop(spec.job_id, Seconds(30.0))
            final = ready.until(OVER).final
        assert final is not None
        assert (final.reason, final.exit_code) == (EndReason.STOPPED, -signal.SIGTERM)
        assert final.meter.wall_s < 20

    def test_a_job_that_resists_is_ended_after_its_grace(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("resist")
            ready.engine.launch(spec)
            ready.until_asleep(spec)
            asked = time.monotonic()
            ready.engine.stop(spec.job_id, Seconds(0.4))
            final = ready.until(OVER).final
            waited = time.monotonic() - asked
        assert final is not None
        assert (final.reason, final.exit_code) == (EndReason.STOPPED, -signal.SIGKILL)
        assert waited >= 0.4

    @pytest.mark.parametrize("function", ["give_up_when_asked", "yield_when_asked"])
    def test_a_job_that_asks_may_write_its_checkpoint(self, tmp_path: Path, function: str) -> None:
        with self.bench(tmp_path) as ready:
            final = self._stopped(ready, ready.order(function))
            kept = ready.attempt(ready.order(function)).checkpoint
            assert (kept / "state").read_text() == "kept"
        assert (final.reason, final.exit_code) == (EndReason.STOPPED, 0)

    def test_a_job_that_finishes_before_it_is_told_has_succeeded(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("finish_when_asked")
            final = self._stopped(ready, spec)
            assert (ready.attempt(spec).output / "answer").read_text() == "whole"
        assert (final.reason, final.exit_code) == (EndReason.SUCCEEDED, 0)

    def test_a_job_that_may_have_been_told_and_returns_is_stopped(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            final = self._stopped(ready, ready.order("heed_by_itself"))
        assert (final.reason, final.exit_code) == (EndReason.STOPPED, 0)

    def test_a_job_that_stops_unasked_has_failed(self, tmp_path: Path) -> None:
        assert self.final(tmp_path, "give_up_unasked").reason is EndReason.PROGRAM_ERROR

    def _stopped(self, ready: EngineBench, spec: LaunchSpec) -> FinalRecord:
        """The end of a job that is asked to stop, with ample grace, once it is at work."""
        ready.engine.launch(spec)
        ready.until_asleep(spec)
        ready.engine.stop(spec.job_id, Seconds(30.0))
        final = ready.until(OVER, spec.job_id).final
        assert final is not None
        return final

    def test_a_stop_without_grace_leaves_no_time_for_a_checkpoint(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("yield_when_asked")
            ready.engine.launch(spec)
            ready.until_asleep(spec)
            ready.engine.stop(spec.job_id, Seconds(0.0))
            final = ready.until(OVER).final
            assert not (ready.attempt(spec).checkpoint / "state").exists()
        assert final is not None
        assert (final.reason, final.exit_code) == (EndReason.STOPPED, -signal.SIGKILL)

    def test_who_is_asked_again_with_less_grace_has_less_time(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("resist")
            ready.engine.launch(spec)
            ready.until_asleep(spec)
            ready.engine.stop(spec.job_id, Seconds(600.0))
            ready.engine.stop(spec.job_id, Seconds(0.1))
            final = ready.until(OVER).final
        assert final is not None
        assert (final.reason, final.exit_code) == (EndReason.STOPPED, -signal.SIGKILL)

    def test_stopping_what_is_over_or_unknown_changes_nothing(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            state = ready.run(ready.order("answer"))
            ready.engine.stop("job_1", Seconds(0.0))
            ready.engine.stop("job_unknown", Seconds(0.0))
            assert ready.state() == state
            assert ready.state("job_unknown").phase is Phase.ABSENT

    def test_a_job_stopped_at_once_ends_as_stopped_or_by_itself(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            for number in range(5):
                spec = ready.order("sleep", job=f"job_{number}")
                ready.engine.launch(spec)
                ready.engine.stop(spec.job_id, Seconds(0.1))
                final = ready.until(OVER, spec.job_id).final
                assert final is not None
                assert final.reason is EndReason.STOPPED

    # --- once and only once

    def test_a_runner_holds_nothing_that_the_centre_had_open(self, tmp_path: Path) -> None:
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        with self.bench(tmp_path) as ready:
            spec = ready.order("sleep")
            ready.engine.launch(spec)
            os.close(writing)
            ready.until_asleep(spec)
            assert os.read(reading, 1) == b"", "the pipe has no other end left"
            os.close(reading)
            ready.engine.stop(spec.job_id, Seconds(1.0))
            ready.until(OVER)

    def test_launching_an_attempt_again_never_runs_it_again(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("answer")
            ready.engine.launch(spec)
            ready.engine.launch(spec)
            first = ready.until(OVER)
            ready.engine.launch(spec)
            ready.engine.wait(Seconds(0.2))
            assert ready.state() == first
            assert (ready.attempt(spec).checkpoint / "runs").read_text() == "1\n"

    def test_the_next_attempt_is_another_run(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            ready.run(ready.order("answer"))
            second = ready.order("answer", attempt=2)
            state = ready.run(second)
            assert state.attempt == 2
            assert (ready.attempt(second).checkpoint / "runs").read_text() == "1\n2\n"

    def test_many_jobs_at_once_each_end_once(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            specs = [ready.order("answer", job=f"job_{number}") for number in range(20)]
            for spec in specs:
                ready.engine.launch(spec)
            jobs = [spec.job_id for spec in specs]
            ready.wait_for(
                lambda: all(state.phase in OVER for state in ready.engine.states(jobs).values())
            )
            finals = [state.final for state in ready.engine.states(jobs).values()]
            runs = [(ready.attempt(spec).checkpoint / "runs").read_text() for spec in specs]
        assert all(final and final.reason is EndReason.SUCCEEDED for final in finals)
        assert runs == ["1\n"] * 20

    # --- nothing stays

    def test_no_process_of_an_ended_job_stays(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("leave_helpers")
            state = ready.run(spec)
            helpers = json.loads((ready.attempt(spec).output / "helpers.json").read_text())
            assert len(helpers) == 3
            assert all(gone(pid) for pid in helpers)
        assert state.final is not None
        assert state.final.reason is EndReason.SUCCEEDED

    def test_no_process_of_a_stopped_job_stays(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("leave_helpers", parameters={"stay": True})
            ready.engine.launch(spec)
            ready.until_asleep(spec)
            helpers = json.loads((ready.attempt(spec).output / "helpers.json").read_text())
            ready.engine.stop(spec.job_id, Seconds(0.1))
            ready.until(OVER)
            assert all(gone(pid) for pid in helpers)

    # --- after a death

    def test_a_job_outlives_the_centre_and_the_next_one_adopts_it(self, tmp_path: Path) -> None:
        folder = tmp_path / "data"
        folder.mkdir()
        spec = order(folder, "sleep", isolated=self.isolated)
        self._die_after(folder, spec, delay=None)
        with self.bench(tmp_path) as ready:
            assert ready.state().phase is Phase.RUNNING
            ready.engine.launch(spec)
            assert ready.state().phase is Phase.RUNNING
            ready.engine.stop(spec.job_id, Seconds(5.0))
            final = ready.until(OVER).final
        assert final is not None
        assert final.reason is EndReason.STOPPED

    def test_whenever_the_centre_dies_the_job_runs_once(self, tmp_path: Path) -> None:
        chance = random.Random(20260102)
        for number in range(8):
            home = tmp_path / str(number)
            folder = home / "data"
            folder.mkdir(parents=True)
            spec = order(folder, "answer", isolated=self.isolated)
            self._die_after(folder, spec, delay=chance.uniform(0.0, 0.08))
            with self.bench(home) as ready:
                if ready.state().phase is Phase.ABSENT:
                    ready.engine.launch(spec)
                final = ready.until(OVER).final
                assert final is not None
                assert final.reason is EndReason.SUCCEEDED
                assert (ready.attempt(spec).checkpoint / "runs").read_text() == "1\n"

    def _die_after(self, folder: Path, spec: LaunchSpec, delay: float | None) -> None:
        """A centre in a process of its own launches, and is killed: None, once the job sleeps."""
        pid = os.fork()
        if pid == 0:
            try:
                dying = EngineBench(self.open_engine(folder), folder, self.isolated)
                dying.engine.launch(spec)
                if delay is None:
                    dying.until_asleep(spec)
                else:
                    dying.engine.wait(Seconds(delay))
            finally:
                os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(pid, 0)

    def test_a_killed_runner_loses_its_job_and_leaves_no_process(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("leave_helpers", parameters={"stay": True})
            ready.engine.launch(spec)
            ready.until_asleep(spec)
            attempt = ready.attempt(spec)
            ready.wait_for(lambda: attempt.heartbeat() is not None)
            heartbeat, owner = attempt.heartbeat(), attempt.owner()
            assert heartbeat is not None
            assert owner is not None
            os.kill(int(owner.partition("-")[0]), signal.SIGKILL)
            assert ready.until(OVER).phase is Phase.LOST
            assert not alive(heartbeat.job)
            helpers = json.loads((attempt.output / "helpers.json").read_text())
            ready.wait_for(lambda: all(gone(pid) for pid in helpers))

    def test_a_lost_attempt_never_runs_and_the_next_one_does(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            spec = ready.order("answer")
            attempt = ready.attempt(spec)
            attempt.order(spec)
            attempt.claim("0-0-nobody")
            assert ready.state().phase is Phase.LOST
            ready.engine.launch(spec)
            ready.engine.wait(Seconds(0.2))
            assert ready.state().phase is Phase.LOST
            assert not attempt.output.exists()
            final = ready.run(ready.order("answer", attempt=2)).final
        assert final is not None
        assert final.reason is EndReason.SUCCEEDED

    # --- what was used

    def test_usage_tells_each_ended_attempt_once_in_order(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            first = ready.run(ready.order("answer", job="job_a")).final
            second = ready.run(ready.order("answer", job="job_b")).final
            assert first is not None
            assert second is not None
            told = ready.engine.usage(parse_instant(first.ended_at))
            assert [usage.job_id for usage in told] == ["job_a", "job_b"]
            assert told[0].meter == first.meter
            late = ready.engine.usage(parse_instant(second.ended_at))
            assert [usage.job_id for usage in late] == ["job_b"]

    def test_wait_returns_when_it_is_woken(self, tmp_path: Path) -> None:
        with self.bench(tmp_path) as ready:
            ready.engine.wake()
            began = time.monotonic()
            ready.engine.wait(Seconds(30.0))
            assert time.monotonic() - began < 15
