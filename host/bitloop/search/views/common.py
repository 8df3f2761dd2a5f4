"""What several views share: decimation and differencing in front, logarithms at the end."""

from __future__ import annotations

import numpy as np

from bitloop.kernels.base import Shape, Stage
from bitloop.kernels.decimate import Decimate
from bitloop.kernels.difference import Difference
from bitloop.kernels.logarithm import Logarithm
from bitloop.kernels.norm import Norm
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.search.views.view import Chosen, Options

YES_OR_NO = (False, True)
_FLOORS = (1e-4, 1e-3, 1e-2, 1e-1)
"""Smallest values that count, in the unit of the signals."""


def decimations(length: int, least: int) -> tuple[int, ...]:
    """Factors that leave at least so many samples."""
    return (1, *(f for f in (2, 4, 8, 16, 32, 64) if length // f >= least))


def floors(unit: float) -> tuple[float, ...]:
    """Choices of a logarithm's floor; the first, 0, is no logarithm."""
    return (0.0, *(float(np.float32(floor * unit)) for floor in _FLOORS))


def cuts(length: int, least: int) -> tuple[int, ...]:
    """Into how many parts of at least so many samples an axis may be cut; the first, 1, is not at all."""
    return (1, *(parts for parts in (2, 3, 4, 6, 8, 12, 16) if length // parts >= least))


def norms(given: Shape) -> Options:
    """The option of norms across axes, where they come in triples or are a pair, as those of one sensor do.

    A positive number of axes is replaced by its norms, a negative one keeps the axes beside them.
    """
    group = 2 if given.axes == 2 else 3
    if given.axes % group or given.axes > 12:
        return {}
    return {"norm": (0, 0, 0, -group, group)}


def front(chosen: Chosen) -> list[Stage]:
    """Decimate, difference, norms, remove the mean, as far as chosen."""
    stages: list[Stage] = []
    factor = whole(chosen, "decimate")
    if factor > 1:
        stages.append(Decimate(factor))
    if chosen.get("difference", False):
        stages.append(Difference())
    group = whole(chosen, "norm")
    if group:
        stages.append(Norm(abs(group), keep=group < 0))
    if chosen.get("center", False):
        stages.append(RemoveMean())
    return stages


def back(chosen: Chosen) -> list[Stage]:
    """The logarithm, if chosen."""
    floor = real(chosen, "floor")
    return [Logarithm(floor)] if floor > 0 else []


def whole(chosen: Chosen, name: str) -> int:
    """An option that is a whole number; 0 where it is none of this view's."""
    value = chosen.get(name, 0)
    return value if isinstance(value, int) else 0


def real(chosen: Chosen, name: str) -> float:
    """An option that is a number."""
    value = chosen.get(name, 0.0)
    return float(value) if isinstance(value, float | int) else 0.0


def names(chosen: Chosen, name: str) -> tuple[str, ...]:
    """An option that is a set of names."""
    value = chosen.get(name, ())
    return value if isinstance(value, tuple) else ()
