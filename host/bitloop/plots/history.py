"""How the best of a search became better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bitloop.plots.style import BLUE, ORANGE, canvas, legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONG = 100.0
"""A search of so many seconds is drawn on a logarithmic scale: most happens in the beginning."""


def history(points: Sequence[tuple[float, int, float, float]], seconds: float, quality: str) -> Figure:
    """Score and quality of the best over time. `points` are (seconds, evaluations, score, quality) at improvements.

    `seconds` is when the search ended, `quality` the name of what was measured.
    """
    figure, axes = canvas("Best so far")
    times = [max(point[0], 0.01) for point in points]
    if times:
        end = max(seconds, times[-1])
        axes.step([*times, end], [p[2] for p in points] + [points[-1][2]], where="post", color=BLUE, label="score")
        axes.step(
            [*times, end],
            [p[3] for p in points] + [points[-1][3]],
            where="post",
            color=ORANGE,
            linewidth=1.2,
            label=f"{quality} of the worst fold",
        )
        axes.plot(times, [p[2] for p in points], "o", color=BLUE, markersize=3)
        axes.annotate(
            f"{points[-1][1]:,} evaluations",
            (times[-1], points[-1][2]),
            textcoords="offset points",
            xytext=(0, 6),
            ha="right",
            fontsize=8,
        )
        legend(axes)
        if end > LONG:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter("{x:g}")
        else:
            axes.set_xlim(left=0.0)
        lowest = min(min(p[2], p[3]) for p in points)
        axes.set_ylim(min(max(lowest - 0.02, 0.0), 0.9), 1.01)
    axes.set_xlabel("seconds")
    return figure
