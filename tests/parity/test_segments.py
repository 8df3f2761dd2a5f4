"""Sub-windows: same bits on every executor, parts of an axis side by side, the rest dropped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.segments import Segments
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(st.data(), st.integers(2, 7))
def test_same_bits_on_every_executor(data: st.DataObject, parts: int) -> None:
    assert_stage_parity(Segments(parts), data.draw(signals(length=data.draw(st.integers(parts, 40)))))


def test_cuts_each_axis_in_order_and_drops_the_rest() -> None:
    x = np.arange(14, dtype=np.float32).reshape(1, 2, 7)
    np.testing.assert_array_equal(Segments(3).reference(x), [[[0, 1], [2, 3], [4, 5], [7, 8], [9, 10], [11, 12]]])
    assert_stage_parity(Segments(3), x)


def test_moves_nothing_where_nothing_is_left_over() -> None:
    assert Segments(4).effort(Shape(3, 32)) == 0
    assert Segments(4).effort(Shape(3, 33)) > 0


def test_refuses_parts_that_leave_nothing() -> None:
    with pytest.raises(LibraryError, match="from 2 to 1024, not 1"):
        Segments(1)
    with pytest.raises(LibraryError, match="3 samples per axis cannot be cut into 4 segments"):
        Segments(4).shape(Shape(1, 3))
