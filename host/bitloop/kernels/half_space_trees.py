"""Half-space trees: splits drawn beforehand, counts learned one signal at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks, gauge
from bitloop.kernels.base import Constant, Features, State
from bitloop.kernels.logf import logf
from bitloop.kernels.record import F32, U16

_ONE, _TWO, _HALF = np.float32(1.0), np.float32(2.0), np.float32(0.5)


@dataclass(frozen=True, slots=True, eq=False)
class HalfSpaceTrees(gauge.GaugedModel):
    """Trees of Tan, Ting and Liu 2011. Where many signals came by, a signal is regular.

    Distance: mean over the trees of ln(1 + n / (2^level * count)) at the deepest node on the signal's way that more
    than `fewest` signals came by (the leaf at last); n is the count at the root. With a `memory` of m, all counts are
    halved whenever 2^m more signals were learned. `axis` and `at` are (trees, 2^depth - 1): node j splits feature
    axis[j] at at[j], its children are 2 j + 1 (below) and 2 j + 2. State: gauge, counts[trees][2^(depth + 1) - 1].
    """

    kernel: ClassVar[str] = "half_space_trees"

    features: int
    axis: U16
    at: F32
    fewest: float
    factor: float
    memory: int = 0
    smoothing: int = 0

    def __post_init__(self) -> None:
        self._check_gauge()
        checks.table(self.axis, np.uint16, 2, "half_space_trees.axis")
        checks.whole(int(self.axis.max()), 0, self.features - 1, "the largest half_space_trees.axis")
        checks.floats(self.at, 2, "half_space_trees.at", -checks.PLACE, checks.PLACE)
        checks.alike(self.at.shape, self.axis.shape, "half_space_trees.at")
        checks.whole(self.trees, 1, 255, "the number of trees of half_space_trees")
        checks.whole(self.depth, 1, 12, "the depth of half_space_trees")
        checks.alike(self.axis.shape, (self.trees, (1 << self.depth) - 1), "half_space_trees.axis")
        checks.real(self.fewest, 0.0, 1e6, "half_space_trees.fewest")

    @staticmethod
    def drawn(features: int, trees: int, depth: int, fewest: float, factor: float, seed: int) -> HalfSpaceTrees:
        """Splits as the paper draws them, for features that mostly lie between 0 and 1.

        Each tree has its own range of every feature: around a random middle, wide enough to hold 0 to 1 twice. Each
        node halves its range of a random feature.
        """
        return HalfSpaceTrees(features, *_drawn(features, trees, depth, seed), fewest, factor)

    @property
    def trees(self) -> int:
        return len(self.axis)

    @property
    def depth(self) -> int:
        inner = self.axis.shape[1]
        return int(inner).bit_length()

    @property
    def warm_up(self) -> int:
        return 8

    @property
    def core_size(self) -> int:
        return gauge.WORDS + 2 * int(self.axis.size) + self.trees

    def params(self) -> tuple[int, ...]:
        return (*gauge.GaugedModel.params(self), self.trees, self.depth)

    def constants(self) -> tuple[Constant, ...]:
        return (
            gauge.number("fewest", self.fewest),
            gauge.number("factor", self.factor),
            Constant("axis", self.axis, fitted=True),
            Constant("at", self.at, fitted=True),
        )

    def effort(self) -> float:
        return float(self.trees * (self.depth + 4))  # a logarithm is worth about four levels

    def distance(self, x: Features, state: State) -> NDArray[np.float32]:
        total = np.zeros(len(x), dtype=np.float32)
        for axis, at, counts in zip(self.axis, self.at, self._counts(state), strict=True):
            mass = self._mass(x, axis, at, counts)
            total += logf(_ONE + _ONE / mass)
        distance: NDArray[np.float32] = total / np.float32(self.trees)
        return distance

    def _mass(
        self, x: Features, axis: NDArray[np.uint16], at: NDArray[np.float32], counts: State
    ) -> NDArray[np.float32]:
        """(signals,): 2^level * count / n of each signal in one tree."""
        node, halves = np.zeros(len(x), dtype=np.int64), np.ones(len(x), dtype=np.float32)
        going = np.ones(len(x), dtype=np.bool_)
        rows = np.arange(len(x))
        for _ in range(self.depth):
            inner = np.minimum(node, len(axis) - 1)  # those that stopped early stay where they are
            child = _children(inner, x[rows, axis[inner]] < at[inner])
            going &= counts[child] > np.float32(self.fewest)
            node = np.where(going, child, node)
            halves = np.where(going, halves * _TWO, halves)
        mass: NDArray[np.float32] = halves * counts[node] / counts[0]
        return mass

    def absorb(self, x: NDArray[np.float32], state: State) -> None:
        every = self._counts(state)
        trees = np.arange(self.trees)
        node = np.zeros(self.trees, dtype=np.int64)
        for _ in range(self.depth):
            every[trees, node] += _ONE
            node = _children(node, x[self.axis[trees, node]] < self.at[trees, node])
        every[trees, node] += _ONE
        state[0] += _ONE
        if self.memory and int(state[0]) % (1 << self.memory) == 0:
            every *= _HALF

    def _counts(self, state: State) -> Features:
        """(trees, nodes): a view."""
        return state[gauge.WORDS : self.core_size].reshape(self.trees, -1)

    def emit_learn(self, names: Mapping[str, str], x: str, state: str) -> str:
        fitted = f"{self.memory}, {names['fewest']}[0], {names['axis']}, {names['at']}"
        return (
            f"bl_half_space_trees_learn({self.trees}, {self.depth}, {fitted}, {self._smoothed(x, state)}, {state});"
        )

    def emit_detect(self, names: Mapping[str, str], x: str, state: str) -> str:
        fitted = f"{names['fewest']}[0], {names['factor']}[0], {names['axis']}, {names['at']}"
        return (
            f"bl_half_space_trees_detect({self.trees}, {self.depth}, {fitted}, {self._smoothed(x, state)}, {state})"
        )


def _children(node: NDArray[np.int64], below: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.where(below, 2 * node + 1, 2 * node + 2)


@lru_cache(maxsize=64)
def _drawn(features: int, trees: int, depth: int, seed: int) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """`axis` and `at` as `HalfSpaceTrees.drawn` has them."""
    rng = np.random.default_rng([seed, features, trees, depth])
    inner = (1 << depth) - 1
    axis = rng.integers(features, size=(trees, inner)).astype(np.uint16)
    at = np.empty((trees, inner), dtype=np.float32)
    for tree in range(trees):
        middle = rng.random(features)
        reach = 2.0 * np.maximum(middle, 1.0 - middle)
        ranges = {0: (middle - reach, middle + reach)}
        for node in range(inner):
            low, high = ranges.pop(node)
            chosen = int(axis[tree, node])
            split = (low[chosen] + high[chosen]) / 2
            at[tree, node] = split
            if 2 * node + 2 < inner:
                below, above = high.copy(), low.copy()
                below[chosen] = above[chosen] = split
                ranges[2 * node + 1], ranges[2 * node + 2] = (low, below), (above, high)
    axis.setflags(write=False)
    at.setflags(write=False)
    return axis, at
