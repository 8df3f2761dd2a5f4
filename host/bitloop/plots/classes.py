"""All classes over each other: how they go, and which frequencies they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bitloop.plots.axes import key, line, rows
from bitloop.plots.course import time
from bitloop.plots.spectrum import decades, finish, lines
from bitloop.plots.style import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bitloop.signals.look import Course, Spectrum


def courses(data: Mapping[str, Course], axes: Sequence[str], rate: float | None = None) -> Figure:
    """Mean and standard deviation of every class along the signal. The classes are all signals, or all logs."""
    figure, found = rows("All classes: mean and ± standard deviation", axes)
    scale, unit = time(max(data.values(), key=lambda one: float(one.at[-1])), rate)
    for number, (name, one) in enumerate(data.items()):
        at, look = one.at * scale, line(number)
        for axis, row in enumerate(found):
            mean, spread = one.mean[:, axis], one.spread[:, axis]
            row.fill_between(at, mean - spread, mean + spread, color=look["color"], alpha=0.12, lw=0)
            row.plot(at, mean, linewidth=1.2, label=short(name), **look)  # type: ignore[arg-type]
    found[-1].set_xlabel(unit)
    found[0].margins(x=0.0)
    key(figure, found[0])
    return figure


def spectra(data: Mapping[str, Spectrum], axes: Sequence[str]) -> Figure:
    """The spectrum of every class."""
    figure, found = rows("All classes: amplitude, root mean square over signals", axes)
    for axis, row in enumerate(found):
        for number, (name, one) in enumerate(data.items()):
            row.plot(*lines(one, one.amplitude, axis), linewidth=1.2, label=short(name), **line(number))  # type: ignore[arg-type]
        decades(row, max(float(one.amplitude[1:, axis].max()) for one in data.values()))
    finish(found, next(iter(data.values())))
    key(figure, found[0])
    return figure
