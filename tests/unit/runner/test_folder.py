from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from zhisuan.core.work import EndReason, FinalRecord, LaunchSpec, MeterReading
from zhisuan.runner.context import JobContext
from zhisuan.runner.folder import AttemptFolder, Heartbeat
from zhisuan.runner.process import alive


@pytest.fixture
def spec(tmp_path: Path) -> LaunchSpec:
    return LaunchSpec(
        "job_1", 2, str(tmp_path / "job_1" / "2"), "key", ("python",), "m:f", cores=(3, 4)
    )


@pytest.fixture
def folder(spec: LaunchSpec) -> AttemptFolder:
    attempt = AttemptFolder(spec.folder)
    attempt.order(spec)
    return attempt


def test_an_empty_folder_knows_nothing(tmp_path: Path) -> None:
    folder = AttemptFolder(tmp_path / "absent")
    assert folder.spec() is None
    assert folder.owner() is None
    assert folder.heartbeat() is None
    assert folder.stop_request() is None
    assert folder.final() is None
    assert list(folder.events()) == []


def test_every_file_comes_back_as_it_was_written(folder: AttemptFolder, spec: LaunchSpec) -> None:
    heartbeat = Heartbeat("1-2-abc", "2026-01-02T03:04:05.000006Z", 12.5, 0.5)
    meter = MeterReading(1.0, 0.5, 12.5, 0.7, 2, None)
    record = FinalRecord("job_1", 2, EndReason.STOPPED, -15, "已停止。", "a", "b", meter)
    folder.beat(heartbeat)
    folder.request_stop(1.5)
    folder.finish(record)
    again = AttemptFolder(folder.path)
    assert again.spec() == spec
    assert again.heartbeat() == heartbeat
    assert again.stop_request() == 1.5
    assert again.final() == record
    assert {path.name for path in folder.path.iterdir()} == {
        "spec.json",
        "heartbeat.json",
        "stop",
        "final.json",
    }


def test_the_first_order_stays(folder: AttemptFolder, spec: LaunchSpec) -> None:
    other = LaunchSpec("job_1", 2, spec.folder, "other", ("python",), "m:g")
    folder.order(other)
    assert folder.spec() == spec


def test_of_many_claims_one_succeeds(folder: AttemptFolder) -> None:
    names = [f"{number}-0-boot" for number in range(64)]
    with ThreadPoolExecutor(16) as threads:
        won = [name for name, ok in zip(names, threads.map(folder.claim, names), strict=True) if ok]
    assert len(won) == 1
    assert folder.owner() == won[0]


@pytest.mark.parametrize("text", ["", "{", '{"job_id": "job_1"'])
def test_a_record_cut_short_by_a_power_loss_is_no_record(folder: AttemptFolder, text: str) -> None:
    for name in ("final.json", "heartbeat.json", "stop", "spec.json"):
        (folder.path / name).write_text(text)
    assert folder.final() is None
    assert folder.heartbeat() is None
    assert folder.stop_request() is None
    assert folder.spec() is None


def test_a_claim_cut_short_belongs_to_nobody_alive(folder: AttemptFolder) -> None:
    (folder.path / "claim").write_text("")
    assert folder.owner() == ""
    assert not alive("")
    assert not folder.claim("1-1-boot")


def test_an_order_cut_short_is_written_again(folder: AttemptFolder, spec: LaunchSpec) -> None:
    (folder.path / "spec.json").write_text("{")
    folder.order(spec)
    assert folder.spec() == spec


def test_events_are_read_on_from_where_one_stopped(folder: AttemptFolder, spec: LaunchSpec) -> None:
    context = JobContext(spec)
    context.progress("拟合", -1.0, rows=3)
    (offset, first), *rest = folder.events()
    assert rest == []
    assert (first["stage"], first["fraction"], first["rows"]) == ("拟合", 0.0, 3)
    context.progress("score", 0.5)
    with folder.events_file.open("a") as file:
        file.write('{"half": ')
    assert [event["stage"] for _, event in folder.events(offset)] == ["score"]


def test_a_context_shows_the_grant(spec: LaunchSpec, folder: AttemptFolder) -> None:
    context = JobContext(spec)
    assert context.cores == 2
    assert context.output == folder.path / "output"
    assert context.checkpoint == folder.path.parent / "checkpoint"
