import pytest

from zhisuan.algorithms.uv import translate
from zhisuan.core.errors import CentreError, DataFolderReadOnly, DiskFull, EnvironmentUnavailable

# uv 0.13's own words.
FULL = """\
error: Failed to install: numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.whl (numpy==2.4.6)
  Caused by: failed to copy file: No space left on device (os error 28)
"""
READ_ONLY = """\
error: Failed to create virtual environment
  Caused by: failed to create directory: Read-only file system (os error 30)
"""
UNREACHABLE = """\
error: Request failed after 3 retries in 6.4s
  Caused by: Failed to fetch: `http://127.0.0.1:9/simple/idna/`
  Caused by: error sending request for url (http://127.0.0.1:9/simple/idna/)
  Caused by: tcp connect error
"""
OFFLINE = """\
hint: Packages were unavailable because the network was disabled. When the network is disabled,
"""
WRONG_HASH = """\
error: Failed to download `idna==3.10`
  Caused by: Hash mismatch for `idna==3.10`
"""
NO_WHEEL = """\
  × No solution found when resolving dependencies:
  ╰─▶ Because numpy==9.9.9 has no wheels with a matching Python ABI tag (e.g., `cp311`)
"""


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (FULL, DiskFull, "no room"),
        (READ_ONLY, DataFolderReadOnly, "cannot be written"),
        (UNREACHABLE, EnvironmentUnavailable, "registry cannot be reached"),
        (OFFLINE, EnvironmentUnavailable, "registry cannot be reached"),
        (WRONG_HASH, EnvironmentUnavailable, "not the one that was locked"),
        (NO_WHEEL, EnvironmentUnavailable, "numpy==9.9.9 is not offered for Python 3"),
        ("error: something new\n", EnvironmentUnavailable, "something new"),
        ("", EnvironmentUnavailable, "no reason"),
    ],
)
def test_each_complaint_becomes_a_sentence(said: str, error: type[CentreError], words: str) -> None:
    translated = translate(said)
    assert type(translated) is error
    assert words in translated.message
    assert translated.hint
