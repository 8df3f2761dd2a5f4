"""What the fields of a model may hold, so that no library file can lead its C astray or make it overflow.

Features come within 1e15. With weights within 1e20 and at most 1024 features, scores stay below 3e38; with places
(means, centres, prototypes) within 1e15, squared distances do.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError

FEATURES = 1024
"""Most features a model takes; the exported wrappers keep a row of so many on the stack."""
PLACE = 1e15
"""Largest size of a number that stands for a place among the features."""
CLASSES = 255
"""Most classes a model tells apart."""
WEIGHT = 1e20
"""Largest size of any other fitted number."""


def whole(value: int, low: int, high: int, what: str) -> None:
    """An integer from `low` to `high`."""
    if not low <= value <= high:
        raise LibraryError(f"{what} has to be from {low} to {high}, not {value}")


def real(value: float, low: float, high: float, what: str) -> None:
    """A finite number from `low` to `high`."""
    if not (math.isfinite(value) and low <= value <= high):
        raise LibraryError(f"{what} has to be from {low:g} to {high:g}, not {value:g}")


def table(values: NDArray[Any], dtype: type[np.generic], axes: int, what: str) -> None:
    """An array that is not empty, of an element type and a number of axes."""
    if not isinstance(values, np.ndarray) or values.dtype != dtype or values.ndim != axes or not values.size:
        raise LibraryError(f"{what} has to be an array of {dtype.__name__} with {axes} axes that is not empty")


def floats(values: NDArray[Any], axes: int, what: str, low: float, high: float) -> None:
    """A table of finite float32 values from `low` to `high`."""
    table(values, np.float32, axes, what)
    if not np.all((values >= np.float32(low)) & (values <= np.float32(high))):  # false for NaN
        raise LibraryError(f"{what} has to hold numbers from {low:g} to {high:g} only")


def alike(shape: tuple[int, ...], wanted: tuple[int, ...], what: str) -> None:
    """A table's shape has to fit the others'."""
    if shape != wanted:
        raise LibraryError(f"{what} has to be of shape {wanted}, not {shape}")
