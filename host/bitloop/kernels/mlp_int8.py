"""Multilayer perceptrons in int8: what classes and values share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features, StaticModel
from bitloop.kernels.dense_int8 import check, dense_int8, inputs, pack, scores_int8, words
from bitloop.kernels.mlp import check_widths, layers
from bitloop.kernels.record import F32, I8, I32


@dataclass(frozen=True, slots=True, eq=False)
class MlpInt8(StaticModel):
    """Inputs (x - offset) * step as int8; layers of int8 weights, int32 bias and sums; sum * scale as int8.

    Hidden layers are not below 0. `widths` are inputs, hidden layers (multiples of 4) and outputs; `weights`, `bias`
    and `scale` hold one layer after the other. The last layer's sums times scale are scores in float32.
    """

    widths: tuple[int, ...]
    offset: F32
    step: F32
    weights: I8
    bias: I32
    scale: F32

    def __post_init__(self) -> None:
        name = self.kernel
        check_widths(self.widths, name)
        if any(width % 4 for width in self.widths[1:-1]):
            raise LibraryError(f"hidden widths of {name} have to be multiples of 4")
        checks.floats(self.offset, 1, f"{name}.offset", -checks.PLACE, checks.PLACE)
        checks.floats(self.step, 1, f"{name}.step", 0.0, checks.WEIGHT)
        checks.table(self.weights, np.int8, 1, f"{name}.weights")
        checks.table(self.bias, np.int32, 1, f"{name}.bias")
        checks.floats(self.scale, 1, f"{name}.scale", 0.0, checks.WEIGHT)
        checks.alike(self.offset.shape, (self.inputs,), f"{name}.offset")
        checks.alike(self.step.shape, (self.inputs,), f"{name}.step")
        checks.alike(self.weights.shape, (sum(a * b for a, b in pairwise(self.widths)),), f"{name}.weights")
        checks.alike(self.bias.shape, (sum(self.widths[1:]),), f"{name}.bias")
        checks.alike(self.scale.shape, self.bias.shape, f"{name}.scale")
        check(self.weights, self.bias, name)

    @property
    def inputs(self) -> int:
        return self.widths[0]

    @property
    def outputs(self) -> int:
        return self.widths[-1]

    @property
    def second(self) -> int:
        """Width of the second hidden layer; 0 if there is none."""
        return self.widths[2] if len(self.widths) == 4 else 0

    def workspace(self) -> int:
        return sum(2 * words(width) for width in self.widths[:-1])

    def effort(self) -> float:
        """Words of four weights, and eight times the numbers that are rounded."""
        rows = sum(words(a) * b for a, b in pairwise(self.widths))
        return float(rows + 8 * sum(self.widths[:-1]))

    def params(self) -> tuple[int, ...]:
        return (self.widths[1], self.second, self.outputs)

    def constants(self) -> tuple[Constant, ...]:
        packed = np.concatenate([pack(weights).ravel() for weights, _, _ in self._layers()])
        return (
            Constant("offset", self.offset, fitted=True),
            Constant("step", self.step, fitted=True),
            Constant("weights", packed, fitted=True),
            Constant("bias", self.bias, fitted=True),
            Constant("scale", self.scale, fitted=True),
        )

    def scores(self, x: Features) -> Features:
        """(signals, outputs)."""
        q = inputs(self.offset, self.step, x)
        *hidden, last = self._layers()
        for layer in hidden:
            q = dense_int8(*layer, q)
        return scores_int8(*last, q)

    def _layers(self) -> Iterator[tuple[Any, Any, Any]]:
        scales = (scale for _, scale in layers(self.widths, self.weights, self.scale))
        for (weights, bias), scale in zip(layers(self.widths, self.weights, self.bias), scales, strict=True):
            yield weights, bias, scale

    def _sizes(self) -> str:
        return f"{self.inputs}, {self.widths[1]}, {self.second}"

    def _arguments(self, names: Mapping[str, str]) -> str:
        return ", ".join(names[name] for name in ("offset", "step", "weights", "bias", "scale"))
