"""Logarithm: same bits on every executor, and the floor it keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.logarithm import Logarithm
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals

TINY = float(np.finfo(np.float32).tiny)


@given(signals(), st.one_of(st.sampled_from([TINY, 1e-6, 0.1, 1.0]), st.floats(TINY, 2.0**100, width=32)))
def test_same_bits_on_every_executor(x: np.ndarray, floor: float) -> None:
    assert_stage_parity(Logarithm(floor), x)


def test_same_bits_for_what_an_overflow_leaves() -> None:
    x = np.array([[[np.inf, -np.inf, np.nan, 0.0]]], dtype=np.float32)
    got = Logarithm(1.0).reference(x)
    np.testing.assert_array_equal(got, [[[np.inf, np.inf, np.nan, 0.0]]])
    assert_stage_parity(Logarithm(1.0), x)


def test_is_the_logarithm_of_the_size_above_the_floor() -> None:
    x = np.array([[[1e-9, -2.0, 0.0, 7.0]]], dtype=np.float32)
    got = Logarithm(1e-6).reference(x)
    np.testing.assert_allclose(got, np.log([[[1e-6, 2.0, 1e-6, 7.0]]]), rtol=1e-6)


@pytest.mark.parametrize("floor", [0.0, -1.0, 1e-45, float("nan"), float("inf")])
def test_refuses_floors_that_are_none(floor: float) -> None:
    with pytest.raises(LibraryError, match="the floor of a logarithm"):
        Logarithm(floor)
