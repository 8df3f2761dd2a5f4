"""First difference: same bits on every executor, one sample fewer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.difference import Difference
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals())
def test_same_bits_on_every_executor(x: np.ndarray) -> None:
    assert_stage_parity(Difference(), x)


def test_is_the_step_to_the_next_sample() -> None:
    x = np.array([[[1, 4, 2], [0, 0, 5]]], dtype=np.float32)
    np.testing.assert_array_equal(Difference().reference(x), [[[3, -2], [0, 5]]])


def test_refuses_a_single_sample() -> None:
    with pytest.raises(LibraryError, match="at least 2 samples per axis, not 1"):
        Difference().shape(Shape(3, 1))
