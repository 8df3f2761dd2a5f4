"""How large an axis is, followed smoothly: what modulates a vibration shows in a spectrum of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.kernels.base import Shape, Signals, Stage
from bitloop.kernels.checks import real
from bitloop.kernels.literal import float_literal


@dataclass(frozen=True, slots=True)
class Envelope(Stage):
    """|x| through a low pass of one pole: (axes, length) stays.

    y += share * (|x| - y), beginning at the first |x|. `share` 1 only rectifies; small ones have their corner near
    share / 6.3 of the rate.
    """

    kernel: ClassVar[str] = "envelope"

    share: float

    def __post_init__(self) -> None:
        real(self.share, 1e-6, 1.0, "the share of a new sample in an envelope")

    def shape(self, given: Shape) -> Shape:
        return given

    def params(self, given: Shape) -> tuple[int, ...]:
        return (int(np.float32(self.share).view(np.uint32)),)

    def reference(self, x: Signals) -> Signals:
        share, size = np.float32(self.share), np.abs(x)
        out = np.empty_like(x)
        y = size[:, :, 0]
        for i in range(x.shape[2]):
            y = y + share * (size[:, :, i] - y)
            out[:, :, i] = y
        return out

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        return f"bl_envelope({given.axes}, {given.length}, {float_literal(self.share)}, x);"
