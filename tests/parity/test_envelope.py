"""Envelope: same bits on every executor, scipy's low pass of the size, and a modulation that shows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

from bitloop.errors import LibraryError
from bitloop.kernels.envelope import Envelope
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals(), st.sampled_from([1.0, 0.5, 0.1, 1e-3]))
def test_same_bits_on_every_executor(x: np.ndarray, share: float) -> None:
    x[1, 0, 1] = np.nan
    assert_stage_parity(Envelope(share), x)


def test_is_a_one_pole_low_pass_of_the_size() -> None:
    x = np.random.default_rng(4).normal(size=(3, 2, 200)).astype(np.float32)
    size = np.abs(x.astype(np.float64))
    expected, _ = lfilter([0.2], [1, -0.8], size, axis=2, zi=0.8 * size[:, :, :1])
    np.testing.assert_allclose(Envelope(0.2).reference(x), expected, rtol=1e-5)


def test_of_share_one_only_rectifies() -> None:
    x = np.array([[[1.5, -2.0, 0.25, -0.0]]], dtype=np.float32)
    np.testing.assert_array_equal(Envelope(1.0).reference(x), np.abs(x))


def test_shows_what_modulates_a_vibration() -> None:
    t = np.arange(512)
    x = ((1 + 0.8 * np.sin(2 * np.pi * t / 64)) * np.sin(2 * np.pi * t * 0.31)).astype(np.float32)[None, None]
    seen = np.abs(np.fft.rfft(Envelope(0.2).reference(x)[0, 0] - 0.6))
    assert int(np.argmax(seen[2:])) + 2 == 512 // 64
    assert np.abs(np.fft.rfft(x[0, 0]))[512 // 64] < 0.05 * seen[512 // 64]


def test_refuses_shares_that_do_not_settle() -> None:
    for share in (0.0, 1.5, float("nan")):
        with pytest.raises(LibraryError, match="share of a new sample"):
            Envelope(share)
