"""Decision forest that votes for a class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels import checks, forest
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.record import F32, I16, U8, U16


@dataclass(frozen=True, slots=True, eq=False)
class ForestClasses(StaticModel):
    """Each tree gives the row of its leaf: whole votes that sum to 255 over the classes.

    Probability of a class: its votes times the share of one. The tables of nodes are those of forest.py.
    """

    kernel: ClassVar[str] = "forest_classes"
    kind: ClassVar[str] = "classes"

    features: int
    roots: U16
    feature: U16
    children: I16
    threshold: F32
    leaves: U8

    def __post_init__(self) -> None:
        checks.table(self.leaves, np.uint8, 2, "forest_classes.leaves")
        forest.check(self, self.features, len(self.leaves), "forest_classes")
        checks.whole(self.outputs, 2, checks.CLASSES, "the number of classes of forest_classes")
        if np.any(self.leaves.sum(axis=1, dtype=np.int64) != 255):
            raise LibraryError("forest_classes.leaves has a row whose votes do not sum to 255")

    @property
    def inputs(self) -> int:
        return self.features

    @property
    def outputs(self) -> int:
        return int(self.leaves.shape[1])

    def params(self) -> tuple[int, ...]:
        return (self.outputs, len(self.roots))

    def constants(self) -> tuple[Constant, ...]:
        return (*forest.constants(self), Constant("leaves", forest.packed(self.leaves), fitted=True))

    def effort(self) -> float:
        return 4.0 * forest.steps(self) + len(self.roots) * -(-self.outputs // 4) + 4.0 * self.outputs

    def reference(self, x: Features) -> Features:
        share = np.float32(1.0) / np.float32(255 * len(self.roots))
        return forest.sums(self, self.leaves, x) * share

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        tables = ", ".join(names[constant.name] for constant in self.constants())
        return f"bl_forest_classes({self.outputs}, {len(self.roots)}, {tables}, {x}, {out});"


def from_trees(trees: Iterable[forest.Tree], features: int, classes: int) -> ForestClasses:
    """From the trees of a fitted forest (`estimator.tree_`), whose leaves hold a share or a count per class."""
    nodes = forest.from_trees(trees, votes)
    leaves = np.array(nodes.rows, dtype=np.uint8).reshape(len(nodes.rows), -1)
    if leaves.shape[1] != classes:
        raise LibraryError(f"the trees tell {leaves.shape[1]} classes apart, not {classes}")
    return ForestClasses(features, nodes.roots, nodes.feature, nodes.children, nodes.threshold, leaves)


def votes(value: NDArray[Any]) -> tuple[int, ...]:
    """A leaf's shares as whole votes that sum to 255, the largest remainders rounded up."""
    return tuple(int(v) for v in all_votes(np.float64(value).reshape(1, -1))[0])


def all_votes(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(leaves, classes) shares as votes."""
    exact = values * (255.0 / values.sum(axis=1, keepdims=True))
    whole = np.floor(exact)
    missing = 255 - whole.sum(axis=1, keepdims=True)
    rank = np.argsort(np.argsort(whole - exact, axis=1, kind="stable"), axis=1, kind="stable")
    found: NDArray[np.uint8] = (whole + (rank < missing)).astype(np.uint8)
    return found


def from_grown(trees: Sequence[Any], features: int) -> ForestClasses:
    """From trees of search/grow.py whose leaves hold a share per class."""
    rows = all_votes(np.concatenate([tree.values for tree in trees]).astype(np.float64))
    nodes, leaves = forest.join(trees, rows)
    return ForestClasses(features, nodes.roots, nodes.feature, nodes.children, nodes.threshold, leaves)
