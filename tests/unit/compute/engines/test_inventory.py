import os
from pathlib import Path

import pytest

from zhisuan.compute.engines.inventory import (
    cpu_quota_milli,
    labels,
    memory_limit_bytes,
    this_machine,
)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "cgroup"
    path.write_text("0::/centre.slice/zhisuan.service\n")
    return path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_without_control_groups_nothing_is_limited(tmp_path: Path, own: Path) -> None:
    assert cpu_quota_milli(tmp_path, own) is None
    assert memory_limit_bytes(tmp_path, own) is None
    assert cpu_quota_milli(tmp_path, tmp_path / "absent") is None


def test_the_tightest_limit_on_the_way_up_counts(tmp_path: Path, own: Path) -> None:
    root = tmp_path / "root"
    write(root / "centre.slice" / "cpu.max", "150000 100000\n")
    write(root / "centre.slice/zhisuan.service/cpu.max", "max 100000\n")
    write(root / "centre.slice/zhisuan.service/memory.max", "max\n")
    write(root / "centre.slice" / "memory.max", f"{3 << 30}\n")
    write(root / "memory.max", f"{8 << 30}\n")
    assert cpu_quota_milli(root, own) == 1500
    assert memory_limit_bytes(root, own) == 3 << 30


def test_the_older_layout_is_read_too(tmp_path: Path) -> None:
    root, own = tmp_path / "root", tmp_path / "cgroup"
    own.write_text("5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/x\n")
    write(root / "cpu/docker/abc/cpu.cfs_quota_us", "50000\n")
    write(root / "cpu/docker/abc/cpu.cfs_period_us", "100000\n")
    write(root / "memory/docker/abc/memory.limit_in_bytes", f"{1 << 30}\n")
    write(root / "memory/memory.limit_in_bytes", "9223372036854771712\n")
    assert cpu_quota_milli(root, own) == 500
    assert memory_limit_bytes(root, own) == 1 << 30


def test_this_machine_has_no_more_than_may_be_used() -> None:
    node = this_machine()
    assert set(node.cores) <= os.sched_getaffinity(0)
    assert node.cores
    assert node.memory_mb > 0
    assert not node.simulated
    assert labels()["cpu_model"]
