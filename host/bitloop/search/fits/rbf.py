"""Straight lines and radial basis functions by kernel ridge on few centres; every class weighs the same.

A support vector machine keeps hundreds of signals. A few dozen centres with weights of least squares, under the
penalty of the kernel's own norm, decide as well in a fraction of the flash, and fewer still where a linear part
beside them takes what is straight.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.quantise import INT8, int8_rows, quantise
from bitloop.kernels.rbf_classes import RbfClasses
from bitloop.kernels.rbf_classes_int8 import RbfClassesInt8
from bitloop.kernels.rbf_values import RbfValues
from bitloop.kernels.rbf_values_int8 import RbfValuesInt8
from bitloop.search.balance import balanced
from bitloop.search.cluster import class_centres, squares
from bitloop.search.fits.entry import ALL_SCALES, Entry

Wide = NDArray[np.float64]
Labels = NDArray[np.int64]
Targets = NDArray[np.float32]
Hypers = Mapping[str, float]

CLEAR = 6.0
"""Least squares on 0 and 1 are this much steeper as scores, before anyone calibrates them."""
FARTHEST = 5.0
"""Features are held within so many times their root mean square, to spend the steps where most of them are."""
SAMPLE = 128
"""Signals whose distances from each other say what is near."""


def fit_classes(x: Features, y: Labels, hyper: Hypers, seed: int) -> RbfClasses:
    """`centres` in all, clusters of each class apart; `width` over the median squared distance is gamma."""
    wide = x.astype(np.float64)
    middles = _places(wide, y, hyper, seed)
    gamma, weights, slopes, bias = _classes(wide, y, hyper, middles, 1.0)
    return RbfClasses(
        middles.astype(np.float32),
        weights.astype(np.float32),
        np.ascontiguousarray(slopes, dtype=np.float32),
        bias.astype(np.float32),
        float(np.float32(gamma)),
    )


def fit_classes_int8(x: Features, y: Labels, hyper: Hypers, seed: int) -> RbfClassesInt8:
    """The same on features and centres that are integers already, so that the weights make up for their rounding."""
    scale, whole = _integers(x)
    middles = np.unique(np.rint(_places(whole, y, hyper, seed)), axis=0)
    gamma, weights, slopes, bias = _classes(whole, y, hyper, middles, scale)
    small, steps = int8_rows(slopes)
    return RbfClassesInt8(
        middles.astype(np.int8),
        weights.astype(np.float32),
        small,
        steps.astype(np.float32),
        bias.astype(np.float32),
        scale,
        float(np.float32(gamma)),
    )


def fit_values(x: Features, y: Targets, hyper: Hypers, seed: int) -> RbfValues:
    """`centres` are signals from the least target to the greatest, at equal ranks."""
    wide = x.astype(np.float64)
    middles = _ranked(wide, y, hyper)
    gamma, weights, slopes, bias = _values(wide, y, hyper, middles, 1.0)
    return RbfValues(
        middles.astype(np.float32),
        weights.astype(np.float32),
        slopes.astype(np.float32),
        float(np.float32(bias)),
        float(np.float32(gamma)),
    )


def fit_values_int8(x: Features, y: Targets, hyper: Hypers, seed: int) -> RbfValuesInt8:
    """The same on features that are integers already."""
    scale, whole = _integers(x)
    middles = _ranked(whole, y, hyper)
    gamma, weights, slopes, bias = _values(whole, y, hyper, middles, scale)
    small, steps = int8_rows(slopes[None, :])
    # What rounding takes from the mean of the targets is given back by the bias.
    lost = float(whole.mean(axis=0) @ (slopes - small[0] * steps[0]))
    return RbfValuesInt8(
        middles.astype(np.int8),
        weights.astype(np.float32),
        small[0],
        float(np.float32(steps[0])),
        float(np.float32(bias + lost)),
        scale,
        float(np.float32(gamma)),
    )


def _integers(x: Features) -> tuple[float, Wide]:
    """What features are multiplied by, and the integers they become."""
    size = min(float(np.abs(x).max()), FARTHEST * float(np.sqrt(np.mean(x.astype(np.float64) ** 2))))
    scale = float(np.float32(INT8 / max(size, 1e-9)))
    return scale, quantise(x, scale, -INT8, INT8).astype(np.float64)


def _ranked(x: Wide, y: Targets, hyper: Hypers) -> Wide:
    count = min(int(hyper["centres"]), len(y))
    ranks = np.linspace(0, len(y) - 1, count).astype(np.int64)
    return np.unique(x[np.argsort(y, kind="stable")[ranks]], axis=0)


def _values(x: Wide, y: Targets, hyper: Hypers, middles: Wide, scale: float) -> tuple[float, Wide, Wide, float]:
    """gamma, weights, slopes and bias, for features that were multiplied by `scale`."""
    goal = y.astype(np.float64)[:, None]
    gamma, spread = hyper["width"] / typical(x), max(float(goal.std()), 1e-12)
    line = hyper["line"] * scale * scale
    weights, slopes, bias = kernel_ridge(x, goal / spread, np.ones(len(x)), middles, gamma, hyper["strength"], line)
    return gamma, spread * weights[:, 0], spread * slopes[0], spread * float(bias[0])


def typical(x: Wide) -> float:
    """The median squared distance of two signals."""
    some = x[:: max(1, -(-len(x) // SAMPLE))]
    return max(float(np.median(squares(some, some))), 1e-12)


def kernel_ridge(
    x: Wide, goal: Wide, share: Wide, middles: Wide, gamma: float, strength: float, line: float
) -> tuple[Wide, Wide, Wide]:
    """Weights (centres, outputs), slopes (outputs, features) and bias (outputs,) of least squares.

    Penalised by `strength` times the squared norm of the curved part, weights' K weights, and `line` times the
    squared slopes. The goal's weighted mean is taken off before, and not penalised.
    """
    count, middle, level = len(middles), share @ x / share.sum(), share @ goal / share.sum()
    given = np.concatenate([np.exp(-gamma * squares(x, middles)), x - middle], axis=1)
    heavy = given * share[:, None]
    square = heavy.T @ given
    square[:count, :count] += strength * np.exp(-gamma * squares(middles, middles))
    diagonal = np.diag_indices_from(square)
    square[diagonal] += 1e-8 * len(x)
    square[diagonal[0][count:], diagonal[1][count:]] += line
    found, failed = lapack.dposv(square, heavy.T @ (goal - level))[1:]
    if failed:
        raise LibraryError("the centres of these radial basis functions are too much alike")
    return found[:count], found[count:].T, level - middle @ found[count:]


def _places(x: Wide, y: Labels, hyper: Hypers, seed: int) -> Wide:
    """Centres of each class apart, as many of each."""
    classes = int(y.max()) + 1
    each = max(1, int(hyper["centres"]) // classes)
    return class_centres(x, y, each, seed)[0]


def _classes(x: Wide, y: Labels, hyper: Hypers, middles: Wide, scale: float) -> tuple[float, Wide, Wide, Wide]:
    """gamma, weights, slopes and bias of scores, for features that were multiplied by `scale`."""
    classes = int(y.max()) + 1
    gamma = hyper["width"] / typical(x)
    share = balanced(y)
    line = hyper["line"] * scale * scale
    weights, slopes, bias = kernel_ridge(x, np.eye(classes)[y], share, middles, gamma, hyper["strength"], line)
    return gamma, CLEAR * weights, CLEAR * slopes, CLEAR * bias


_WIDTH = (0.1, 0.25, 0.5, 1.0, 2.0)
_CLASSES = {
    "centres": (16, 32, 64, 128, 256),
    "width": _WIDTH,
    "strength": (1e-3, 1e-2, 1e-1, 1.0),
    "line": (0.1, 1.0, 10.0),
}
_VALUES = {
    "centres": (16, 32, 64, 128, 256),
    "width": _WIDTH,
    "strength": (1e-4, 1e-3, 1e-2, 1e-1),
    "line": (1e-3, 1e-2, 0.1, 1.0, 10.0),
}

ENTRIES = (
    Entry("rbf_network", RbfClasses, fit_classes, _CLASSES, ALL_SCALES, 256, rounds=1),
    Entry("rbf_network_int8", RbfClassesInt8, fit_classes_int8, _CLASSES, ALL_SCALES, 512, rounds=2),
    Entry("kernel_ridge", RbfValues, fit_values, _VALUES, ALL_SCALES, 256, rounds=1),
    Entry("kernel_ridge_int8", RbfValuesInt8, fit_values_int8, _VALUES, ALL_SCALES, 512, rounds=2),
)
