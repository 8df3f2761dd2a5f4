"""Mean, extremes and standard deviation along signals, or along a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bitloop.plots.axes import key, rows
from bitloop.plots.style import BLUE, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bitloop.signals.look import Course


def course(name: str, data: Course, axes: Sequence[str], rate: float | None = None) -> Figure:
    """A row per axis; `axes` are their names, with units where they are known."""
    over = f"{data.lines:,} samples" if data.log else f"{data.lines:,} signal{'s' * (data.lines != 1)}"
    figure, found = rows(f"{short(name)}: {over}", axes)
    at, unit = time(data, rate)
    for axis, row in enumerate(found):
        mean, spread = data.mean[:, axis], data.spread[:, axis]
        row.fill_between(at, data.low[:, axis], data.high[:, axis], color=BLUE, alpha=0.15, lw=0, label="min to max")
        row.fill_between(at, mean - spread, mean + spread, color=BLUE, alpha=0.3, lw=0, label="± standard deviation")
        row.plot(at, mean, color=BLUE, linewidth=1.2, label="mean")
    found[-1].set_xlabel(unit)
    found[0].margins(x=0.0)
    key(figure, found[0])
    return figure


def time(data: Course, rate: float | None) -> tuple[list[float], str]:
    """Where the points stand, and the abscissa's label: samples, or time where the rate is known."""
    if rate is None:
        return list(data.at), "sample of the log" if data.log else "sample of the signal"
    seconds = data.at / rate
    if seconds[-1] < 1:
        return list(1000 * seconds), "time, ms"
    return list(seconds), "time, s"
