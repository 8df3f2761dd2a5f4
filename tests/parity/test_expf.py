"""Exponential: same bits on every executor, within its stated error, monotone, and sound at the edges."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bitloop import native
from bitloop.kernels.expf import expf
from tests.parity.functions import assert_function_parity, run
from tests.parity.strategies import floats

EDGES = np.array(
    [np.nan, np.inf, -np.inf, 89, 88.7228, 88.7229, -87.4, -103.9, -104, -105, 0, -0.0, 1e-45], np.float32
)


@given(hnp.arrays(np.float32, 64, elements=st.one_of(floats(), st.floats(-104, 89, width=32))))
def test_same_bits_on_every_executor(x: np.ndarray) -> None:
    with np.errstate(all="ignore"):
        assert_function_parity("expf", x, expf(x))


def test_same_bits_at_the_edges_and_over_the_whole_range() -> None:
    x = np.concatenate([EDGES, np.linspace(-104, 89, 3000, dtype=np.float32)])
    with np.errstate(all="ignore"):
        assert_function_parity("expf", x, expf(x))


def test_edges_are_what_the_header_says() -> None:
    with np.errstate(all="ignore"):
        got = expf(EDGES)
    np.testing.assert_array_equal(got[[0, 1, 2, 3, 8, 9, 10, 11, 12]], [np.nan, np.inf, 0, np.inf, 0, 0, 1, 1, 1])
    assert np.isfinite(got[4]) and np.isposinf(got[5]) and 0 < got[6] < 1.2e-38 and got[7] == np.float32(1e-45)


def test_stays_within_one_unit_in_the_last_place_and_never_falls() -> None:
    x = np.sort(np.random.default_rng(2).uniform(-103.9, 88.72, 400_000).astype(np.float32))
    with np.errstate(all="ignore"):
        got = run(native.host(), "expf", x[None, None, :])[0, 0]
    exact = np.exp(x.astype(np.float64))
    unit = np.spacing(np.maximum(exact, 1e-45).astype(np.float32)).astype(np.float64)
    assert (np.abs(got - exact) / unit).max() < 1.0
    assert (np.diff(got) >= 0).all()
