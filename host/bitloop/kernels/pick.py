"""Some of the features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Constant, Shape, Signals, Stage
from bitloop.kernels.record import U16


@dataclass(frozen=True, slots=True, eq=False)
class Pick(Stage):
    """Feature which[i] at place i: (features, 1) to (len(which), 1). For the head, where a feature is an axis."""

    kernel: ClassVar[str] = "pick"

    which: U16

    def __post_init__(self) -> None:
        checks.table(self.which, np.uint16, 1, "pick.which")

    def shape(self, given: Shape) -> Shape:
        if given.length != 1:
            raise LibraryError("features are picked in the head, where each is an axis of one sample")
        if int(self.which.max()) >= given.axes:
            raise LibraryError(f"feature {int(self.which.max())} cannot be picked from {given.axes}")
        return Shape(len(self.which), 1)

    def workspace(self, given: Shape) -> int:
        return len(self.which)

    def effort(self, given: Shape) -> float:
        return float(len(self.which))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (len(self.which),)

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (Constant("which", self.which, fitted=True),)

    def reference(self, x: Signals) -> Signals:
        return x[:, self.which]

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_pick({given.axes}, {len(self.which)}, {names['which']}, x, {names[WORK]});"
