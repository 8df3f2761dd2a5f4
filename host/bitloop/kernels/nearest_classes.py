"""Nearest prototypes vote for a class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels import nearest as neighbours
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.record import F32, U8


@dataclass(frozen=True, slots=True, eq=False)
class NearestClasses(StaticModel):
    """Probability of a class: its share among the labels of the k nearest prototypes."""

    kernel: ClassVar[str] = "nearest_classes"
    kind: ClassVar[str] = "classes"

    prototypes: F32
    labels: U8
    classes: int
    k: int

    def __post_init__(self) -> None:
        neighbours.check(self.prototypes, self.k, "nearest_classes")
        checks.table(self.labels, np.uint8, 1, "nearest_classes.labels")
        checks.alike(self.labels.shape, self.prototypes.shape[:1], "nearest_classes.labels")
        checks.whole(self.classes, 2, checks.CLASSES, "nearest_classes.classes")
        if self.labels.max() >= self.classes:
            raise LibraryError(
                f"nearest_classes.labels has {self.labels.max()}, but classes end at {self.classes - 1}"
            )

    @property
    def inputs(self) -> int:
        return int(self.prototypes.shape[1])

    @property
    def outputs(self) -> int:
        return self.classes

    def params(self) -> tuple[int, ...]:
        return (self.classes, len(self.prototypes), self.k)

    def effort(self) -> float:
        return float(len(self.prototypes) * (self.inputs + 1))

    def constants(self) -> tuple[Constant, ...]:
        return (Constant("prototypes", self.prototypes, fitted=True), Constant("labels", self.labels, fitted=True))

    def reference(self, x: Features) -> Features:
        labels = self.labels[neighbours.nearest(x, self.prototypes, self.k)]
        votes = [np.count_nonzero(labels == c, axis=1) for c in range(self.classes)]
        return np.stack(votes, axis=1).astype(np.float32) / np.float32(self.k)

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        sizes = f"{self.classes}, {len(self.prototypes)}, {self.inputs}, {self.k}"
        return f"bl_nearest_classes({sizes}, {names['prototypes']}, {names['labels']}, {x}, {out});"
