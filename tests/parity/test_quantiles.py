"""Quantiles: same bits on every executor, NumPy's values, both zeros in a fixed order, and no NaN lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.quantiles import Quantiles
from tests.parity.matrix import assert_stage_parity, bits
from tests.parity.strategies import signals

LEVELS = st.lists(st.sampled_from([0.0, 0.01, 0.1, 0.25, 0.5, 0.625, 0.75, 0.9, 1.0]), min_size=1, unique=True)


@given(st.data(), LEVELS)
def test_same_bits_on_every_executor(data: st.DataObject, levels: list[float]) -> None:
    x = data.draw(signals(length=data.draw(st.integers(len(levels), 70))))
    x[1, 0, 0] = np.nan
    stage = Quantiles(tuple(sorted(levels)))
    assert_stage_parity(stage, x)
    with np.errstate(all="ignore"):
        assert np.isnan(stage.reference(x)[1, 0]).all()


def test_sorts_long_axes_and_those_in_reverse() -> None:
    x = np.random.default_rng(3).normal(size=(1, 3, 3000)).astype(np.float32)
    x[0, 1] = np.linspace(5, -5, 3000)
    x[0, 2] = np.round(x[0, 2])
    assert_stage_parity(Quantiles(tuple(np.linspace(0, 1, 101))), x)


def test_are_numpys() -> None:
    x = np.random.default_rng(4).normal(size=(5, 2, 77)).astype(np.float32)
    levels = (0.0, 0.1, 0.25, 0.5, 0.9, 1.0)
    np.testing.assert_allclose(
        Quantiles(levels).reference(x), np.moveaxis(np.quantile(x, levels, axis=2), 0, 2), 1e-5
    )


def test_negative_zero_stands_before_zero() -> None:
    x = np.array([[[0.0, -0.0, 0.0, -0.0, 1.0]]], dtype=np.float32)
    got = Quantiles((0.0, 0.25, 0.5, 0.75)).reference(x)
    np.testing.assert_array_equal(bits(got)[0, 0], [0x80000000, 0x80000000, 0, 0])
    assert_stage_parity(Quantiles((0.0, 0.25, 0.5, 0.75)), x)


def test_infinities_stand_at_the_ends() -> None:
    x = np.array([[[1.0, -np.inf, 3.0, np.inf, 2.0]]], dtype=np.float32)
    np.testing.assert_array_equal(Quantiles((0.0, 0.5, 1.0)).reference(x), [[[-np.inf, 2, np.inf]]])
    assert_stage_parity(Quantiles((0.0, 0.1, 0.5, 1.0)), x)


def test_refuses_levels_that_are_none() -> None:
    for levels in ((), (0.5, 0.5), (0.5, 0.25)):
        with pytest.raises(LibraryError, match="have to rise, and be at least one"):
            Quantiles(levels)
    with pytest.raises(LibraryError, match=r"from 0 to 1, not 1\.5"):
        Quantiles((0.5, 1.5))
    with pytest.raises(LibraryError, match="3 quantiles cannot be had of 2 samples"):
        Quantiles((0.0, 0.5, 1.0)).shape(Shape(1, 2))
