"""Triangular bands: same bits on every executor, the triangles they claim to be, and the mel scale's edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.mel_bands import MelBands, mel_edges
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals(length=24), st.sets(st.integers(0, 24), min_size=3, max_size=9))
def test_same_bits_on_every_executor(x: np.ndarray, edges: set[int]) -> None:
    assert_stage_parity(MelBands(tuple(sorted(edges))), x)


def test_nan_stays_in_the_bands_that_see_it() -> None:
    x = np.ones((1, 2, 12), dtype=np.float32)
    x[0, 0, 3] = np.nan
    stage = MelBands((0, 2, 4, 9, 12))
    assert_stage_parity(stage, x)
    np.testing.assert_array_equal(np.isnan(stage.reference(x)), [[[True, True, False], [False] * 3]])


def test_are_means_weighted_by_triangles() -> None:
    edges = (1, 4, 6, 11, 12)
    x = np.random.default_rng(5).uniform(1, 2, size=(3, 2, 12)).astype(np.float32)
    got = MelBands(edges).reference(x)
    for b in range(3):
        weight = np.interp(np.arange(12), edges[b : b + 3], [0, 1, 0])
        exact = (x * weight).sum(axis=2) / weight.sum()
        np.testing.assert_allclose(got[:, :, b], exact, rtol=1e-6)


def test_a_flat_spectrum_stays_flat() -> None:
    got = MelBands(mel_edges(129, 24, 0.175)).reference(np.full((1, 1, 129), 3.0, dtype=np.float32))
    np.testing.assert_allclose(got, 3.0, rtol=1e-6)


def test_mel_edges_are_even_on_the_mel_scale() -> None:
    edges = np.array(mel_edges(2049, 20, 0.175))  # 8 kHz: half of it is 4 kHz, the corner 700 Hz
    mels = 2595 * np.log10(1 + edges / 2048 * 4000 / 700)
    assert (edges[0], edges[-1]) == (0, 2048)
    np.testing.assert_allclose(np.diff(mels), mels[-1] / 21, rtol=0.05)


@given(st.integers(3, 2049), st.integers(1, 200), st.floats(0.01, 10.0), st.floats(0.0, 0.9))
def test_mel_edges_always_make_bands_or_are_refused(bins: int, bands: int, corner: float, low: float) -> None:
    try:
        edges = mel_edges(bins, bands, corner, low)
    except LibraryError:
        assert (bins - 1) * (1 - low) < bands + 2
        return
    assert len(edges) == bands + 2
    assert MelBands(edges).shape(Shape(1, bins)) == Shape(1, bands)


def test_refuses_edges_that_do_not_rise_or_fit() -> None:
    for edges in ((1, 2), (0, 2, 2), (-1, 2, 3), (0, 1, 65536)):
        with pytest.raises(LibraryError, match="edges of triangular bands"):
            MelBands(edges)
    with pytest.raises(LibraryError, match="the last band ends at bin 9 of a spectrum of 8"):
        MelBands((0, 4, 9)).shape(Shape(1, 8))
