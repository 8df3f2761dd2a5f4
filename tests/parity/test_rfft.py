"""Real FFT: same bits on every executor at every length, and the spectrum NumPy finds in double precision."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.circle import quarter_wave
from bitloop.kernels.rfft import RfftMagnitude
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals

LENGTHS = [1 << k for k in range(4, 13)]
lengths = pytest.mark.parametrize("length", LENGTHS)


@given(st.data())
def test_same_bits_on_every_executor(data: st.DataObject) -> None:
    x = data.draw(signals(length=data.draw(st.sampled_from(LENGTHS[:4])), count=2))
    assert_stage_parity(RfftMagnitude(), x)


@lengths
@settings(max_examples=2)
@given(seed=st.integers(0, 2**32 - 1))
def test_same_bits_at_every_length(length: int, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(1, 2, length)).astype(np.float32)
    assert_stage_parity(RfftMagnitude(), x)


@lengths
def test_is_the_spectrum_of_double_precision(length: int) -> None:
    x = np.random.default_rng(length).normal(size=(20, 3, length)).astype(np.float32)
    exact = np.abs(np.fft.rfft(x.astype(np.float64), axis=2))
    error = np.abs(RfftMagnitude().reference(x) - exact)
    assert error.max() <= 1e-6 * np.sqrt(np.mean(exact**2))


@lengths
def test_a_tone_stands_in_its_bin_alone(length: int) -> None:
    for k in (1, length // 8, length // 4, length // 2 - 1):
        tone = np.cos(2 * np.pi * k * np.arange(length) / length).astype(np.float32)
        spectrum = RfftMagnitude().reference(tone[None, None, :])[0, 0]
        assert spectrum[k] == pytest.approx(length / 2, rel=1e-6)
        spectrum[k] = 0
        assert spectrum.max() < 1e-6 * length


@lengths
def test_the_table_is_a_correctly_rounded_quarter_wave(length: int) -> None:
    table = quarter_wave(length)
    exact = np.sin(2 * np.pi * np.arange(length // 4, -1, -1) / length)
    np.testing.assert_array_equal(table, exact.astype(np.float32))
    assert (table[0], table[-1]) == (1, 0)


@pytest.mark.parametrize("length", [1, 8, 100, 8192])
def test_refuses_other_lengths(length: int) -> None:
    with pytest.raises(LibraryError, match=f"a power of two, not {length}$"):
        RfftMagnitude().shape(Shape(1, length))
