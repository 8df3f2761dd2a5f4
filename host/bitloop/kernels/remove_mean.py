"""Each axis without its mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels.base import Shape, Signals, Stage
from bitloop.kernels.order import upwards


@dataclass(frozen=True, slots=True)
class RemoveMean(Stage):
    """Takes each axis' mean away: (axes, length) stays."""

    kernel: ClassVar[str] = "remove_mean"

    def shape(self, given: Shape) -> Shape:
        return given

    def reference(self, x: Signals) -> Signals:
        mean = upwards(x) / np.float32(x.shape[2])
        return x - mean[:, :, None]

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_remove_mean({given.axes}, {given.length}, x);"
