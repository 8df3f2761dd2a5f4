"""Projection: same bits on every executor, and the matrix product it claims to be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.projection import Projection
from tests.parity.matrix import assert_stage_parity
from tests.parity.rows import tables
from tests.parity.strategies import signals


@given(st.integers(1, 6), st.data())
def test_same_bits_on_every_executor(outputs: int, data: Any) -> None:
    x = data.draw(signals(axes=7, length=1))
    x[0, 3, 0] = np.nan
    stage = Projection(data.draw(tables((7,))), data.draw(tables((outputs, 7))))
    assert_stage_parity(stage, x)


def test_is_a_matrix_times_what_is_left_of_the_mean() -> None:
    rng = np.random.default_rng(5)
    x, mean, weights = rng.normal(size=(20, 9, 1)), rng.normal(size=9), rng.normal(size=(4, 9))
    stage = Projection(mean.astype(np.float32), weights.astype(np.float32))
    got = stage.reference(x.astype(np.float32))[:, :, 0]
    np.testing.assert_allclose(got, (x[:, :, 0] - mean) @ weights.T, rtol=1e-4, atol=1e-5)


def test_refuses_tables_that_do_not_fit() -> None:
    one = np.ones(3, dtype=np.float32)
    with pytest.raises(LibraryError, match=r"row of projection\.weights"):
        Projection(one, np.ones((2, 4), dtype=np.float32))
    with pytest.raises(LibraryError, match="number of outputs"):
        Projection(one, np.ones((4, 3), dtype=np.float32))
    with pytest.raises(LibraryError, match="fitted on 3 features"):
        Projection(one, np.ones((2, 3), dtype=np.float32)).shape(Shape(4, 1))
