"""Band maximum: same bits on every executor, and no NaN lost on the way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.band_max import BandMax
from bitloop.kernels.base import Shape
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals(length=24), st.sets(st.integers(0, 24), min_size=2, max_size=8))
def test_same_bits_on_every_executor(x: np.ndarray, edges: set[int]) -> None:
    assert_stage_parity(BandMax(tuple(sorted(edges))), x)


def test_is_the_largest_of_its_bins() -> None:
    x = np.array([[[3, 1, 2, 9, -5, -4]]], dtype=np.float32)
    np.testing.assert_array_equal(BandMax((0, 3, 4, 6)).reference(x), [[[3, 9, -4]]])


def test_a_nan_makes_its_band_nan_on_every_executor() -> None:
    x = np.zeros((3, 1, 6), dtype=np.float32)
    x[[0, 1, 2], 0, [0, 1, 2]] = np.nan
    assert np.isnan(BandMax((0, 3, 6)).reference(x)).tolist() == [[[True, False]]] * 3
    assert_stage_parity(BandMax((0, 3, 6)), x)


def test_refuses_bands_beyond_the_spectrum_and_edges_that_fall() -> None:
    with pytest.raises(LibraryError, match="ends at bin 9 of a spectrum of 8"):
        BandMax((0, 9)).shape(Shape(1, 8))
    with pytest.raises(LibraryError, match="have to rise"):
        BandMax((0, 3, 3))
