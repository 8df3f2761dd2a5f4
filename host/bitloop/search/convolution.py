"""Training small convolutional networks: what each place sees is copied side by side, so that layers are products.

Single precision, because it takes half the time; deterministic as network.py is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.cnn import Plan, windows
from bitloop.search.network import Parameters, Slope, batches, rate

F32Array = NDArray[np.float32]


@dataclass(slots=True, eq=False)
class Network:
    """Weights (outputs, inputs) of three layers, windows time after time; and what a forward pass leaves behind."""

    plan: Plan
    held: Parameters
    kept: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(plan: Plan, rng: np.random.Generator) -> Network:
        """Random weights."""
        held = Parameters([shape for a, b in plan.rows for shape in ((a, b), (a,))], np.float32)
        for matrix in held.views[::2]:
            matrix[:] = rng.normal(size=matrix.shape) * np.sqrt(2.0 / matrix.shape[1])
        held.views[4][:] *= 0.1
        return Network(plan, held)

    def forward(self, looks: F32Array) -> F32Array:
        """(signals, places, taps * axes) to (signals, classes)."""
        w1, b1, w2, b2, w3, b3 = self.held.views
        hidden = looks @ w1.T
        hidden += b1
        np.maximum(hidden, 0, out=hidden)
        seen = windows(hidden, *self.plan.second[1:])
        found = seen @ w2.T
        found += b2
        np.maximum(found, 0, out=found)
        pooled = found.mean(axis=1) if self.plan.mean else found.max(axis=1)
        self.kept = {"looks": looks, "hidden": hidden, "seen": seen, "found": found, "pooled": pooled}
        scores: F32Array = pooled @ w3.T + b3
        return scores

    def backward(self, slope: F32Array) -> None:
        """Slopes of every parameter from those of the scores of the last forward pass."""
        _, _, w2, _, w3, _ = self.held.views
        into = self.held.slope_views
        k = self.kept
        np.matmul(slope.T, k["pooled"], out=into[4])
        np.sum(slope, axis=0, out=into[5])
        back = (slope @ w3)[:, None, :]
        found = k["found"]
        if self.plan.mean:
            back = np.where(found > 0, back / np.float32(found.shape[1]), np.float32(0))
        else:  # only where the largest value is
            best = found.argmax(axis=1)[:, None, :]
            shared = np.zeros_like(found)
            np.put_along_axis(shared, best, np.where(k["pooled"][:, None, :] > 0, back, np.float32(0)), axis=1)
            back = shared
        back = back.reshape(-1, found.shape[2])
        np.matmul(back.T, k["seen"].reshape(len(back), -1), out=into[2])
        np.sum(back, axis=0, out=into[3])
        below = self._spread(back @ w2, k["hidden"].shape)
        below *= k["hidden"] > 0
        below = below.reshape(-1, below.shape[2])
        np.matmul(below.T, k["looks"].reshape(len(below), -1), out=into[0])
        np.sum(below, axis=0, out=into[1])

    def _spread(self, back: F32Array, shape: tuple[int, ...]) -> F32Array:
        """Slopes of overlapping windows added up where they overlap."""
        filters, taps, stride = self.plan.first[0], *self.plan.second[1:]
        total = np.zeros((shape[0], shape[1] * filters), dtype=np.float32)
        parts = back.reshape(shape[0], -1, taps * filters)
        for t in range(parts.shape[1]):
            first = t * stride * filters
            total[:, first : first + taps * filters] += parts[:, t]
        return total.reshape(shape)


def train(x: F32Array, plan: Plan, slope: Slope, decay: float, steps: int, seed: int) -> Network:
    """A network for standard signals (signals, times, axes)."""
    rng = np.random.default_rng([seed, len(x), *plan.numbers])
    network = Network.of(plan, rng)
    looks = windows(x.astype(np.float32), *plan.first[1:])
    for number, rows in enumerate(batches(len(x), steps, rng), 1):
        network.backward(slope(network.forward(looks[rows]), rows).astype(np.float32))
        network.held.step(number, rate(number, steps) / 2.0, decay)
    return network
