"""How good an anomaly library becomes with what it learned on the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bitloop.plots.style import BLUE, ORANGE, canvas, legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def learning(curve: Sequence[Sequence[float]], recommended: int) -> Figure:
    """Balanced accuracy of the worst fold over signals learned, and the recommended minimum."""
    figure, axes = canvas("Accuracy over signals learned")
    counts = [point[0] for point in curve]
    axes.plot(counts, [point[1] for point in curve], "-o", color=BLUE, markersize=4, label="worst fold")
    axes.axvline(recommended, color=ORANGE, linestyle="--", label=f"recommended minimum: {recommended}")
    if counts and max(counts) > 20 * max(1, min(counts)):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("learning calls")
    axes.set_ylabel("balanced accuracy")
    axes.set_ylim(0.0, 1.03)
    legend(axes)
    return figure
