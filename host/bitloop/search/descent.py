"""Fitting linear scores by L-BFGS: few steps, each two products of matrices, for many small fits.

The first guess of the curvature is that of the features themselves, so that neither their scales nor their
correlations slow it down; scores are linear in the step, so that its length costs no product at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from bitloop.kernels.base import Features

Matrix = NDArray[np.float32]
Loss = Callable[[Matrix], tuple[float, Matrix]]
"""(signals, scores) to the loss and its slope with respect to every score."""

REMEMBERED = 8
"""Steps whose curvature is remembered."""
SHORTEST = 1e-3
"""Part of a step below which none is better."""


@dataclass(frozen=True, slots=True)
class Curvature:
    """(features + 1)^2: penalty plus weighted squares of the features, its Cholesky factor; the last is the bias."""

    factor: NDArray[np.float64]

    @staticmethod
    def of(given: Matrix, share: Matrix, bend: float, penalty: float) -> Curvature:
        """`bend` is the second derivative of the loss by a score of a signal whose share is 1."""
        square = ((given * (bend * share)[:, None]).T @ given).astype(np.float64)
        level = np.trace(square) / len(square)
        square[np.diag_indices_from(square)] += penalty + 1e-6 * level + 1e-12
        return Curvature(lapack.dpotrf(square, lower=1)[0])

    def solve(self, slope: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = lapack.dpotrs(self.factor, slope, lower=1)[0]
        return found


def descend(
    x: Features, share: Matrix, loss: Loss, outputs: int, bend: float, penalty: float, rounds: int, enough: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (outputs, features) and biases that minimise loss + `penalty` / 2 * squared weights.

    Ends after `rounds` steps, or when one gains less than `enough` of the loss.
    """
    given = np.concatenate([x, np.ones((len(x), 1), dtype=np.float32)], axis=1)
    curvature = Curvature.of(given, share, bend, penalty)
    held = np.full((given.shape[1], 1), penalty)
    held[-1] = 0.0
    weights = np.zeros((given.shape[1], outputs))
    scores = np.zeros((len(x), outputs), dtype=np.float32)
    value, off = loss(scores)
    slope = (given.T @ off).astype(np.float64)
    steps: list[tuple[NDArray[np.float64], NDArray[np.float64], float]] = []
    for _ in range(rounds):
        way = -_towards(slope, curvature, steps)
        along = given @ way.astype(np.float32)
        length, after, ahead = _length(loss, scores, along, weights, way, held, value, float(np.vdot(slope, way)))
        if after >= value:  # float32 sees no way further down
            break
        gained, value, off = value - after, after, ahead
        weights += length * way
        scores += np.float32(length) * along
        if gained <= enough * abs(value):
            break
        before, slope = slope, (given.T @ off).astype(np.float64) + held * weights
        step, bent = length * way, slope - before
        rise = float(np.vdot(step, bent))
        if rise > 1e-10 * float(np.vdot(step, step)):
            steps.append((step, bent, 1.0 / rise))
            del steps[:-REMEMBERED]
    return weights[:-1].T, weights[-1]


def _towards(
    slope: NDArray[np.float64],
    curvature: Curvature,
    steps: list[tuple[NDArray[np.float64], NDArray[np.float64], float]],
) -> NDArray[np.float64]:
    """Two loops over the steps remembered (Nocedal and Wright, algorithm 7.4)."""
    way = slope.copy()
    parts = []
    for step, bent, inverse in reversed(steps):
        parts.append(inverse * float(np.vdot(step, way)))
        way -= parts[-1] * bent
    way = curvature.solve(way)
    for (step, bent, inverse), part in zip(steps, reversed(parts), strict=True):
        way += (part - inverse * float(np.vdot(bent, way))) * step
    return way


def _length(
    loss: Loss,
    scores: Matrix,
    along: Matrix,
    weights: NDArray[np.float64],
    way: NDArray[np.float64],
    held: NDArray[np.float64],
    value: float,
    fall: float,
) -> tuple[float, float, Matrix]:
    """A length of step that lowers the loss enough, the loss there and its slope by the scores."""
    length = 1.0
    while True:
        after, off = loss(scores + np.float32(length) * along)
        there = weights + length * way
        after += 0.5 * float((held * there * there).sum())
        if after <= value + 1e-4 * length * fall or length < SHORTEST:
            return length, after, off
        length *= min(0.5, max(0.1, -0.5 * fall * length / (after - value - fall * length)))
