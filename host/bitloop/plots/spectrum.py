"""Which frequencies signals have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bitloop.plots.axes import abscissa, key, rows
from bitloop.plots.style import BLUE, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from bitloop.signals.look import Spectrum

    Array = NDArray[np.float64]

DECADES = 5
"""What is smaller than the largest line by more decades is not shown."""


def spectrum(name: str, data: Spectrum, axes: Sequence[str]) -> Figure:
    """A row per axis: amplitude over frequency, and the largest of any signal."""
    figure, found = rows(f"{short(name)}: amplitude of {data.length} samples, Hann's window", axes)
    for axis, row in enumerate(found):
        row.plot(*lines(data, data.highest, axis), color=BLUE, alpha=0.35, linewidth=0.9, label="largest of any")
        row.plot(*lines(data, data.amplitude, axis), color=BLUE, linewidth=1.2, label="root mean square")
        decades(row, float(data.highest[1:, axis].max()))
    finish(found, data)
    key(figure, found[0])
    return figure


def lines(data: Spectrum, values: Array, axis: int) -> tuple[Array, Array]:
    """Abscissae and ordinates of an axis, without the line at 0 (the mean was taken away) and without zeros."""
    return data.frequencies[1:], np.maximum(values[1:, axis], np.finfo(np.float64).tiny)


def decades(row: Axes, highest: float) -> None:
    """A logarithmic ordinate from one to five decades below the largest line; linear where there is none."""
    from matplotlib.ticker import LogLocator

    if highest <= 0:
        row.set_ylim(0.0, 1.0)
        return
    row.set_yscale("log")
    row.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    row.yaxis.set_major_formatter("{x:g}")
    row.yaxis.set_minor_formatter("")
    low, _ = row.get_ylim()
    row.set_ylim(min(max(low, highest / 10**DECADES), highest / 10), 2.0 * highest)


def finish(found: Sequence[Axes], data: Spectrum) -> None:
    """The abscissa, from 0 to half the rate."""
    found[0].set_xlim(0.0, float(data.frequencies[-1]))
    abscissa(found[-1], data.rate)
