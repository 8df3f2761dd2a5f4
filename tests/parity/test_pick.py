"""Pick: the features asked for, in that order, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.pick import Pick
from tests.parity.matrix import assert_same_bits, assert_stage_parity
from tests.parity.strategies import signals


@given(signals(axes=9, length=1), st.lists(st.integers(0, 8), min_size=1, max_size=12))
def test_same_bits_on_every_executor(x: np.ndarray, which: list[int]) -> None:
    x[0, 3, 0] = np.nan
    stage = Pick(np.array(which, dtype=np.uint16))
    assert_stage_parity(stage, x)
    assert_same_bits(x[:, which], stage.reference(x), "picked")


def test_refuses_what_is_not_there_and_what_is_no_head() -> None:
    with pytest.raises(LibraryError, match="not empty"):
        Pick(np.array([], dtype=np.uint16))
    with pytest.raises(LibraryError, match="feature 4 cannot be picked from 4"):
        Pick(np.array([0, 4], dtype=np.uint16)).shape(Shape(4, 1))
    with pytest.raises(LibraryError, match="in the head"):
        Pick(np.array([0], dtype=np.uint16)).shape(Shape(4, 2))
