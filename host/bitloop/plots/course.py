"""Mean, extremes and standard deviation along signals, or along a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bitloop.plots.axes import key, rows
from bitloop.plots.style import BLUE, GREY, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bitloop.signals.look import Course


def course(name: str, data: Course, axes: Sequence[str], rate: float | None = None) -> Figure:
    """A row per axis; `axes` are their names, with units where they are known."""
    over = f"{data.lines:,} samples" if data.log else f"{data.lines:,} signal{'s' * (data.lines != 1)}"
    figure, found = rows(f"{short(name)}: {over}", axes)
    scale, unit = time(data, rate)
    at = data.at * scale
    for axis, row in enumerate(found):
        mean, spread = data.mean[:, axis], data.spread[:, axis]
        row.fill_between(at, data.low[:, axis], data.high[:, axis], color=BLUE, alpha=0.15, lw=0, label="min to max")
        row.fill_between(at, mean - spread, mean + spread, color=BLUE, alpha=0.3, lw=0, label="± standard deviation")
        for seam in data.seams:
            row.axvline(seam * scale, color=GREY, linewidth=0.8, linestyle=":")
        row.plot(at, mean, color=BLUE, linewidth=1.2, label="mean")
    found[-1].set_xlabel(unit)
    found[0].margins(x=0.0)
    key(figure, found[0])
    return figure


def time(data: Course, rate: float | None) -> tuple[float, str]:
    """What a sample is on the abscissa, and its label: 1, or time where the rate is known."""
    if rate is None:
        return 1.0, "sample of the log" if data.log else "sample of the signal"
    return (1000 / rate, "time, ms") if data.at[-1] < rate else (1 / rate, "time, s")
