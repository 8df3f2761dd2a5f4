"""How similar held-out signals are to what was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bitloop.plots.style import BLUE, GREY, INK, ORANGE, canvas, legend, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DECISION = 90
STEP = 5
"""Width of a bar. The decision is the edge of one."""


def similarity(counts: Mapping[str, Sequence[int]]) -> Figure:
    """Shares of signals by similarity. `counts` has for every label the number of signals of similarity 0 to 100."""
    figure, axes = canvas("Similarity of held-out signals")
    edges = np.arange(0, 101, STEP)
    for (label, known), colour in zip(counts.items(), (BLUE, ORANGE, GREY), strict=False):
        total = int(np.sum(known))
        if not total:
            continue
        bars = np.add.reduceat(np.asarray(known[:100]), edges[:-1])
        bars[-1] += known[100]
        name = f"{short(label)} ({total:,} signals)"
        axes.bar(edges[:-1], 100.0 * bars / total, STEP, align="edge", color=colour, alpha=0.65, label=name)
    axes.axvline(DECISION, color=INK, linestyle="--", linewidth=1, label=f"decision: {DECISION}")
    axes.set_xlim(0, 100)
    axes.set_xlabel("similarity")
    axes.set_ylabel("% of the signals")
    legend(axes)
    return figure
