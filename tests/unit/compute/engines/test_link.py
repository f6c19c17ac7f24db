import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhisuan.compute.engines.link import RunnerLink, SocketFolder, start_runner
from zhisuan.core.errors import EnvironmentUnavailable


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[SocketFolder]:
    folder = tmp_path / ("a" * 120)
    folder.mkdir()
    sockets = SocketFolder(folder)
    yield sockets
    sockets.close()


def test_a_socket_is_reached_however_long_its_folder_is(deep: SocketFolder) -> None:
    with deep.listen("x.sock") as listener:
        stream = deep.connect("x.sock")
        assert stream is not None
        other, _ = listener.accept()
        with stream, other:
            stream.sendall(b"hello")
            assert other.recv(10) == b"hello"


def test_a_name_without_a_listener_is_nobody_and_is_swept(
    deep: SocketFolder, tmp_path: Path
) -> None:
    assert deep.connect("x.sock") is None
    deep.listen("x.sock").close()
    assert deep.connect("x.sock") is None
    with deep.listen("y.sock"):
        [(name, stream)] = deep.sweep()
        stream.close()
    assert name == "y.sock"
    assert [path.name for path in (tmp_path / ("a" * 120)).iterdir()] == ["y.sock"]


def test_lines_wait_when_the_other_end_is_slow_and_none_is_lost() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender, receiver = RunnerLink(ours), RunnerLink(theirs)
        sent = [{"number": number, "text": "作业" * 500} for number in range(2000)]
        for message in sent:
            sender.send(message)
        assert sender.wants_to_write
        received: list[object] = []
        while len(received) < len(sent):
            received += receiver.receive()
            sender.flush()
        assert received == sent
        assert not sender.wants_to_write
        sender.close()
        assert receiver.receive() == []
        assert not receiver.open


def test_speaking_to_a_dead_runner_closes_the_link() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        link = RunnerLink(ours)
        theirs.close()
        link.send({"launch": "/nowhere"})
        assert not link.open


def test_an_interpreter_that_is_not_there_is_named(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(EnvironmentUnavailable, match="no-such-python"):
        start_runner(["/no-such-python", "x"], theirs, tmp_path / "log", {})


def test_a_runner_gets_its_own_session_its_socket_and_little_else(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    os.environ["ZHISUAN_KEY"] = "k"
    with ours, theirs:
        script = "env >&3; cat /proc/self/stat >&3"
        pid = start_runner(["/bin/sh", "-c", script], theirs, tmp_path / "log", {"A": "b"})
        theirs.close()
        del os.environ["ZHISUAN_KEY"]
        text = b""
        while block := ours.recv(65536):
            text += block
    os.waitpid(pid, 0)
    lines = text.decode().splitlines()
    assert "A=b" in lines
    assert any(line.startswith("ZHISUAN_RUNNER=") for line in lines)
    assert not any(line.startswith("ZHISUAN_KEY") for line in lines)
    assert lines[-1].split()[5] == str(pid), "the session's leader is the runner"
