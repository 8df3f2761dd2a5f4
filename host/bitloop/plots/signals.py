"""All figures there are of signals: of each class alone, and of all of them over each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BitloopError
from bitloop.plots.classes import courses, spectra
from bitloop.plots.course import course
from bitloop.plots.spectrogram import spectrogram
from bitloop.plots.spectrum import spectrum
from bitloop.signals import look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Classes = Mapping[str, NDArray[np.float32]]
MOST_CLASSES = 21
"""Lines that colour and dashes can tell apart."""


def signal_figures(
    classes: Classes, rate: float | None = None, axes: Sequence[str] = (), seams: Mapping[str, Sequence[int]] = {}
) -> dict[str, Callable[[], Figure]]:
    """Names, and what draws the figure: drawn one at a time, many of them need no memory together.

    `classes` are all signals, (signals, length, axes), or all logs, (samples, axes), by their names, with the same
    axes; `axes` are the names of these, and `seams` the rows of logs before which samples are missing. What is too
    short for a spectrum has none.
    """
    count = _axes(classes)
    names = tuple(axes) or tuple(f"axis {number}" for number in range(1, count + 1))
    drawn = {name: look.course(x, seams.get(name, ())) for name, x in classes.items()}
    long = [name for name, x in classes.items() if look.long_enough(x, seams.get(name, ()))]
    lines = {name: look.spectrum(classes[name], rate, seams.get(name, ())) for name in long}
    found: dict[str, Callable[[], Figure]] = {}
    for name, x in classes.items():
        found[f"{name}-course"] = partial(course, name, drawn[name], names, rate)
        if name in lines:
            found[f"{name}-spectrum"] = partial(spectrum, name, lines[name], names)
            found[f"{name}-spectrogram"] = partial(_spectrogram, name, x, names, rate, seams.get(name, ()))
    if 1 < len(classes) <= MOST_CLASSES:
        found["classes-course"] = partial(courses, drawn, names, rate)
        if lines:
            found["classes-spectrum"] = partial(spectra, lines, names)
    return found


def _spectrogram(
    name: str, x: NDArray[np.float32], axes: Sequence[str], rate: float | None, seams: Sequence[int]
) -> Figure:
    return spectrogram(name, look.spectrogram(x, rate, seams), axes)


def _axes(classes: Classes) -> int:
    """How many; BitloopError where classes have different axes, or signals and logs are mixed."""
    (first, one), *others = classes.items()
    for name, other in others:
        if other.ndim != one.ndim:
            raise BitloopError(f"one of {first} and {name} is a log, the other signals; draw each on its own")
        if other.shape[-1] != one.shape[-1]:
            axes = f"{name} has {other.shape[-1]} axes and {first} {one.shape[-1]}"
            raise BitloopError(f"{axes}; draw each with its own command")
    return int(one.shape[-1])
