"""Variations: near the signals they come from, never the same, and the same for the same seed."""

from __future__ import annotations

import numpy as np

from bitloop.search.variations import GAIN, variations
from tests.search.machines import AXES, LENGTH, tone


def test_are_near_their_signals_and_repeatable() -> None:
    x = tone(1, 0.02, 200, 0.1)
    made = variations(x, AXES, 4)
    np.testing.assert_array_equal(made, variations(x, AXES, 4))
    assert (made != variations(x, AXES, 5)).any(axis=1).all()
    wide, other = (z.reshape(len(z), LENGTH, AXES).astype(np.float64) for z in (x, made))
    ratio = np.log(other.std(axis=(1, 2)) / wide.std(axis=(1, 2)))
    assert 0.5 * GAIN < ratio.std() < 2 * GAIN
    assert abs(ratio.mean()) < GAIN / 2


def test_a_constant_axis_stays_what_it_is_and_the_largest_numbers_stay_finite() -> None:
    x = np.full((3, LENGTH * AXES), 7.0, dtype=np.float32)
    np.testing.assert_array_equal(variations(x, AXES, 1), x)
    x[:, ::5] = np.finfo(np.float32).max
    assert np.isfinite(variations(x, AXES, 1)).all()
