"""Band mean: same bits on every executor, and the mean it claims to be."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bitloop.kernels.band_mean import BandMean
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals(length=24), st.sets(st.integers(0, 24), min_size=2, max_size=8))
def test_same_bits_on_every_executor(x: np.ndarray, edges: set[int]) -> None:
    assert_stage_parity(BandMean(tuple(sorted(edges))), x)


def test_is_the_mean_of_its_bins() -> None:
    x = np.arange(24, dtype=np.float32).reshape(1, 2, 12)
    got = BandMean((0, 3, 12)).reference(x)
    np.testing.assert_array_equal(got, [[[1.0, 7.0], [13.0, 19.0]]])
