from hypothesis import given
from hypothesis import strategies as st

from zhisuan.runner.child import DEVICE_VARIABLES, device_environment, thread_environment


def test_threads_are_told_to_every_library() -> None:
    variables = thread_environment(3)
    assert variables["OMP_NUM_THREADS"] == variables["OPENBLAS_NUM_THREADS"] == "3"


def test_granted_devices_are_shown_to_their_makers_runtime_alone() -> None:
    variables = device_environment(("cann0", "cann12", "rocm3"))
    assert variables["ASCEND_RT_VISIBLE_DEVICES"] == "0,12"
    assert variables["HIP_VISIBLE_DEVICES"] == "3"
    assert variables["CUDA_VISIBLE_DEVICES"] == ""


@given(st.lists(st.sampled_from(["sim:gpu0", "sim:npu3", "sim:cuda1", "unknown7"]), max_size=4))
def test_what_is_no_device_shows_nothing(devices: list[str]) -> None:
    variables = device_environment(tuple(devices))
    names = {name for names in DEVICE_VARIABLES.values() for name in names}
    assert variables == dict.fromkeys(names, "")
