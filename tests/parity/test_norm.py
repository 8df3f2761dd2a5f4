"""Norm: same bits on every executor, alone and appended, and the same whichever way a sensor is turned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.norm import Norm
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_same_bits_on_every_executor(data: st.DataObject, group: int, groups: int, keep: bool) -> None:
    assert_stage_parity(Norm(group, keep), data.draw(signals(axes=group * groups)))


def test_is_the_length_of_each_group_of_axes() -> None:
    x = np.random.default_rng(2).normal(size=(5, 6, 20)).astype(np.float32)
    lengths = np.linalg.norm(x.reshape(5, 2, 3, 20).astype(np.float64), axis=2)
    np.testing.assert_allclose(Norm(3, False).reference(x), lengths, rtol=1e-6)
    kept = Norm(3, True).reference(x)
    np.testing.assert_array_equal(kept[:, :6], x)
    np.testing.assert_allclose(kept[:, 6:], lengths, rtol=1e-6)


def test_does_not_know_which_way_a_sensor_is_turned() -> None:
    x = np.random.default_rng(3).normal(size=(1, 3, 50)).astype(np.float32)
    turned = (Rotation.from_euler("xyz", (0.4, 1.1, -2.0)).as_matrix() @ x).astype(np.float32)
    np.testing.assert_allclose(Norm(3, False).reference(turned), Norm(3, False).reference(x), rtol=1e-5)


def test_refuses_groups_that_do_not_divide_the_axes() -> None:
    with pytest.raises(LibraryError, match="5 axes cannot be put into groups of 3"):
        Norm(3, False).shape(Shape(5, 8))
    with pytest.raises(LibraryError, match="from 1 to 1024, not 0"):
        Norm(0, True)
