"""The shape of a small convolutional network: what float32 and int8 share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import StaticModel


@dataclass(frozen=True, slots=True)
class Plan:
    """Axes and length of the input, filters, taps and stride of both convolutions, classes, how values are pooled."""

    axes: int
    length: int
    first: tuple[int, int, int]
    second: tuple[int, int, int]
    classes: int
    mean: bool

    @property
    def places(self) -> tuple[int, int]:
        """Places of the windows of both convolutions."""
        first = (self.length - self.first[1]) // self.first[2] + 1
        return first, (first - self.second[1]) // self.second[2] + 1

    @property
    def rows(self) -> tuple[tuple[int, int], ...]:
        """(outputs, inputs) of both convolutions and of the dense layer."""
        one, two = self.first[0], self.second[0]
        return (one, self.axes * self.first[1]), (two, one * self.second[1]), (self.classes, two)

    @property
    def products(self) -> float:
        """Multiplications of one call."""
        (a, b), (c, d), (e, f) = self.rows
        return float(a * b * self.places[0] + c * d * self.places[1] + e * f)

    @property
    def numbers(self) -> tuple[int, ...]:
        """As the C takes them."""
        return (self.axes, self.length, *self.first, *self.second, self.classes, int(self.mean))

    def check(self, name: str) -> None:
        """LibraryError unless every window lies within what it looks at."""
        checks.whole(self.axes, 1, checks.FEATURES, f"{name}.axes")
        checks.whole(self.length, 1, checks.FEATURES, f"{name}.length")
        checks.whole(self.axes * self.length, 1, checks.FEATURES, f"the number of features of {name}")
        checks.whole(self.classes, 2, checks.CLASSES, f"the number of classes of {name}")
        length = self.length
        for which in (self.first, self.second):
            if len(which) != 3:
                raise LibraryError(f"a convolution of {name} has to have filters, taps and a stride")
            filters, taps, stride = which
            checks.whole(filters, 4, 256, f"the number of filters of {name}")
            checks.whole(filters % 4, 0, 0, f"the rest of the filters of {name} over 4")
            checks.whole(taps, 1, length, f"the taps of {name}")
            checks.whole(stride, 1, length, f"the stride of {name}")
            length = (length - taps) // stride + 1
        checks.whole(self.first[0] * self.second[1], 1, checks.FEATURES, f"the weights of a filter of {name}")

    def cut(self, flat: NDArray[Any]) -> list[NDArray[Any]]:
        """Flat weights as one matrix (outputs, inputs) per layer."""
        edges = np.cumsum([0, *(a * b for a, b in self.rows)])
        return [flat[lo:hi].reshape(shape) for lo, hi, shape in zip(edges, edges[1:], self.rows, strict=False)]

    def split(self, flat: NDArray[Any]) -> list[NDArray[Any]]:
        """Flat numbers per output as one vector per layer."""
        return list(np.split(flat, np.cumsum([a for a, _ in self.rows])[:-1]))

    def emitted(self) -> str:
        """The C struct as a literal."""
        return "(struct bl_network){" + ", ".join(str(n) for n in self.numbers) + "}"


class Cnn(StaticModel):
    """What the float32 and the int8 network share; subclasses are dataclasses with these fields first."""

    kind: ClassVar[str] = "classes"

    axes: int
    length: int
    first: tuple[int, ...]
    second: tuple[int, ...]
    mean: bool
    weights: NDArray[Any]
    bias: NDArray[Any]

    @property
    def plan(self) -> Plan:
        classes = len(self.bias) - self.first[0] - self.second[0]
        first, second = (tuple(map(int, which)) for which in (self.first, self.second))
        return Plan(self.axes, self.length, first, second, classes, self.mean)  # type: ignore[arg-type]

    @property
    def inputs(self) -> int:
        return self.axes * self.length

    @property
    def outputs(self) -> int:
        return self.plan.classes

    def params(self) -> tuple[int, ...]:
        return self.plan.numbers

    def checked(self) -> Plan:
        """The plan; LibraryError unless it can be, and weights and bias are as many as it takes."""
        name = self.kernel
        if len(self.first) != 3 or len(self.second) != 3:
            raise LibraryError(f"a convolution of {name} has to have filters, taps and a stride")
        plan = self.plan
        plan.check(name)
        checks.alike(self.weights.shape, (sum(a * b for a, b in plan.rows),), f"{name}.weights")
        checks.alike(self.bias.shape, (sum(a for a, _ in plan.rows),), f"{name}.bias")
        return plan


def windows(x: NDArray[Any], taps: int, stride: int) -> NDArray[Any]:
    """(signals, times, values) to (signals, places, taps * values): what each place of a convolution sees."""
    view = np.lib.stride_tricks.sliding_window_view(x, taps, axis=1)[:, ::stride]
    return np.ascontiguousarray(view.swapaxes(2, 3)).reshape(len(x), view.shape[1], -1)
