"""Simulated faults of states: they last, each kind does what it says, and nothing else is touched."""

from __future__ import annotations

import numpy as np

from bitloop.search.disturb import faults
from bitloop.search.states import lasting, lasting_faults


def _states(count: int = 480) -> np.ndarray:
    rng = np.random.default_rng(3)
    load = np.cumsum(rng.normal(size=(count, 1)), axis=0)
    return np.hstack([load, -load, 3 * load, rng.normal(size=(count, 1))]) + 0.1 * rng.normal(size=(count, 4))


def test_is_the_same_for_a_seed_and_another_for_another() -> None:
    z = _states()
    np.testing.assert_array_equal(lasting_faults(z, 1), lasting_faults(z, 1))
    assert not np.array_equal(lasting_faults(z, 1), lasting_faults(z, 2))
    np.testing.assert_array_equal(z, _states())


def test_every_stretch_has_one_fault_that_lasts() -> None:
    z = _states()
    off = lasting_faults(z, 1) - z
    lasts = lasting(len(z))
    assert lasts == 20 and lasting(9600) == 200 and lasting(30) == 4
    constant = 0
    for start in range(0, len(z), lasts):
        part = off[start : start + lasts]
        assert np.abs(part).max() > 0
        constant += bool(np.allclose(part, part[0]))
    assert constant >= 8  # offsets, of one variable or all


def test_sizes_are_in_units_of_noise() -> None:
    z = _states()
    off = np.abs(lasting_faults(100 * z, 1) - 100 * z)
    np.testing.assert_allclose(off, 100 * np.abs(lasting_faults(z, 1) - z), rtol=1e-6, atol=1e-6)


def test_a_variable_that_never_moves_can_fail_too() -> None:
    z = np.hstack([_states(), np.full((480, 1), 7.0)])
    off = lasting_faults(z, 4) - z
    assert np.isfinite(off).all() and np.abs(off[:, 4]).max() > 0


def test_faults_of_states_are_these() -> None:
    x = _states().astype(np.float32)
    expected = lasting_faults(x.astype(np.float64), 5).astype(np.float32)
    np.testing.assert_array_equal(faults(x, 4, 5), expected)
