"""How the frequencies of a log, or of signal after signal, come and go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bitloop.plots.axes import rows
from bitloop.plots.style import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bitloop.signals.look import Spectrogram

RANGE = 60.0
"""Decibels below the largest amplitude that still have a colour of their own."""


def spectrogram(name: str, data: Spectrogram, axes: Sequence[str]) -> Figure:
    """A row per axis: frequency over time or signals, the amplitude as colour in decibels of one unit."""
    from matplotlib.ticker import MaxNLocator

    figure, found = rows(f"{short(name)}: amplitude {'over time' if data.log else 'of signal after signal'}", axes)
    unit = "sample of the log" if data.log else "signal"
    edges = data.edges + (0.0 if data.log else 0.5)
    if data.log and data.rate is not None:
        edges, unit = edges / data.rate, "time, s"
    half = data.frequencies[1] / 2
    borders = np.append(data.frequencies[1:] - half, data.frequencies[-1] + half)
    level = 20.0 * np.log10(np.maximum(data.amplitude[:, 1:], 1e-12))
    for axis, row in enumerate(found):
        top = float(np.nanmax(level[:, :, axis]))
        shown = row.pcolormesh(
            edges, borders, level[:, :, axis].T, cmap="viridis", vmin=top - RANGE, vmax=top, rasterized=True
        )
        row.grid(visible=False)
        figure.colorbar(shown, ax=row, pad=0.01, label="dB re 1")
        row.set_ylabel(f"{row.get_ylabel()}\n{'Hz' if data.rate is not None else 'cycles/sample'}")
    found[-1].set_xlabel(unit)
    if not data.log:
        found[-1].xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    return figure
