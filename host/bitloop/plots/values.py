"""What was estimated of what was true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bitloop.plots.style import BLUE, GREY, canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def values(pairs: Sequence[Sequence[float]]) -> Figure:
    """(truth, estimate) of held-out signals, and the line where both are the same."""
    figure, axes = canvas("Truth and estimate on held-out signals", (5.6, 5.2))
    both = np.asarray(pairs, dtype=np.float64).reshape(-1, 2)
    if len(both):
        ends = [both.min(), both.max()]
        axes.plot(ends, ends, color=GREY, linewidth=1)
        axes.plot(both[:, 0], both[:, 1], "o", color=BLUE, markersize=4, alpha=0.5, markeredgewidth=0)
        axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel("truth")
    axes.set_ylabel("estimate")
    return figure
