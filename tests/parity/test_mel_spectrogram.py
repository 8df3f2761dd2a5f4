"""Spectrogram: same bits on every executor, equal to frame, window, transform and bands one by one, and in place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.hann import Hann
from bitloop.kernels.mel_bands import MelBands, mel_edges
from bitloop.kernels.mel_spectrogram import MelSpectrogram
from bitloop.kernels.rfft import RfftMagnitude
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals(length=70, count=2), st.integers(3, 32), st.sets(st.integers(0, 17), min_size=3, max_size=5))
def test_same_bits_on_every_executor(x: np.ndarray, hop: int, edges: set[int]) -> None:
    assert_stage_parity(MelSpectrogram(32, hop, tuple(sorted(edges))), x)


@settings(max_examples=3)
@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from([16, 64, 256]))
def test_same_bits_with_as_many_bands_as_samples_between_frames(seed: int, size: int) -> None:
    x = np.random.default_rng(seed).normal(size=(1, 2, 3 * size + 1)).astype(np.float32)
    bands = size // 2 - 1
    assert_stage_parity(MelSpectrogram(size, bands, tuple(range(bands + 2))), x)


def test_nan_stays_in_the_frames_that_see_it() -> None:
    x = np.random.default_rng(1).normal(size=(1, 1, 64)).astype(np.float32)
    x[0, 0, 20] = np.nan
    stage = MelSpectrogram(16, 8, (0, 3, 8))
    assert_stage_parity(stage, x)
    np.testing.assert_array_equal(np.isnan(stage.reference(x)[0, :, 0]), [False, True, True, *[False] * 4])


def test_is_frame_after_frame_of_the_single_kernels() -> None:
    x = np.random.default_rng(2).normal(size=(3, 2, 1000)).astype(np.float32)
    edges = mel_edges(129, 20, 0.175)
    stage = MelSpectrogram(256, 100, edges)
    got, frames = stage.reference(x), stage.frames(1000)
    assert (frames, got.shape) == (8, (3, 16, 20))
    for f in range(frames):
        frame = x[:, :, 100 * f : 100 * f + 256]
        expected = MelBands(edges).reference(RfftMagnitude().reference(Hann().reference(frame)))
        np.testing.assert_array_equal(got[:, [f, frames + f]], expected)


@pytest.mark.parametrize(
    ("size", "hop", "edges", "message"),
    [
        (100, 50, (0, 1, 2), "a power of two, not 100"),
        (8192, 50, (0, 1, 2), "a power of two, not 8192"),
        (64, 65, (0, 1, 2), "not every 65"),
        (64, 1, (0, 1, 2, 3), "frames begin every 2"),
        (64, 32, (0, 1, 34), "ends at bin 34 of a spectrum of 33"),
        (64, 32, (0, 2, 1), "rise from 0"),
    ],
)
def test_refuses_what_would_not_work_in_place(size: int, hop: int, edges: tuple[int, ...], message: str) -> None:
    with pytest.raises(LibraryError, match=message):
        MelSpectrogram(size, hop, edges)


def test_refuses_signals_shorter_than_a_frame() -> None:
    with pytest.raises(LibraryError, match="a frame of 64 samples does not fit into 63"):
        MelSpectrogram(64, 32, (0, 3, 9)).shape(Shape(1, 63))


def test_effort_grows_with_frames_and_faster_than_their_size() -> None:
    def effort(size: int, hop: int, length: int) -> float:
        return MelSpectrogram(size, hop, (0, 3, 9)).effort(Shape(1, length))

    assert effort(64, 32, 64 + 9 * 32) == 10 * effort(64, 32, 64)
    assert 2 * effort(256, 128, 256) < effort(512, 128, 512) < 3 * effort(256, 128, 256)
