"""PCA residual: principal components learned one signal at a time, and what they do not explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks, gauge
from bitloop.kernels.base import WORK, Constant, Features, State

_FAR, _SHORT = np.float32(33554432.0), np.float32(1e-15)
_ZERO, _ONE, _TWO = np.float32(0.0), np.float32(1.0), np.float32(2.0)


@dataclass(frozen=True, slots=True)
class PcaResidual(gauge.GaugedModel):
    """Distance: root of (rest / (r + floor) + inside * sum over components of p[k]^2 / (l[k] + floor)) / features.

    p[k] is the part of x - mean along direction k, l[k] the mean of p[k]^2, rest the squared length of what is left
    and r the mean of rest per feature. With `inside` 1 this is the Mahalanobis distance of probabilistic PCA, with 0
    what lies along the components counts for nothing. Learning is candid covariance-free incremental PCA (Weng, Zhang
    and Hwang 2003), later signals weighing more, and at least 2^-memory. State: gauge, r, mean[features],
    l[components], directions[components][features].
    """

    kernel: ClassVar[str] = "pca_residual"

    features: int
    components: int
    inside: float
    floor: float
    factor: float
    memory: int = 0
    smoothing: int = 0

    def __post_init__(self) -> None:
        self._check_gauge()
        checks.whole(self.components, 1, min(64, self.features), "pca_residual.components")
        checks.real(self.inside, 0.0, 1e3, "pca_residual.inside")
        checks.real(self.floor, 1e-12, 1e12, "pca_residual.floor")

    @property
    def warm_up(self) -> int:
        """Every direction has to have seen a few signals."""
        return 8 if self.components < 3 else 2 * self.components + 4

    @property
    def core_size(self) -> int:
        return gauge.WORDS + 1 + self.features + self.components * (1 + self.features)

    def workspace(self) -> int:
        return self.features

    def params(self) -> tuple[int, ...]:
        return (*gauge.GaugedModel.params(self), self.components)

    def constants(self) -> tuple[Constant, ...]:
        values = {"inside": self.inside, "floor": self.floor, "factor": self.factor}
        return tuple(gauge.number(name, value) for name, value in values.items())

    def effort(self) -> float:
        return float(2 * self.components * self.features)

    def distance(self, x: Features, state: State) -> NDArray[np.float32]:
        return self._judge(x, state)[0]

    def _judge(self, x: Features, state: State) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(signals,): distances, and squared lengths of what is left."""
        mean, lengths, directions = self._parts(state)
        left, total = _centred(x, mean), np.zeros(len(x), dtype=np.float32)
        for length, direction in zip(lengths, directions, strict=True):
            part = _along(left, direction)
            left -= part[:, None] * direction
            total += part * part / (length + np.float32(self.floor))
        rest = _along(left, left)
        beyond = rest / (state[gauge.WORDS] + np.float32(self.floor))
        distance: NDArray[np.float32] = np.sqrt(
            (beyond + np.float32(self.inside) * total) / np.float32(self.features)
        )
        return distance, rest

    def absorb(self, x: NDArray[np.float32], state: State) -> None:
        mean, lengths, directions = self._parts(state)
        learned, begun = state[0], np.float32(self.components + 1)
        if learned >= begun:
            rest = self._judge(x[None, :], state)[1][0]
            share = _TWO / (self.counted(learned - begun) + _TWO)
            state[gauge.WORDS] += share * (rest / np.float32(self.features) - state[gauge.WORDS])
        counted = self.counted(learned + _ONE)
        weight = _TWO / (counted + _ONE)
        mean += (x - mean) / counted
        left = _centred(x, mean)
        for k in range(self.components):
            if not lengths[k] > _ZERO:  # the first signals found the components, one each
                lengths[k] = _begin(weight, left, directions[k])
                break
            lengths[k] = _pull(weight, left, lengths[k], directions[k])
            left -= _along(directions[k], left) * directions[k]
        state[0] = learned + _ONE

    def _parts(self, state: State) -> tuple[State, State, Features]:
        first = gauge.WORDS + 1 + self.features
        second = first + self.components
        directions = state[second : second + self.components * self.features]
        return state[gauge.WORDS + 1 : first], state[first:second], directions.reshape(self.components, self.features)

    def emit_learn(self, names: Mapping[str, str], x: str, state: str) -> str:
        fitted = f"{self.memory}, {names['inside']}[0], {names['floor']}[0]"
        rest = f"{self._smoothed(x, state)}, {names[WORK]}, {state}"
        return f"bl_pca_residual_learn({self.features}, {self.components}, {fitted}, {rest});"

    def emit_detect(self, names: Mapping[str, str], x: str, state: str) -> str:
        fitted = f"{names['inside']}[0], {names['floor']}[0], {names['factor']}[0]"
        seen = self._smoothed(x, state)
        return f"bl_pca_residual_detect({self.features}, {self.components}, {fitted}, {seen}, {state})"


def _centred(x: Features, mean: State) -> Features:
    off = x - mean
    return np.where(off > _FAR, _FAR, np.where(off < -_FAR, -_FAR, off))


def _along(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum of the products over the last axis, from zero upwards."""
    total = np.zeros(np.broadcast_shapes(a.shape, b.shape)[:-1], dtype=np.float32)
    for i in range(a.shape[-1]):
        total = total + a[..., i] * b[..., i]
    return total


def _begin(weight: np.float32, x: State, direction: State) -> np.float32:
    """Makes x the direction of a component that has none. Returns its mean square."""
    square = _along(x, x)
    length = np.sqrt(square)
    if not length > _SHORT:
        return _ZERO
    direction[:] = x / length
    return np.float32(weight * square)


def _pull(weight: np.float32, x: State, length: np.float32, direction: State) -> np.float32:
    """Pulls a direction towards x, in place. Returns the new mean square along it."""
    pull = weight * _along(direction, x)
    kept = (_ONE - weight) * length
    moved = kept * direction + pull * x
    after = np.sqrt(_along(moved, moved))
    if not after > _SHORT:
        return np.float32(kept)
    direction[:] = moved / after
    return np.float32(after)
