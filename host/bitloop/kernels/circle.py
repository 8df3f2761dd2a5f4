"""Cosines for tables, the same on every machine: integer arithmetic only, so no libm has a say in the last bit."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

_PI = 0x3243F6A8885A308D313198A2E03707344
"""Pi with 128 bits after the point."""


@cache
def quarter_wave(length: int) -> NDArray[np.float32]:
    """cos(2 pi j / length) for j = 0 .. length / 4, rounded to float32; read-only."""
    return _rounded(_cosine(j, length) / (1 << 64) for j in range(length // 4 + 1))


@cache
def half_hann(length: int) -> NDArray[np.float32]:
    """(1 - cos(2 pi j / length)) / 2 for j = 0 .. length / 2, rounded to float32; read-only."""
    return _rounded(((1 << 64) - _cosine(j, length)) / (1 << 65) for j in range(length // 2 + 1))


def _rounded(values: Iterable[float]) -> NDArray[np.float32]:
    table = np.array(list(values), dtype=np.float64).astype(np.float32)
    table.setflags(write=False)
    return table


def _cosine(j: int, length: int) -> int:
    """2^64 cos(2 pi j / length) to the nearest integer, by the power series with 128 bits; 0 <= j <= length / 2."""
    angle = 2 * _PI * j // length
    square = (angle * angle) >> 128
    total = term = 1 << 128
    i = 0
    while term:
        term = -((term * square) >> 128) // ((i + 1) * (i + 2))
        total += term
        i += 2
    return (total + (1 << 63)) >> 64
