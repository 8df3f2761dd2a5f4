"""Logarithm function: same bits on every executor, within its stated error, sound at the edges."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis.extra import numpy as hnp

from bitloop import native
from bitloop.kernels.logf import logf
from tests.parity.functions import assert_function_parity, run
from tests.parity.strategies import floats

EDGES = np.array(
    [
        np.nan,
        np.inf,
        -np.inf,
        0,
        -0.0,
        -1,
        1,
        1e-45,
        1.1754942e-38,
        1.17549435e-38,
        3.4028235e38,
        0.70710677,
        1.4142135,
    ],
    dtype=np.float32,
)


@given(hnp.arrays(np.float32, 64, elements=floats()))
def test_same_bits_on_every_executor(x: np.ndarray) -> None:
    with np.errstate(all="ignore"):
        assert_function_parity("logf", x, logf(x))


def test_same_bits_at_the_edges_and_in_every_binade() -> None:
    every = np.arange(0x00000001, 0x7F800000, 0x00061A7F, dtype=np.uint32).view(np.float32)
    x = np.concatenate([EDGES, every, np.linspace(0.7, 1.42, 500, dtype=np.float32)])
    with np.errstate(all="ignore"):
        assert_function_parity("logf", x, logf(x))


def test_edges_are_what_the_header_says() -> None:
    with np.errstate(all="ignore"):
        got = logf(EDGES)
    np.testing.assert_array_equal(got[:7], [np.nan, np.inf, np.nan, -np.inf, -np.inf, np.nan, 0])
    np.testing.assert_allclose(got[7:], np.log(EDGES[7:].astype(np.float64)), rtol=2e-7)


def test_stays_within_one_unit_in_the_last_place_and_never_falls() -> None:
    every = np.arange(0x00000001, 0x7F800000, 5009, dtype=np.uint32).view(np.float32)
    x = np.sort(np.concatenate([every, np.linspace(0.5, 2.0, 300_000, dtype=np.float32)]))
    got = run(native.host(), "logf", x[None, None, :])[0, 0]
    exact = np.log(x.astype(np.float64))
    unit = np.spacing(np.abs(exact).astype(np.float32)).astype(np.float64)
    assert (np.abs(got - exact) / unit).max() < 1.0
    assert (np.diff(got) >= 0).all()
