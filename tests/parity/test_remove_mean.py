"""Mean removal: same bits on every executor, and a mean of zero afterwards."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from bitloop.kernels.remove_mean import RemoveMean
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals())
def test_same_bits_on_every_executor(x: np.ndarray) -> None:
    assert_stage_parity(RemoveMean(), x)


def test_each_axis_loses_its_own_mean() -> None:
    x = np.array([[[1, 2, 3, 6], [-8, 8, -8, 8]]], dtype=np.float32)
    np.testing.assert_array_equal(RemoveMean().reference(x), [[[-2, -1, 0, 3], [-8, 8, -8, 8]]])
