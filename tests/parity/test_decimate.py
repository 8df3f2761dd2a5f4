"""Decimation: same bits on every executor, block means, the rest dropped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.decimate import Decimate
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(st.data(), st.integers(2, 9))
def test_same_bits_on_every_executor(data: st.DataObject, factor: int) -> None:
    assert_stage_parity(Decimate(factor), data.draw(signals(length=data.draw(st.integers(factor, 40)))))


def test_is_the_mean_of_each_block_and_drops_the_rest() -> None:
    x = np.arange(14, dtype=np.float32).reshape(1, 2, 7)
    np.testing.assert_array_equal(Decimate(3).reference(x), [[[1, 4], [8, 11]]])


def test_refuses_factors_that_leave_nothing() -> None:
    with pytest.raises(LibraryError, match="factor of 2 or more, not 1"):
        Decimate(1)
    with pytest.raises(LibraryError, match="3 samples per axis cannot be decimated by 4"):
        Decimate(4).shape(Shape(1, 3))
