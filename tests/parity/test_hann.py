"""Hann window: same bits on every executor, the periodic window, rounded correctly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.hann import Hann
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals())
def test_same_bits_on_every_executor(x: np.ndarray) -> None:
    assert_stage_parity(Hann(), x)


@pytest.mark.parametrize("length", [2, 3, 16, 21, 1000, 4096])
def test_is_the_periodic_hann_window(length: int) -> None:
    window = Hann().reference(np.ones((1, 1, length), dtype=np.float32))[0, 0]
    exact = np.sin(np.pi * np.arange(length) / length) ** 2
    np.testing.assert_allclose(window, exact, rtol=2**-23, atol=1e-30)
    assert window[0] == 0 and window[length // 2] == pytest.approx(1, abs=0.3 if length < 4 else 0.01)


def test_refuses_lengths_without_a_window() -> None:
    with pytest.raises(LibraryError, match="2 to 4096 samples, not 1"):
        Hann().shape(Shape(1, 1))
