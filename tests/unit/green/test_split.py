"""Conservation: the parts sum to the meter."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhisuan.core.quantities import Seconds
from zhisuan.green.split import Share, split_energy

energies = st.floats(0, 1e5)
shares = st.lists(
    st.builds(Share, st.integers(0, 64_000), st.floats(0, 1e6).map(Seconds)), max_size=12
)


@given(energies, energies, st.floats(0, 1e7), st.integers(1, 256), shares, st.floats(1, 3))
def test_jobs_and_idle_and_overhead_sum_to_the_facility_meter(
    total: float, idle: float, busy: float, cores: int, jobs: list[Share], pue: float
):
    split = split_energy(total, idle, busy, cores, jobs)
    parts = [*split.idle_wh, *split.dynamic_wh, split.unreserved_wh, split.other_wh]
    overhead = total * (pue - 1)
    assert math.isclose(math.fsum([*parts, overhead]), total * pue, rel_tol=1e-12, abs_tol=1e-9)
    assert all(part >= -1e-9 for part in parts)


def test_idle_goes_by_reservation_and_the_rest_by_processor_time():
    jobs = [Share(1000, Seconds(30.0)), Share(2000, Seconds(10.0))]
    split = split_energy(100.0, 40.0, busy_s=80.0, cores=4, shares=jobs)
    assert split.idle_wh == (10.0, 20.0)
    assert split.dynamic_wh == (22.5, 7.5)
    assert (split.unreserved_wh, split.other_wh) == (10.0, 30.0)


def test_an_idle_node_charges_nobody_for_work():
    split = split_energy(10.0, 10.0, busy_s=0.0, cores=2, shares=[Share(1000, Seconds(0.0))])
    assert (split.idle_wh, split.dynamic_wh) == ((5.0,), (0.0,))
    assert split.unreserved_wh == pytest.approx(5.0)
