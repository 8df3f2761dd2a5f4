"""Figures with a row per axis of a sensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bitloop.plots.style import AMBER, BLUE, GREEN, INK, ORANGE, PURPLE, SKY, dress, figure_of, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 8
"""Rows of a figure; the axes beyond are not drawn, and the title says so."""
ROOM = 100
"""Characters of a legend's line."""
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, AMBER, INK)
DASHES = ("-", "--", ":")


def rows(title: str, names: Sequence[str], wide: float = 8.0) -> tuple[Figure, list[Axes]]:
    """A figure under a title with a row for each axis of the sensor, one abscissa below all of them."""
    drawn = names[:MOST]
    if len(names) > MOST:
        title = f"{title}; the first {MOST} of {len(names)} axes"
    figure = figure_of((wide, 0.9 + (3.0 if len(drawn) == 1 else 1.8 * len(drawn))))
    found = [figure.add_subplot(len(drawn), 1, 1)]
    found += [figure.add_subplot(len(drawn), 1, n, sharex=found[0]) for n in range(2, len(drawn) + 1)]
    found[0].set_title(title, loc="left", fontsize=11, color=INK)
    for row, name in zip(found, drawn, strict=True):
        dress(row)
        row.set_ylabel(plain(name))
        row.tick_params(labelbottom=row is found[-1])
    return figure, found


def key(figure: Figure, row: Axes) -> None:
    """One legend below the rows, where it covers nothing."""
    handles, labels = row.get_legend_handles_labels()
    columns = max(1, min(4, ROOM // (max(map(len, labels)) + 8)))
    figure.legend(handles, labels, loc="outside lower left", ncols=columns, frameon=False, fontsize=9)


def line(number: int) -> dict[str, str]:
    """Colour and dashes of the class of that number, from 0; they repeat after 21."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": DASHES[number // len(COLOURS) % len(DASHES)],
    }


def abscissa(row: Axes, rate: float | None) -> None:
    """What the frequencies of spectra are measured in."""
    row.set_xlabel("frequency, Hz" if rate is not None else "frequency, cycles per sample (the sampling rate is 1)")
