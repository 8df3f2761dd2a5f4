"""Euclidean norm across axes: how large a vector is, whichever way the sensor is turned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals, Stage
from bitloop.kernels.checks import whole
from bitloop.kernels.order import upwards


@dataclass(frozen=True, slots=True)
class Norm(Stage):
    """Norm of consecutive groups of axes, sample by sample: (axes, length) to (axes / group, length).

    With `keep` the norms are appended: (axes + axes / group, length). Groups are for several sensors in one signal,
    as an accelerometer's and a gyroscope's three axes each.
    """

    kernel: ClassVar[str] = "norm"

    group: int
    keep: bool

    def __post_init__(self) -> None:
        whole(self.group, 1, 1024, "the number of axes in a norm")

    def shape(self, given: Shape) -> Shape:
        if given.axes % self.group:
            raise LibraryError(f"{given.axes} axes cannot be put into groups of {self.group} for norms")
        norms = given.axes // self.group
        return Shape(given.axes + norms if self.keep else norms, given.length)

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.group, int(self.keep))

    def reference(self, x: Signals) -> Signals:
        groups = np.moveaxis(x.reshape(len(x), -1, self.group, x.shape[2]), 2, 3)
        norms = np.sqrt(upwards(groups * groups))
        return np.concatenate([x, norms], axis=1) if self.keep else norms

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        keep = "true" if self.keep else "false"
        return f"bl_norm({given.axes}, {given.length}, {self.group}, {keep}, x);"
