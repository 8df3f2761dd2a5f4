"""Power: same bits on every executor, and the square it claims to be."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from bitloop.kernels.power import Power
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals())
def test_same_bits_on_every_executor(x: np.ndarray) -> None:
    assert_stage_parity(Power(), x)


def test_is_the_square() -> None:
    x = np.array([[[0.0, -3.0, 0.5]]], dtype=np.float32)
    np.testing.assert_array_equal(Power().reference(x), [[[0.0, 9.0, 0.25]]])
