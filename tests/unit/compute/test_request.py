"""What a job asks for: no nonsense, the same after being written down, the fastest kind first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.request import DeviceRequest, ResourceRequest, Together

kinds = st.sampled_from(DeviceKind)
wanted = st.builds(DeviceRequest, kinds, st.sampled_from([250, 1000, 3000]))
requests = st.builds(
    ResourceRequest,
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.lists(wanted, max_size=3).map(tuple),
    st.integers(1, 4),
    st.just(0) | st.integers(4, 8),
    st.sampled_from(Together),
)


@given(requests)
def test_it_is_the_same_after_being_written_down(request):
    again = ResourceRequest.from_json(request.to_json())
    assert again == request
    assert hash(again) == hash(request)
    assert (again.size, again.device_milli) == (request.size, request.device_milli)


@given(requests, st.dictionaries(st.sampled_from(DeviceKind), st.sampled_from([1.0, 2.0, 4.0])))
def test_the_fastest_kind_comes_first_and_of_equals_the_preferred(request, speeds):
    ordered = request.fastest_first(speeds)
    assert sorted(map(id, ordered.any_of)) == sorted(map(id, request.any_of))
    place = {id(each): place for place, each in enumerate(request.any_of)}
    known = [
        (-speeds[each.kind], place[id(each)]) for each in ordered.any_of if each.kind in speeds
    ]
    assert known == sorted(known)
    for before, after in zip(request.any_of, ordered.any_of, strict=True):
        assert before is after or (before.kind in speeds and after.kind in speeds)
    assert request.fastest_first({}) == request


@pytest.mark.parametrize("milli", [0, -5, 1500])
def test_neither_a_fraction_nor_whole_devices_is_refused(milli):
    with pytest.raises(ValueError, match="neither a fraction"):
        DeviceRequest(DeviceKind.GPU, milli)


@pytest.mark.parametrize("wrong", [{"cpu_milli": 0}, {"memory_mb": 0}, {"nodes": 0}])
def test_a_request_for_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match="positive share"):
        ResourceRequest(**wrong)


def test_an_elastic_gang_is_no_smaller_at_most_than_at_least():
    with pytest.raises(ValueError, match="fewer nodes"):
        ResourceRequest(nodes=3, most_nodes=2)


def test_a_model_or_one_of_several_is_admitted_and_any_if_none_is_named():
    device = Device("gpu0", DeviceKind.GPU, "NVIDIA", "H100", 81920)
    for model, admitted in (("", True), ("H100", True), ("A100|H100", True), ("H1", False)):
        assert DeviceRequest(DeviceKind.GPU, 500, model).admits(device) is admitted
    assert not DeviceRequest(DeviceKind.NPU, 500).admits(device)


def test_its_size_is_devices_over_the_whole_gang_or_cores_without():
    assert ResourceRequest(2000, 1, nodes=3).size == 6000
    either = (DeviceRequest(DeviceKind.GPU, 500), DeviceRequest(DeviceKind.NPU, 2000))
    assert ResourceRequest(2000, 1, either, 3).size == 6000
