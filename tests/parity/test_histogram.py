"""Histogram: same bits on every executor for every kind of limits, NumPy's counts, and no NaN lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals
from bitloop.kernels.histogram import KINDS, Histogram
from bitloop.kernels.record import from_record, to_record
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


def _of(kind: str, bins: int, x: Signals) -> Histogram:
    """Limits from the rows of noise where they are fitted; the wild rows lie beyond them."""
    tame = np.clip(np.nan_to_num(x[4:8]), -1e29, 1e29)
    return Histogram.fitted(bins, tame) if kind == "fixed" else Histogram.relative(bins, kind)


@given(st.data(), st.sampled_from(KINDS), st.integers(2, 12))
def test_same_bits_on_every_executor(data: st.DataObject, kind: str, bins: int) -> None:
    x = data.draw(signals(length=data.draw(st.integers(bins, 30))))
    x[1, 0, 1] = np.nan
    stage = _of(kind, bins, x)
    assert_stage_parity(stage, x)
    with np.errstate(all="ignore"):
        assert np.isnan(stage.reference(x)[1, 0]).all()


def test_counts_what_numpy_counts() -> None:
    x = np.random.default_rng(4).normal(size=(5, 2, 400)).astype(np.float32)
    for signal, got in zip(
        x.reshape(10, 400), Histogram.relative(8, "range").reference(x).reshape(10, 8), strict=True
    ):
        np.testing.assert_allclose(got * 400, np.histogram(signal, 8)[0], atol=1.01)
    for signal, got in zip(
        x.reshape(10, 400), Histogram.relative(8, "sigma").reference(x).reshape(10, 8), strict=True
    ):
        z = np.clip((signal - signal.mean()) / signal.std(), -3, 3)
        np.testing.assert_allclose(got * 400, np.histogram(z, 8, (-3, 3))[0], atol=1.01)


def test_fixed_limits_are_kept_and_what_lies_beyond_counts_outermost() -> None:
    limits = np.array([[0.0, -1.0], [4.0, 2.0]], dtype=np.float32)
    x = np.array([[[-9, 0.5, 1.5, 3.9, 4.0, 99], [-1, -0.6, 0, 0.4, 0.9, np.inf]]], dtype=np.float32)
    got = Histogram(4, "fixed", limits).reference(x)[0] * 6
    np.testing.assert_allclose(got, [[2, 1, 0, 3], [2, 0, 2, 2]], atol=1e-6)
    assert_stage_parity(Histogram(4, "fixed", limits), x)


@pytest.mark.parametrize("kind", KINDS)
def test_shares_add_up_to_one(kind: str) -> None:
    x = np.random.default_rng(5).normal(size=(8, 3, 77)).astype(np.float32)
    np.testing.assert_allclose(_of(kind, 9, x).reference(x).sum(axis=2), 1, atol=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.1, -7.3, 1e-45, 3e38])
@pytest.mark.parametrize("kind", ["range", "sigma"])
def test_a_constant_axis_is_all_in_the_first_bin(kind: str, value: float) -> None:
    x = np.full((1, 1, 33), value, dtype=np.float32)
    np.testing.assert_array_equal(Histogram.relative(4, kind).reference(x), [[[1, 0, 0, 0]]])
    assert_stage_parity(Histogram.relative(4, kind), x)


def test_reads_back_from_its_record() -> None:
    x = np.random.default_rng(6).normal(size=(8, 3, 40)).astype(np.float32)
    for kind in KINDS:
        stage = _of(kind, 5, x)
        again = from_record(to_record(stage), (Histogram,))
        assert (again.bins, again.kind) == (5, kind)
        np.testing.assert_array_equal(again.limits, stage.limits)


def test_refuses_limits_that_are_none() -> None:
    narrow = np.array([[0.0], [0.0]], dtype=np.float32)
    with pytest.raises(LibraryError, match="have to lie apart"):
        Histogram(4, "fixed", narrow)
    with pytest.raises(LibraryError, match="relative to each signal"):
        Histogram(4, "sigma", narrow)
    with pytest.raises(LibraryError, match="one of fixed, range, sigma"):
        Histogram.relative(4, "iqr")
    with pytest.raises(LibraryError, match="from 2 to 256, not 1"):
        Histogram.relative(1, "range")
    with pytest.raises(LibraryError, match="fitted on 1 axes and gets 2"):
        Histogram(4, "fixed", narrow + 1).shape(Shape(2, 30))
    with pytest.raises(LibraryError, match="as many samples, not 3"):
        Histogram.relative(4, "range").shape(Shape(2, 3))
