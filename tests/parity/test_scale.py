"""Scaling: same bits on every executor, what each fit promises, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals
from bitloop.kernels.record import from_record, to_record
from bitloop.kernels.scale import Scale
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals

FITS = [Scale.zscore, Scale.minmax, Scale.robust]
fits = pytest.mark.parametrize("fit", FITS, ids=["zscore", "minmax", "robust"])


@fits
@given(signals(axes=3))
def test_same_bits_on_every_executor(fit: Callable[[Signals], Scale], x: np.ndarray) -> None:
    assert_stage_parity(fit(x), x)


@given(signals(axes=24, length=1))
def test_scales_each_feature_in_the_head(x: np.ndarray) -> None:
    assert_stage_parity(Scale.zscore(x[2:]), x)


def test_the_fits_promise_what_their_names_say() -> None:
    x = np.random.default_rng(5).normal(3.0, 20.0, size=(400, 2, 50)).astype(np.float32)
    x[:, 1] *= 1000
    for axis in (0, 1):
        z = Scale.zscore(x).reference(x)[:, axis].astype(np.float64)
        assert abs(z.mean()) < 1e-6 and abs(z.std() - 1) < 1e-6
        m = Scale.minmax(x).reference(x)[:, axis]
        assert m.min() == 0 and abs(m.max() - 1) < 1e-6
        quartiles = np.percentile(Scale.robust(x).reference(x)[:, axis], (25, 50, 75))
        assert abs(quartiles[1]) < 1e-6 and abs(quartiles[2] - quartiles[0] - 1) < 1e-6


@fits
@pytest.mark.parametrize("value", [0.0, 0.1, -3e38, 1e-45])
def test_a_constant_axis_becomes_zero(fit: Callable[[Signals], Scale], value: float) -> None:
    x = np.full((7, 2, 30), value, dtype=np.float32)
    scale = fit(x)
    np.testing.assert_array_equal(scale.spread, 1)
    np.testing.assert_array_equal(scale.reference(x), 0)


@fits
def test_a_spread_beyond_float32_stays_finite(fit: Callable[[Signals], Scale]) -> None:
    x = np.array([[[-3e38, 3e38, 3e38, -3e38]]], dtype=np.float32)
    assert np.isfinite(fit(x).spread).all()


def test_reads_back_from_its_record() -> None:
    scale = Scale.robust(np.random.default_rng(1).normal(size=(5, 3, 9)).astype(np.float32))
    again = from_record(to_record(scale), (Scale,))
    np.testing.assert_array_equal(again.offset, scale.offset)
    np.testing.assert_array_equal(again.spread, scale.spread)


def test_refuses_what_cannot_be_scaled() -> None:
    one = np.ones(1, dtype=np.float32)
    for offset, spread in [(one, 0 * one), (one, -one), (one, np.inf * one), (one, np.ones(2, dtype=np.float32))]:
        with pytest.raises(LibraryError, match="scaling needs"):
            Scale(offset, spread)
    with pytest.raises(LibraryError, match="fitted on 1 axes and gets 3"):
        Scale(one, one).shape(Shape(3, 8))
    with pytest.raises(LibraryError, match="not finite"):
        Scale.zscore(np.full((1, 1, 4), np.nan, dtype=np.float32))
    with pytest.raises(LibraryError, match="at least one signal"):
        Scale.zscore(np.empty((0, 1, 4), dtype=np.float32))
