"""Multilayer perceptrons: what classes and values share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Constant, Features, StaticModel
from bitloop.kernels.dense import dense, growth, relu
from bitloop.kernels.record import F32

WIDTH = 1024
"""Most neurons of a layer."""
LARGEST = 1e38
"""No sum may be able to get beyond this: scores stay finite."""


def check_widths(widths: tuple[int, ...], name: str) -> None:
    """Inputs, one or two hidden layers, outputs."""
    if len(widths) not in (3, 4):
        raise LibraryError(f"{name}.widths has to name inputs, one or two hidden layers, and outputs")
    checks.whole(widths[0], 1, checks.FEATURES, f"the number of features of {name}")
    for width in widths[1:-1]:
        checks.whole(width, 1, WIDTH, f"a width of {name}")


def layers(widths: tuple[int, ...], weights: NDArray[Any], bias: NDArray[Any]) -> Iterator[tuple[Any, Any]]:
    """Weights (outputs, inputs) and bias (outputs,) of every layer."""
    at = 0
    first = 0
    for inputs, outputs in pairwise(widths):
        yield weights[at : at + inputs * outputs].reshape(outputs, inputs), bias[first : first + outputs]
        at, first = at + inputs * outputs, first + outputs


class Layered(StaticModel):
    """What perceptrons in float32 and int8 share; subclasses are dataclasses with `widths` first."""

    widths: tuple[int, ...]
    weights: NDArray[Any]
    bias: NDArray[Any]

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

    def params(self) -> tuple[int, ...]:
        return (self.widths[1], self.second, self.outputs)

    def check_sizes(self) -> None:
        """LibraryError unless the widths can be, and weights and bias are as many as they take."""
        name = self.kernel
        check_widths(self.widths, name)
        checks.alike(self.weights.shape, (sum(a * b for a, b in pairwise(self.widths)),), f"{name}.weights")
        checks.alike(self.bias.shape, (sum(self.widths[1:]),), f"{name}.bias")


@dataclass(frozen=True, slots=True, eq=False)
class Mlp(Layered):
    """Layers of bias[o] + weights[o] . x; a rectifier after each but the last.

    `widths` are inputs, hidden layers and outputs; `weights` and `bias` hold one layer after the other.
    """

    widths: tuple[int, ...]
    weights: F32
    bias: F32

    def __post_init__(self) -> None:
        name = self.kernel
        checks.floats(self.weights, 1, f"{name}.weights", -checks.WEIGHT, checks.WEIGHT)
        checks.floats(self.bias, 1, f"{name}.bias", -checks.WEIGHT, checks.WEIGHT)
        self.check_sizes()
        largest = checks.PLACE
        for weights, bias in layers(self.widths, self.weights, self.bias):
            largest = growth(weights, bias, largest)
        if largest > LARGEST:
            raise LibraryError(f"{name} has weights so large that its scores may overflow")

    @classmethod
    def of(cls, found: Sequence[tuple[NDArray[Any], NDArray[Any]]]) -> Self:
        """From weights (outputs, inputs) and bias (outputs,) of every layer."""
        widths = (found[0][0].shape[1], *(len(bias) for _, bias in found))
        weights = np.concatenate([w.ravel() for w, _ in found]).astype(np.float32)
        return cls(widths, weights, np.concatenate([b for _, b in found]).astype(np.float32))

    def workspace(self) -> int:
        return sum(self.widths[1:-1])

    def effort(self) -> float:
        """Multiplications."""
        return float(len(self.weights))

    def constants(self) -> tuple[Constant, ...]:
        return (Constant("weights", self.weights, fitted=True), Constant("bias", self.bias, fitted=True))

    def scores(self, x: Features) -> Features:
        """(signals, outputs)."""
        *hidden, (weights, bias) = layers(self.widths, self.weights, self.bias)
        for inner, shift in hidden:
            x = relu(dense(inner, shift, x))
        return dense(weights, bias, x)

    def _arguments(self, names: Mapping[str, str], x: str) -> str:
        return f"{names['weights']}, {names['bias']}, {x}, {names[WORK]}"
