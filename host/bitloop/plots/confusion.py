"""What was taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bitloop.plots.style import INK, canvas, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_NUMBERS = 16
"""Classes up to which every cell carries its count."""


def confusion(table: Sequence[Sequence[int]], labels: Sequence[str], refused: int = 0) -> Figure:
    """Counts (row the truth, column the answer), shaded by their share of the row."""
    counts = np.asarray(table, dtype=np.int64)
    wide = min(11.0, 3.0 + 0.55 * len(labels))
    figure, axes = canvas("Held-out signals", (wide + 1.0, wide))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0.0, vmax=1.15)
    axes.grid(visible=False)
    names = [short(label) for label in labels]
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right")
    axes.set_yticks(range(len(names)), names)
    note = f" ({refused} refused)" if refused else ""
    axes.set_xlabel(f"answer{note}")
    axes.set_ylabel("truth")
    for row, column in np.ndindex(counts.shape) if len(labels) <= MOST_NUMBERS else ():
        if counts[row, column]:
            colour = "white" if share[row, column] > 0.6 else INK
            axes.text(column, row, f"{counts[row, column]:,}", ha="center", va="center", color=colour, fontsize=8)
    return figure
