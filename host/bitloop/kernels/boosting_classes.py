"""Boosted decision trees that tell classes apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import checks, forest
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.record import F32, I16, U8, U16
from bitloop.kernels.softmax import softmax

MIDDLE = 128
"""The byte that says nothing of a class."""


@dataclass(frozen=True, slots=True, eq=False)
class BoostingClasses(StaticModel):
    """Each tree adds the row of its leaf to the scores: `step` times what each byte is above 128; then softmax.

    The tables of nodes are those of forest.py. Leaves are vectors (one byte per class), so a round of boosting is one
    tree whatever the number of classes.
    """

    kernel: ClassVar[str] = "boosting_classes"
    kind: ClassVar[str] = "classes"

    features: int
    roots: U16
    feature: U16
    children: I16
    threshold: F32
    leaves: U8
    step: float

    def __post_init__(self) -> None:
        checks.table(self.leaves, np.uint8, 2, "boosting_classes.leaves")
        forest.check(self, self.features, len(self.leaves), "boosting_classes")
        checks.whole(self.outputs, 2, checks.CLASSES, "the number of classes of boosting_classes")
        checks.real(self.step, 0.0, 1e15, "boosting_classes.step")

    @property
    def inputs(self) -> int:
        return self.features

    @property
    def outputs(self) -> int:
        return int(self.leaves.shape[1])

    def params(self) -> tuple[int, ...]:
        return (self.outputs, len(self.roots))

    def constants(self) -> tuple[Constant, ...]:
        step = np.array([self.step], dtype=np.float32)
        leaves = Constant("leaves", forest.packed(self.leaves), fitted=True)
        return (*forest.constants(self), leaves, Constant("step", step, fitted=True))

    def effort(self) -> float:
        return 4.0 * forest.steps(self) + len(self.roots) * -(-self.outputs // 4) + 16.0 * self.outputs

    def sharpened(self, factor: float) -> Self:
        return replace(self, step=float(np.float32(self.step * factor)))

    def reference(self, x: Features) -> Features:
        above = forest.sums(self, self.leaves, x) - np.float32(MIDDLE * len(self.roots))
        return softmax(np.float32(self.step) * above)

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        tables = ", ".join(names[constant.name] for constant in self.constants()[:-1])
        return f"bl_boosting_classes({self.outputs}, {len(self.roots)}, {tables}, {names['step']}[0], {x}, {out});"


def from_trees(trees: Iterable[forest.Tree], features: int) -> BoostingClasses:
    """From trees whose leaves hold a score per class."""
    known = list(trees)
    step = _step(max(float(np.abs(tree.value[tree.children_left < 0]).max()) for tree in known))
    nodes = forest.from_trees(known, lambda value: tuple(_bytes(value.ravel(), step)))
    leaves = np.array(nodes.rows, dtype=np.uint8).reshape(len(nodes.rows), -1)
    return BoostingClasses(features, nodes.roots, nodes.feature, nodes.children, nodes.threshold, leaves, step)


def from_grown(trees: Sequence[Any], features: int) -> BoostingClasses:
    """From trees of search/grow.py whose leaves hold a score per class."""
    values = np.concatenate([tree.values for tree in trees])
    step = _step(float(np.abs(values).max()))
    nodes, leaves = forest.join(trees, _bytes(values, step))
    return BoostingClasses(features, nodes.roots, nodes.feature, nodes.children, nodes.threshold, leaves, step)


def _step(widest: float) -> float:
    """Such that the largest score is 127 steps."""
    return float(np.float32(max(widest, 1e-6) / 127.0))


def _bytes(values: NDArray[Any], step: float) -> NDArray[np.uint8]:
    steps = np.rint(np.clip(values.astype(np.float64) / step, -127.0, 127.0))
    found: NDArray[np.uint8] = (steps + MIDDLE).astype(np.uint8)
    return found
