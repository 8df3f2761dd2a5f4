"""What a view is: one way of looking at a signal, with the options a search may choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from bitloop.kernels.base import Shape, Signals, Stage

Value = float | int | str | bool | tuple[str, ...]
Chosen = Mapping[str, Value]
Options = Mapping[str, Sequence[Value]]
Stages = tuple[Stage, ...]
KINDS = ("anomaly", "outlier", "classes", "extrapolation")


@dataclass(frozen=True, slots=True)
class View:
    """A chain of stages with options.

    `options(given, unit)` has every option's choices for signals of a shape, nothing where the view cannot be had;
    `unit` is the power of ten nearest to the size of the signals. `stages(chosen, given)` are the kernels, in order;
    LibraryError where the combination does not fit. A view with fitted constants has
    `fit(chosen, given, x, y, seed)`, for training signals (n, axes, length) and their labels or targets; `stages`
    then only plans shapes and sizes. `rounds` is how often the view stands among those to draw from.
    """

    name: str
    options: Callable[[Shape, float], Options]
    stages: Callable[[Chosen, Shape], Stages]
    fit: Callable[[Chosen, Shape, Signals, NDArray[Any], int], Stages] | None = None
    kinds: tuple[str, ...] = KINDS
    rounds: int = 1
    cheap: float = 1.0
    """Share of its candidates that are kept when they come up: less where features take long to compute."""
