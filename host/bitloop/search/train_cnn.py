"""Fitting small convolutional networks, in float32 and int8.

Features are `axes` rows of equal length (a raw signal, a spectrum per axis): other numbers of features are refused,
and so are fits that would take long. `filters` is how many the first convolution has (the second twice as many),
`taps` how long they are, `stride` how far apart, `mean` 1 pools by the mean and 0 by the largest value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.checks import WEIGHT
from bitloop.kernels.cnn import Plan, windows
from bitloop.kernels.cnn_classes import CnnClasses
from bitloop.kernels.cnn_int8_classes import CnnInt8Classes
from bitloop.kernels.dense_int8 import BIAS, dense_int8
from bitloop.kernels.quantise import INT8, int8_rows, quantise
from bitloop.search.convolution import F32Array, train
from bitloop.search.network import BATCH, towards_classes
from bitloop.search.network_int8 import WIDEST

Labels = NDArray[np.int64]
Hypers = Mapping[str, float]

SECOND_TAPS, SECOND_STRIDE = 3, 2
FEWEST = 16
"""Samples an axis has to have."""
DEAREST = 3e9
"""Multiplications a fit may take: some 2 s."""


@dataclass(frozen=True, slots=True, eq=False)
class _Signals:
    """Standard signals (signals, times, axes), and each axis's mean and spread."""

    z: F32Array
    middle: NDArray[np.float64]
    spread: NDArray[np.float64]

    @staticmethod
    def of(x: Features, axes: int) -> _Signals:
        wide = x.reshape(len(x), axes, -1).astype(np.float64)
        middle, spread = wide.mean(axis=(0, 2)), wide.std(axis=(0, 2))
        spread[spread <= 1e-7 * np.abs(middle) + 1e-30] = 1.0
        z = (wide - middle[:, None]) / spread[:, None]
        return _Signals(np.ascontiguousarray(z.swapaxes(1, 2), dtype=np.float32), middle, spread)


def fit_cnn_classes(x: Features, y: Labels, hyper: Hypers, seed: int) -> CnnClasses:
    """Cross entropy; every class weighs the same. The standardisation becomes part of the first layer."""
    plan, steps = _plan(x, y, hyper)
    signals = _Signals.of(x, plan.axes)
    network = train(signals.z, plan, towards_classes(y), hyper["decay"], steps, seed)
    w1, b1, w2, b2, w3, b3 = (view.astype(np.float64) for view in network.held.views)
    rows = w1.reshape(plan.first[0], plan.first[1], plan.axes) / signals.spread
    b1 = b1 - (rows * signals.middle).sum(axis=(1, 2))
    weights = np.concatenate([rows.swapaxes(1, 2).ravel(), w2.ravel(), w3.ravel()])
    bias = np.concatenate([b1, b2, b3])
    shape = plan.axes, plan.length, plan.first, plan.second, plan.mean
    return CnnClasses(*shape, weights.astype(np.float32), bias.astype(np.float32))


def fit_cnn_int8_classes(x: Features, y: Labels, hyper: Hypers, seed: int) -> CnnInt8Classes:
    """The same in int8, trained on the rounded inputs; ranges are those of the training signals."""
    plan, steps = _plan(x, y, hyper)
    signals = _Signals.of(x, plan.axes)
    reach = np.clip(1.05 * np.abs(signals.z).max(axis=(0, 1)).astype(np.float64), 1e-3, WIDEST)
    offset = signals.middle.astype(np.float32)
    step = np.minimum(INT8 / (reach * signals.spread), WEIGHT / 2).astype(np.float32)
    q = quantise(x.reshape(len(x), plan.axes, -1).swapaxes(1, 2) - offset, step, -INT8, INT8)
    unit = reach / INT8
    network = train((q * unit).astype(np.float32), plan, towards_classes(y), hyper["decay"], steps, seed)
    w1, b1, w2, b2, w3, b3 = (view.astype(np.float64) for view in network.held.views)

    one, shift1, row = _rounded(w1, b1, np.tile(unit, plan.first[1]))
    looks = windows(q, *plan.first[1:])
    scale1, unit = _reach(looks, one, shift1, row)
    looks = windows(dense_int8(one, shift1, scale1, looks), *plan.second[1:])
    two, shift2, row = _rounded(w2, b2, np.tile(unit, plan.second[1]))
    scale2, unit = _reach(looks, two, shift2, row)
    three, shift3, row = _rounded(w3, b3, unit)
    return CnnInt8Classes(
        plan.axes,
        plan.length,
        plan.first,
        plan.second,
        plan.mean,
        offset,
        step,
        np.concatenate([one.ravel(), two.ravel(), three.ravel()]),
        np.concatenate([shift1, shift2, shift3]),
        np.concatenate([scale1, scale2, row.astype(np.float32)]),
    )


def _plan(x: Features, y: Labels, hyper: Hypers) -> tuple[Plan, int]:
    """The shape of the network, and its steps of training; LibraryError where the features are not made for it."""
    axes, filters, taps = int(hyper["axes"]), int(hyper["filters"]), int(hyper["taps"])
    length = x.shape[1] // axes
    whole = 4 // gcd(4, axes)  # windows of int8 values begin at whole words
    stride = -(-int(hyper["stride"]) // whole) * whole
    if axes * length != x.shape[1] or length < max(FEWEST, taps + 2 * stride):
        raise LibraryError(f"{x.shape[1]} features are not {axes} rows long enough for filters of {taps} taps")
    second = (2 * filters, SECOND_TAPS, SECOND_STRIDE)
    plan = Plan(axes, length, (filters, taps, stride), second, int(y.max()) + 1, bool(hyper["mean"]))
    steps = int(hyper["steps"])
    if 3.0 * plan.products * BATCH * steps > DEAREST:
        raise LibraryError(f"a convolutional network for {axes} x {length} features takes too long to fit")
    return plan, steps


def _rounded(
    weights: NDArray[np.float64], bias: NDArray[np.float64], unit: NDArray[np.float64]
) -> tuple[NDArray[np.int8], NDArray[np.int32], NDArray[np.float64]]:
    small, row = int8_rows(weights * unit)
    return small, np.clip(np.rint(bias / row), -BIAS, BIAS).astype(np.int32), row


def _reach(
    looks: NDArray[np.int32], weights: NDArray[np.int8], bias: NDArray[np.int32], row: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Scale of each filter's sums, and what one of its integers stands for."""
    sums = looks.astype(np.float32) @ weights.T.astype(np.float32) + bias
    unit = np.maximum(sums.max(axis=(0, 1)).astype(np.float64) * row, 1e-6) / INT8
    return np.minimum(row / unit, WEIGHT).astype(np.float32), unit
