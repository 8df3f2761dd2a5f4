"""Decision forest that gives a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bitloop.kernels import checks, forest
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.record import F32, I16, U16


@dataclass(frozen=True, slots=True, eq=False)
class ForestValues(StaticModel):
    """Mean of the leaves, tree after tree (see forest.py for the tables)."""

    kernel: ClassVar[str] = "forest_values"
    kind: ClassVar[str] = "extrapolation"

    features: int
    roots: U16
    feature: U16
    children: I16
    threshold: F32
    leaves: F32

    def __post_init__(self) -> None:
        checks.floats(self.leaves, 1, "forest_values.leaves", -checks.WEIGHT, checks.WEIGHT)
        forest.check(self, self.features, len(self.leaves), "forest_values")

    @property
    def inputs(self) -> int:
        return self.features

    @property
    def outputs(self) -> int:
        return 1

    def params(self) -> tuple[int, ...]:
        return (len(self.roots),)

    def constants(self) -> tuple[Constant, ...]:
        return (*forest.constants(self), Constant("leaves", self.leaves, fitted=True))

    def effort(self) -> float:
        return 4.0 * forest.steps(self) + len(self.roots)

    def reference(self, x: Features) -> Features:
        total = np.zeros(len(x), dtype=np.float32)
        for rows in forest.leaf_rows(self, x):
            total += self.leaves[rows]
        return (total / np.float32(len(self.roots)))[:, None]

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        tables = ", ".join(names[constant.name] for constant in self.constants())
        return f"{out}[0] = bl_forest_values({len(self.roots)}, {tables}, {x});"


def from_trees(trees: Iterable[forest.Tree], features: int) -> ForestValues:
    """From the trees of a fitted forest (`estimator.tree_`), whose leaves hold one value."""
    nodes = forest.from_trees(trees, lambda value: (float(np.float32(value.ravel()[0])),))
    leaves = np.array(nodes.rows, dtype=np.float32).ravel()
    return ForestValues(features, nodes.roots, nodes.feature, nodes.children, nodes.threshold, leaves)


def from_grown(trees: Sequence[Any], features: int) -> ForestValues:
    """From trees of search/grow.py whose leaves hold one value."""
    rows = np.concatenate([tree.values for tree in trees]).astype(np.float32)
    nodes, leaves = forest.join(trees, rows)
    return ForestValues(features, nodes.roots, nodes.feature, nodes.children, nodes.threshold, leaves.ravel())
