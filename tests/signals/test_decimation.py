"""A lower rate: what it keeps, what it takes out, and what folds back without a filter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bitloop.signals.decimation import lower
from bitloop.signals.shape import chain, open_sheet


def _tone(turns: float, samples: int = 4096) -> NDArray[np.float32]:
    return np.sin(2 * np.pi * turns * np.arange(samples)).astype(np.float32)[:, None]


@pytest.mark.parametrize("division", [2, 5, 32])
def test_what_fits_under_half_the_lower_rate_stays_and_the_rest_goes(division: int) -> None:
    inside, outside = _tone(0.4 / division), _tone(0.6 / division)
    middle = slice(20, 100)
    np.testing.assert_allclose(lower(inside, division)[middle], inside[::division][middle], atol=0.01)
    assert np.abs(lower(outside, division)[middle]).max() < 0.004
    assert np.abs(lower(outside, division, low_pass=False)[middle]).max() > 0.9


@pytest.mark.parametrize("samples", [3, 40, 1000])
def test_levels_and_slopes_go_on_at_the_ends(samples: int) -> None:
    x = np.float32(np.column_stack([np.full(samples, 9.81), np.linspace(-1, 5, samples)]))
    for division in (2, 7):
        slow = lower(x, division)
        assert slow.dtype == np.float32
        np.testing.assert_allclose(slow, x[::division], atol=1e-4)


def test_rate_one_is_the_log_itself() -> None:
    x = _tone(0.3)
    assert lower(x, 1) is x


def test_shape_decimates_by_the_same_filter(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    x = np.random.default_rng(1).normal(size=(403, 2)).astype(np.float32)
    np.savetxt(path, x, delimiter=",", fmt="%.9g")
    (sheet,) = chain(["decimate:4,filter"])((open_sheet(path, None, True, False),))
    np.testing.assert_array_equal(sheet.values, lower(x, 4)[:100])
