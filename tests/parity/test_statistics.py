"""Statistics: same bits on every executor for every choice of them, textbook values, and no NaN out of nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.statistics import NAMES, Statistics
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals(), st.sets(st.sampled_from(NAMES), min_size=1))
def test_same_bits_on_every_executor(x: np.ndarray, which: set[str]) -> None:
    stage = Statistics(tuple(which))
    length = max(3, len(which), x.shape[2])
    assert_stage_parity(stage, np.pad(x, [(0, 0), (0, 0), (0, length - x.shape[2])]))


@given(signals(length=16))
def test_same_bits_of_all_statistics_at_once(x: np.ndarray) -> None:
    assert_stage_parity(Statistics(NAMES), x)


def test_are_what_textbooks_say() -> None:
    x = np.random.default_rng(3).gamma(2.0, size=(6, 2, 500)).astype(np.float32)
    wide, got = x.astype(np.float64), Statistics(NAMES).reference(x).astype(np.float64)
    centred, rms = wide - wide.mean(axis=2, keepdims=True), np.sqrt((wide**2).mean(axis=2))
    first = np.diff(wide, axis=2)
    mobility = np.sqrt((first**2).mean(axis=2) / wide.var(axis=2))
    expected = {
        "mean": wide.mean(axis=2),
        "rms": rms,
        "peak_to_peak": np.ptp(wide, axis=2),
        "crest": np.abs(wide).max(axis=2) / rms,
        "skewness": stats.skew(wide, axis=2),
        "kurtosis": stats.kurtosis(wide, axis=2, fisher=False),
        "zero_crossings": np.count_nonzero(np.diff(np.signbit(centred), axis=2), axis=2),
        "activity": wide.var(axis=2),
        "mobility": mobility,
        "complexity": np.sqrt((np.diff(first, axis=2) ** 2).mean(axis=2) / (first**2).mean(axis=2)) / mobility,
    }
    for i, name in enumerate(NAMES):
        np.testing.assert_allclose(got[:, :, i], expected[name], rtol=1e-4, err_msg=name)


@pytest.mark.parametrize("value", [0.0, -0.0, 0.1, -7.3, 1e-45, -3e38])
def test_a_constant_signal_has_its_mean_and_no_spread(value: float) -> None:
    x = np.full((1, 1, 37), value, dtype=np.float32)
    got = dict(zip(NAMES, Statistics(NAMES).reference(x)[0, 0], strict=True))
    assert got["mean"] == np.float32(value)
    for name in ("peak_to_peak", "skewness", "kurtosis", "zero_crossings", "activity", "mobility", "complexity"):
        assert got[name] == 0, name
    assert_stage_parity(Statistics(NAMES), x)


@given(signals(length=12, limit=1e8))
def test_are_never_nan_where_nothing_overflows(x: np.ndarray) -> None:
    with np.errstate(all="ignore"):
        assert not np.isnan(Statistics(NAMES).reference(x)).any()


def test_refuses_unknown_and_repeated_names_and_too_few_samples() -> None:
    with pytest.raises(LibraryError, match="no statistic is called 'median'"):
        Statistics(("rms", "median"))
    for which in ((), ("rms", "rms")):
        with pytest.raises(LibraryError, match="at least one, each named once"):
            Statistics(which)
    with pytest.raises(LibraryError, match="need at least 3 samples per axis, not 2"):
        Statistics(("rms",)).shape(Shape(1, 2))


def test_stand_in_one_order_whatever_the_order_asked_for() -> None:
    assert Statistics(("kurtosis", "rms")) == Statistics(("rms", "kurtosis"))
