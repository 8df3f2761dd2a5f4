"""How much of each class was recognised, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bitloop.plots.style import BLUE, ORANGE, canvas, legend, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def recall(per_class: Mapping[str, Mapping[str, Any]], worst: Mapping[str, float] | None = None) -> Figure:
    """A point per class with its 95 % interval, and a mark at its worst fold. Rows as in a report's `per_class`."""
    figure, axes = canvas("Recall of each class, 95 % interval", (7.0, 1.4 + 0.36 * max(len(per_class), 2)))
    shares = np.array([row["recall"] for row in per_class.values()])
    ends = np.array([row["interval"] for row in per_class.values()]).reshape(-1, 2)
    at = np.arange(len(shares))
    # the interval is not around the share itself: near 1 all of it may lie below
    axes.hlines(at, ends[:, 0], ends[:, 1], color=BLUE, linewidth=2)
    axes.plot(shares, at, "o", color=BLUE, label="all folds")
    if worst:
        low = [worst.get(name, float("nan")) for name in per_class]
        axes.plot(low, at, "|", color=ORANGE, markersize=11, markeredgewidth=2, label="worst fold")
        legend(axes)
    axes.set_yticks(at, [f"{short(name)} ({row['signals']:,})" for name, row in per_class.items()])
    axes.invert_yaxis()
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("recall")
    return figure
