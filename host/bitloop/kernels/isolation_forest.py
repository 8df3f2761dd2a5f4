"""Isolation forest, for outliers (Liu, Ting and Zhou, 2008)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks, forest
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.ratio import SMALLEST_LIMIT, ratio
from bitloop.kernels.record import F32, I16, U16

SHORTEST = 1e-3
"""Least length of a way, as a leaf has it: the sum of them is never 0."""


@dataclass(frozen=True, slots=True, eq=False)
class IsolationForest(StaticModel):
    """Ratio: 1 / mean of the leaves, over `limit`. A leaf holds how long the way to it is, 1 being what is expected.

    For the tables see forest.py; the original score, 2^-mean, puts signals in the same order.
    """

    kernel: ClassVar[str] = "isolation_forest"
    kind: ClassVar[str] = "outlier"

    features: int
    roots: U16
    feature: U16
    children: I16
    threshold: F32
    leaves: F32
    limit: float

    def __post_init__(self) -> None:
        checks.floats(self.leaves, 1, "isolation_forest.leaves", SHORTEST, checks.WEIGHT)
        forest.check(self, self.features, len(self.leaves), "isolation_forest")
        checks.real(self.limit, 1e-12, checks.WEIGHT, "isolation_forest.limit")

    @property
    def inputs(self) -> int:
        return self.features

    @property
    def outputs(self) -> int:
        return 1

    def effort(self) -> float:
        return 4.0 * forest.steps(self) + len(self.roots)

    def params(self) -> tuple[int, ...]:
        return (len(self.roots),)

    def constants(self) -> tuple[Constant, ...]:
        limit = Constant("limit", np.array([self.limit], dtype=np.float32), fitted=True)
        return (*forest.constants(self), Constant("leaves", self.leaves, fitted=True), limit)

    def with_limit(self, limit: float) -> Self:
        """The same with the decision elsewhere."""
        return replace(self, limit=float(np.float32(max(limit, SMALLEST_LIMIT))))

    def reference(self, x: Features) -> Features:
        total = np.zeros(len(x), dtype=np.float32)
        for rows in forest.leaf_rows(self, x):
            total += self.leaves[rows]
        return ratio(np.float32(len(self.roots)) / total, np.float32(self.limit))[:, None]

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        tables = ", ".join(names[constant.name] for constant in self.constants()[:-1])
        return f"{out}[0] = bl_isolation_forest({len(self.roots)}, {tables}, {names['limit']}[0], {x});"


def expected(count: NDArray[Any]) -> NDArray[np.float64]:
    """Mean length of the ways in a random tree that tells `count` signals apart."""
    n = np.maximum(count, 2).astype(np.float64)
    length = 2.0 * (np.log(np.maximum(n - 1.0, 1.0)) + np.euler_gamma) - 2.0 * (n - 1.0) / n
    return np.where(count <= 1, 0.0, np.where(count == 2, 1.0, length))


@dataclass(slots=True, eq=False)
class _Lengths:
    """A tree whose values are the lengths of the ways to its nodes."""

    children_left: NDArray[Any]
    children_right: NDArray[Any]
    feature: NDArray[Any]
    threshold: NDArray[Any]
    value: NDArray[Any]

    @staticmethod
    def of(tree: Any) -> _Lengths:
        counts = np.asarray(tree.n_node_samples)
        depth = np.zeros(len(counts))
        for node, (left, right) in enumerate(zip(tree.children_left, tree.children_right, strict=True)):
            if left >= 0:
                depth[[left, right]] = depth[node] + 1.0
        whole = float(expected(counts[:1])[0]) or 1.0
        length = np.maximum((depth + expected(counts)) / whole, 2 * SHORTEST)
        return _Lengths(tree.children_left, tree.children_right, tree.feature, tree.threshold, length)


def from_trees(trees: Iterable[Any], features: int, limit: float) -> IsolationForest:
    """From scikit-learn's `tree_` of trees that split at random; of each, `n_node_samples` counts signals."""
    ways = [_Lengths.of(tree) for tree in trees]
    nodes = forest.from_trees(ways, lambda value: (float(np.float32(value)),))
    leaves = np.array(nodes.rows, dtype=np.float32).ravel()
    return IsolationForest(features, nodes.roots, nodes.feature, nodes.children, nodes.threshold, leaves, limit)
