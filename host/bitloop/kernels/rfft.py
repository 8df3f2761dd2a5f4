"""Magnitudes of the spectrum of a real signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Constant, Shape, Signals, Stage
from bitloop.kernels.circle import quarter_wave

F32Array = NDArray[np.float32]
Pair = tuple[F32Array, F32Array]
"""Real and imaginary parts. NumPy's complex64 would round its products its own way."""


@dataclass(frozen=True, slots=True)
class RfftMagnitude(Stage):
    """|DFT| of bins 0 to length / 2, not scaled: (axes, length) to (axes, length / 2 + 1)."""

    kernel: ClassVar[str] = "rfft"

    def shape(self, given: Shape) -> Shape:
        if not 16 <= given.length <= 4096 or given.length & (given.length - 1):
            raise LibraryError(f"a spectrum needs 16 to 4096 samples per axis, a power of two, not {given.length}")
        return Shape(given.axes, given.length // 2 + 1)

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant("cosine", quarter_wave(given.length), fitted=False),)

    def effort(self, given: Shape) -> float:
        return given.size * float(given.length.bit_length() + 1)  # a magnitude is worth about two passes

    def reference(self, x: Signals) -> Signals:
        cosine = quarter_wave(x.shape[2])
        return _split(_fft((x[:, :, 0::2], x[:, :, 1::2]), cosine), cosine)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_rfft({given.axes}, {given.length}, {names['cosine']}, x);"


def _fft(z: Pair, cosine: F32Array) -> Pair:
    """Complex transform over the last axis: bit reversal, radix 2 if the size is an odd power of 2, radix 4."""
    n = z[0].shape[-1]
    order = _bit_reversed(n)
    z = z[0][..., order], z[1][..., order]
    span = 1
    if n.bit_length() % 2 == 0:
        z = _radix2_pass(z)
        span = 2
    while span < n:
        z = _radix4_pass(z, span, cosine)
        span *= 4
    return z


def _bit_reversed(n: int) -> NDArray[np.intp]:
    order = np.zeros(1, dtype=np.intp)
    while len(order) < n:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


def _radix2_pass(z: Pair) -> Pair:
    re, im = (np.stack([part[..., 0::2] + part[..., 1::2], part[..., 0::2] - part[..., 1::2]], axis=-1) for part in z)
    return re.reshape(z[0].shape), im.reshape(z[0].shape)


def _radix4_pass(z: Pair, span: int, cosine: F32Array) -> Pair:
    """Joins transforms of `span` values to transforms of 4 * span; all butterflies of the pass side by side."""
    re, im = (part.reshape(*part.shape[:-1], -1, 4, span) for part in z)
    j = np.arange(1, span) * (2 * z[0].shape[-1] // (4 * span))
    ar, ai = re[..., 0, :], im[..., 0, :]
    br, bi = _turned(re[..., 1, :], im[..., 1, :], _turn(cosine, 2 * j))
    cr, ci = _turned(re[..., 2, :], im[..., 2, :], _turn(cosine, j))
    dr, di = _turned(re[..., 3, :], im[..., 3, :], _turn(cosine, 3 * j))
    sr, si, tr, ti = ar + br, ai + bi, ar - br, ai - bi
    ur, ui, vr, vi = cr + dr, ci + di, cr - dr, ci - di
    re = np.stack([sr + ur, tr + vi, sr - ur, tr - vi], axis=-2)
    im = np.stack([si + ui, ti - vr, si - ui, ti + vr], axis=-2)
    return re.reshape(z[0].shape), im.reshape(z[0].shape)


def _turn(cosine: F32Array, j: NDArray[np.intp]) -> Pair:
    """Cosine and sine of 2 pi j / length for 0 <= j < 3 / 4 length, from the quarter wave."""
    quarter = len(cosine) - 1
    wave = np.concatenate([cosine, -cosine[quarter - 1 :: -1], -cosine[1:]])
    sine = np.concatenate([cosine[::-1], cosine[1:], -cosine[quarter - 1 :: -1]])
    return wave[j], sine[j]


def _turned(re: F32Array, im: F32Array, w: Pair) -> Pair:
    """Times the conjugate of w; the first value of each group is left alone, as its factor is 1."""
    c, s = w
    turned_re = re[..., 1:] * c + im[..., 1:] * s
    turned_im = im[..., 1:] * c - re[..., 1:] * s
    return (
        np.concatenate([re[..., :1], turned_re], axis=-1),
        np.concatenate([im[..., :1], turned_im], axis=-1),
    )


def _split(z: Pair, cosine: F32Array) -> F32Array:
    """Magnitudes of the real signal's bins from the transform of its even and odd samples."""
    re, im = z
    n = re.shape[-1]
    k = np.arange(1, n // 2)
    er, ei = re[..., k] + re[..., n - k], im[..., k] - im[..., n - k]
    pr, pi = im[..., k] + im[..., n - k], re[..., n - k] - re[..., k]
    c, s = cosine[k], cosine[n // 2 - k]
    o_re, o_im = pr * c + pi * s, pi * c - pr * s
    half = np.float32(0.5)
    return np.concatenate(
        [
            np.abs(re[..., :1] + im[..., :1]),
            half * _magnitude(er + o_re, ei + o_im),
            _magnitude(re[..., n // 2 : n // 2 + 1], im[..., n // 2 : n // 2 + 1]),
            (half * _magnitude(er - o_re, ei - o_im))[..., ::-1],
            np.abs(re[..., :1] - im[..., :1]),
        ],
        axis=-1,
    )


def _magnitude(re: F32Array, im: F32Array) -> F32Array:
    return np.sqrt(re * re + im * im)
