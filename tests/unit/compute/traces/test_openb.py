"""Nodes and pods of a GPU cluster."""

import pytest

from zhisuan.compute.device import DeviceKind
from zhisuan.compute.traces.openb import read_nodes, read_pods
from zhisuan.core.errors import WrongInput

NODES = "sn,cpu_milli,memory_mib,gpu,model\n"
PODS = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos\n"


def nodes(tmp_path, rows):
    (tmp_path / "nodes.csv").write_text(NODES + rows)
    return read_nodes(tmp_path / "nodes.csv")


def pods(tmp_path, rows, head=PODS):
    (tmp_path / "pods.csv").write_text(head + rows)
    return read_pods(tmp_path / "pods.csv")


def test_a_node_has_its_cores_memory_and_devices(tmp_path):
    first, second = nodes(tmp_path, "b,64000,262144,2,P100\na,32000,1024,0,\n")
    assert (first.name, first.cpu_milli, first.memory_mb) == ("b", 64_000, 262_144)
    assert [(each.kind, each.model) for each in first.devices] == [(DeviceKind.GPU, "P100")] * 2
    assert (second.name, second.devices) == ("a", ())


def test_a_pod_asks_for_a_part_whole_devices_or_none(tmp_path):
    part, whole, none = pods(
        tmp_path, "p,4000,512,1,460,T4|A10,LS\nq,8000,512,4,1000,,BE\nr,0,0,0,0,,BE\n"
    )
    assert (part.device_milli, part.any_of[0].model) == (460, "T4|A10")
    assert (whole.device_milli, whole.any_of[0].model) == (4000, "")
    assert (none.any_of, none.cpu_milli, none.memory_mb) == ((), 1, 1)


def test_equal_pods_are_one_value(tmp_path):
    first, second = pods(tmp_path, "p,4000,512,1,460,,LS\nq,4000,512,1,460,,LS\n")
    assert first is second


def test_a_list_without_models_needs_no_such_column(tmp_path):
    (pod,) = pods(tmp_path, "p,4000,512,1,1000\n", "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n")
    assert pod.any_of[0].model == ""


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("a,500,1,0,\n", "line 2: cpu_milli is “500”"),
        ("a,1000,1,0,\na,1000,1,0,\n", "line 3: node a stands there twice"),
        ("", "holds no node"),
    ],
)
def test_a_faulty_node_is_told_with_its_line(tmp_path, rows, told):
    with pytest.raises(WrongInput, match=told):
        nodes(tmp_path, rows)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("p,1,1,1,1001,,LS\n", "line 2: gpu_milli is 1001"),
        ("p,1,1,1,0,,LS\n", "line 2: gpu_milli is “0”"),
        ("p,1,1,-1,0,,LS\n", "line 2: num_gpu is “-1”"),
        ("", "holds no pod"),
    ],
)
def test_a_faulty_pod_is_told_with_its_line(tmp_path, rows, told):
    with pytest.raises(WrongInput, match=told):
        pods(tmp_path, rows)
