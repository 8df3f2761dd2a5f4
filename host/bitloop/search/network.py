"""Training small networks: Adam on minibatches with a fixed number of steps, in float64.

Whoever trains twice on one machine with single-threaded BLAS gets the same network. A network is a list of layers,
each weights (outputs, inputs) and bias (outputs,), with rectifiers between them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.search.balance import balanced

Wide = NDArray[np.float64]
Layers = list[tuple[Wide, Wide]]
Slope = Callable[[NDArray[Any], NDArray[np.intp]], NDArray[Any]]
"""Scores of a batch and its rows to the slope of the loss by each score."""

BATCH = 64
PEAK = 0.02
"""Largest step of a weight; steps grow to it over the first fifth of the training and fall to 0 at its end."""
NOISES = 1024
"""Rows of noise drawn for a whole training; a batch gets neighbours among them."""
_FIRST, _SECOND, _TINY = 0.9, 0.99, 1e-8


class Parameters:
    """Arrays that are views of one flat vector, so that a step of Adam is a handful of operations."""

    def __init__(self, shapes: Sequence[tuple[int, ...]], kind: type[np.floating[Any]] = np.float64) -> None:
        sizes = [int(np.prod(shape)) for shape in shapes]
        self.values, self.slopes, self.shrinks = (np.zeros(sum(sizes), dtype=kind) for _ in range(3))
        self._mean, self._square, self._scratch = (np.zeros(sum(sizes), dtype=kind) for _ in range(3))
        edges = np.cumsum([0, *sizes])
        cut = [slice(a, b) for a, b in itertools.pairwise(edges)]
        self.views = [self.values[c].reshape(s) for c, s in zip(cut, shapes, strict=True)]
        self.slope_views = [self.slopes[c].reshape(s) for c, s in zip(cut, shapes, strict=True)]
        for c, shape in zip(cut, shapes, strict=True):
            self.shrinks[c] = 1.0 if len(shape) > 1 else 0.0

    def step(self, number: int, rate: float, decay: float) -> None:
        """One step of Adam down the slopes; weights (not biases) also shrink by `decay` times the rate."""
        m, v, t = self._mean, self._square, self._scratch
        m *= _FIRST
        np.multiply(self.slopes, 1.0 - _FIRST, out=t)
        m += t
        v *= _SECOND
        np.multiply(self.slopes, self.slopes, out=t)
        t *= 1.0 - _SECOND
        v += t
        np.sqrt(v, out=t)
        t += _TINY
        np.divide(m, t, out=t)
        t *= rate * np.sqrt(1.0 - _SECOND**number) / (1.0 - _FIRST**number)
        self.values -= t
        if decay:
            np.multiply(self.values, self.shrinks, out=t)
            t *= rate * decay
            self.values -= t


def rate(number: int, steps: int) -> float:
    """Size of step `number` of `steps`."""
    share = number / steps
    return PEAK * min(share / 0.2, (1.0 - share) / 0.8)


def batches(count: int, steps: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """(steps, batch): rows, drawn without replacement until all were drawn."""
    size = min(BATCH, count)
    turns = -(-steps * size // count)
    order = np.concatenate([rng.permutation(count) for _ in range(turns)])
    return order[: steps * size].reshape(steps, size)


def train(
    x: Wide, widths: tuple[int, ...], slope: Slope, decay: float, noise: float, steps: int, seed: int
) -> Layers:
    """Layers of these widths (inputs first). `noise` is the spread of what is added to the inputs of each batch."""
    rng = np.random.default_rng([seed, len(x), *widths])
    shapes = [s for a, b in itertools.pairwise(widths) for s in ((b, a), (b,))]
    held = Parameters(shapes)
    weights, biases = held.views[::2], held.views[1::2]
    for matrix in weights:
        matrix[:] = rng.normal(size=matrix.shape) * np.sqrt(2.0 / matrix.shape[1])
    weights[-1][:] *= 0.1
    bank = noise * rng.standard_normal((NOISES if noise else 0, widths[0]))
    starts = rng.integers(NOISES - BATCH, size=steps)
    for number, rows in enumerate(batches(len(x), steps, rng), 1):
        seen = [x[rows]]
        if noise:
            seen[0] = seen[0] + bank[starts[number - 1] :][: len(rows)]
        for matrix, bias in zip(weights[:-1], biases[:-1], strict=True):
            total = seen[-1] @ matrix.T
            total += bias
            seen.append(np.maximum(total, 0.0, out=total))
        back = slope(seen[-1] @ weights[-1].T + biases[-1], rows)
        for layer in range(len(weights) - 1, -1, -1):
            np.matmul(back.T, seen[layer], out=held.slope_views[2 * layer])
            np.sum(back, axis=0, out=held.slope_views[2 * layer + 1])
            if layer:
                back = back @ weights[layer]
                back *= seen[layer] > 0.0
        held.step(number, rate(number, steps), decay)
    return [(w.copy(), b.copy()) for w, b in zip(weights, biases, strict=True)]


def towards_classes(y: NDArray[np.int64]) -> Slope:
    """Cross entropy; every class weighs the same."""
    classes = int(y.max()) + 1
    wanted = np.eye(classes)[y]
    share = balanced(y)[:, None]

    def slope(scores: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        scores -= wanted[rows]
        scores *= share[rows] / len(rows)
        return scores

    return slope


def towards_values(y: Wide) -> Slope:
    """Half the squared distance."""
    goal = y[:, None]

    def slope(scores: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
        scores -= goal[rows]
        scores /= len(rows)
        return scores

    return slope


def standard(x: NDArray[np.float32]) -> tuple[Wide, Wide, Wide]:
    """Features at mean 0 and spread 1, and the means and spreads (1 where nothing moves)."""
    wide = x.astype(np.float64)
    middle, spread = wide.mean(axis=0), wide.std(axis=0)
    spread[spread <= 1e-7 * np.abs(middle) + 1e-30] = 1.0
    return (wide - middle) / spread, middle, spread


def unscaled(layers: Layers, middle: Wide, spread: Wide) -> Layers:
    """The same network on features as they came, before `standard`."""
    (weights, bias), *rest = layers
    weights = weights / spread
    return [(weights, bias - weights @ middle), *rest]
