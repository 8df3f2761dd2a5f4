"""The rounding rule: same integers on every executor, to the nearest and even, held, kept in narrow workspaces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bitloop.kernels.quantise import BOUND, int8_rows, quantise
from tests.parity.functions import run
from tests.parity.matrix import executors
from tests.parity.strategies import floats

EDGES = np.float32(
    [np.nan, np.inf, -np.inf, 0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999997, 0.50000006, 126.5, 127.5, 1e9]
)


def assert_same(x: np.ndarray, scale: float, low: int, high: int, bytes_: int = 0) -> None:
    want = quantise(x, np.float32(scale), low, high)
    by = np.float32([scale, low, high])
    for executor in executors():
        got = run(executor, "quantise", x[None, None, :], [by], bytes_)[0, 0]
        if bytes_:
            got = np.frombuffer(got.tobytes(), dtype=f"<i{bytes_}")[: len(x)]
        np.testing.assert_array_equal(got, want, err_msg=executor.name)


@given(
    hnp.arrays(np.float32, 48, elements=st.one_of(floats(), st.integers(-300, 300).map(lambda n: n / 2.0))),
    st.sampled_from([1.0, 0.5, 3.1, 1e-20, 1e20]),
    st.sampled_from([(-127, 127), (0, 255), (-16383, 16383), (-BOUND, BOUND)]),
)
def test_same_integers_on_every_executor(x: np.ndarray, scale: float, held: tuple[int, int]) -> None:
    assert_same(np.concatenate([EDGES, x]), scale, *held)


@pytest.mark.parametrize(("bytes_", "bound"), [(1, 127), (2, 16383)])
def test_same_integers_in_a_narrow_workspace(bytes_: int, bound: int) -> None:
    x = np.random.default_rng(3).normal(size=77).astype(np.float32) * np.float32(bound / 2)
    assert_same(x, 1.0, -bound, bound, bytes_)


def test_rounds_to_the_nearest_and_ties_to_even() -> None:
    np.testing.assert_array_equal(
        quantise(EDGES, 1.0, -127, 127), [-127, 127, -127, 0, 0, 0, 2, 2, 0, -2, -2, 0, 1, 126, 127, 127]
    )


def test_rounds_every_half_up_to_its_bound_as_it_says() -> None:
    x = np.concatenate([np.arange(-BOUND, BOUND, 4099) + 0.5, [BOUND, -BOUND, BOUND - 0.5]]).astype(np.float32)
    assert_same(x, 1.0, -BOUND, BOUND)
    assert quantise(x, 1.0, -BOUND, BOUND)[-1] == BOUND - 1  # even


def test_weights_come_back_within_half_a_step() -> None:
    weights = np.random.default_rng(1).normal(size=(3, 50)) * np.array([[1e-9], [1.0], [1e9]])
    whole, step = int8_rows(np.vstack([weights, np.zeros((1, 50))]))
    assert whole.dtype == np.int8 and np.abs(whole[:3]).max(axis=1).tolist() == [127, 127, 127]
    assert np.all(np.abs(whole[:3] * step[:3, None] - weights) <= step[:3, None] / 2 * (1 + 1e-9))
    assert not whole[3].any() and np.isfinite(step[3])
