"""Wavelet: same bits on every executor, the transform's promises on energy and polynomials, any length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.wavelet import FILTERS, Wavelet, _level
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals

wavelets = st.sampled_from(sorted(FILTERS))


@given(st.data(), wavelets, st.integers(1, 4))
def test_same_bits_on_every_executor(data: st.DataObject, name: str, levels: int) -> None:
    least = 3 * 2 ** (levels - 1) + 1
    x = data.draw(signals(length=data.draw(st.integers(least, least + 20))))
    x[1, 0, 1] = np.nan
    assert_stage_parity(Wavelet(name, levels), x)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("length", [*range(4, 13), 31, 33])
def test_the_ends_of_every_length(name: str, length: int) -> None:
    levels = max(n for n in range(1, 5) if _fits(Wavelet(name, n), length))
    x = np.random.default_rng(length).normal(size=(3, 2, length)).astype(np.float32)
    assert_stage_parity(Wavelet(name, levels), x)


@pytest.mark.parametrize("name", FILTERS)
def test_the_filters_are_orthonormal(name: str) -> None:
    taps = np.array(FILTERS[name])
    assert abs(taps @ taps - 1) < 1e-12 and abs(taps.sum() - np.sqrt(2)) < 1e-12
    for shift in range(2, len(taps), 2):
        assert abs(taps[shift:] @ taps[:-shift]) < 1e-12


def test_haar_is_half_sums_and_half_differences() -> None:
    x = np.array([[[1, 3, 2, -2, 5]]], dtype=np.float32)
    smooth, detail = _level(x, Wavelet("haar", 1).filter)
    np.testing.assert_allclose(np.abs(detail[0, 0]), np.array([2, 4, 0]) / np.sqrt(2), rtol=1e-6)
    np.testing.assert_allclose(smooth[0, 0], np.array([4, 0, 10]) / np.sqrt(2), rtol=1e-6)


def test_haar_keeps_the_energy() -> None:
    x = np.random.default_rng(8).normal(size=(4, 2, 64)).astype(np.float32)
    got = Wavelet("haar", 3).reference(x).astype(np.float64)
    np.testing.assert_allclose(got @ [32, 16, 8, 8], (x.astype(np.float64) ** 2).sum(axis=2), rtol=1e-5)


@pytest.mark.parametrize("name", FILTERS)
def test_white_noise_has_the_same_mean_square_on_every_level(name: str) -> None:
    x = np.random.default_rng(9).normal(size=(1, 1, 1 << 14)).astype(np.float32)
    np.testing.assert_allclose(Wavelet(name, 4).reference(x)[0, 0], 1, rtol=0.1)


def test_db2_does_not_see_a_straight_line() -> None:
    x = np.linspace(-3, 9, 40, dtype=np.float32)[None, None]
    assert np.all(np.abs(_level(x, Wavelet("db2", 1).filter)[1][0, 0, :-1]) < 1e-5)
    assert np.all(np.abs(_level(x, Wavelet("haar", 1).filter)[1]) > 0.1)


def test_a_tone_is_found_in_its_octave() -> None:
    t = np.arange(256)
    for level in range(4):  # the middle of an octave: 3/8, 3/16, .. of the rate
        x = np.sin(2 * np.pi * t * 0.375 / 2**level).astype(np.float32)[None, None]
        assert int(np.argmax(Wavelet("db2", 4).reference(x)[0, 0])) == level


def test_refuses_unknown_wavelets_and_too_many_levels() -> None:
    with pytest.raises(LibraryError, match="no wavelet is called 'sym4'; choose from haar, db2"):
        Wavelet("sym4", 2)
    with pytest.raises(LibraryError, match="from 1 to 16, not 0"):
        Wavelet("haar", 0)
    with pytest.raises(LibraryError, match="4 levels of db2 wavelets leave too little of 20 samples"):
        Wavelet("db2", 4).shape(Shape(1, 20))


def _fits(stage: Wavelet, length: int) -> bool:
    try:
        stage.shape(Shape(1, length))
    except LibraryError:
        return False
    return True
