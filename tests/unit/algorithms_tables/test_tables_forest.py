import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tables.forest import Forest, evaluate, floor32


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
def test_a_float32_stands_on_the_same_side_of_the_rounded_threshold(t: float, x: float) -> None:
    rounded = floor32(np.array([t]))[0]
    assert rounded.dtype == np.float32
    assert (np.float32(x) <= rounded) == (float(np.float32(x)) <= t)


def stump(threshold: float, low: float, high: float, *, missing_left: bool, base: float) -> Forest:
    """One split of the first column."""
    return Forest(
        tree=np.zeros(3, int), node=np.arange(3), feature=np.array([0, -1, -1]),
        threshold=np.array([threshold, 0, 0], np.float32), left=np.array([1, 0, 0]),
        right=np.array([2, 0, 0]), missing_left=np.array([missing_left, False, False]),
        leaf=np.array([1, 2]), target=np.zeros(2, int), weight=np.array([low, high]),
        base=np.array([base]),
    )  # fmt: skip


@given(arrays(np.float32, (5, 1), elements=st.floats(-3, 3, width=32) | st.just(float("nan"))))
def test_a_joined_forest_answers_the_mean(x: np.ndarray) -> None:
    one = stump(0.5, -1.0, 2.0, missing_left=True, base=10.0)
    two = stump(-1.0, 4.0, 8.0, missing_left=False, base=20.0)
    mean = (evaluate(one, x) + evaluate(two, x)) / 2
    np.testing.assert_allclose(evaluate(Forest.join([one, two]), x), mean)


def test_missing_goes_where_the_node_says() -> None:
    x = np.array([[np.nan]], np.float32)
    assert evaluate(stump(0, 1, 2, missing_left=True, base=0), x) == 1
    assert evaluate(stump(0, 1, 2, missing_left=False, base=0), x) == 2
