"""How well signals of every length and rate tell classes apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bitloop.plots.style import INK, ORANGE, canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EMPTY = "#f1f1f1"


def sampling(
    scores: NDArray[np.float64],
    lengths: Sequence[int],
    rates: Sequence[float],
    *,
    measure: str,
    chance: float,
    chosen: tuple[int, int] | None = None,
) -> Figure:
    """Scores (rates, lengths), NaN where the logs are too short, shaded from `chance` to 1; `chosen` is framed.

    `rates` are samples per second, from the highest; `chosen` is a row and a column.
    """
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    figure, axes = canvas(f"Sampling: {measure} on blocks of time held back", (8.0, 2.2 + 0.19 * len(rates)))
    axes.grid(visible=False)
    colours = colormaps["Blues"].with_extremes(bad=EMPTY)
    least = min(chance, 0.99)
    image = axes.imshow(np.ma.masked_invalid(scores), cmap=colours, vmin=least, vmax=1.0, aspect="auto")
    figure.colorbar(image, ax=axes, label=measure, fraction=0.04, pad=0.02)
    axes.set_xticks(range(len(lengths)), [str(n) for n in lengths])
    axes.set_yticks(range(len(rates)), [f"{rate:.4g}" for rate in rates], fontsize=8)
    axes.set_xlabel("samples per axis and signal (grey: the logs are too short)")
    axes.set_ylabel("samples per second")
    for row, column in np.argwhere(~np.isnan(scores)):
        value = float(scores[row, column])
        colour = "white" if value > least + 0.6 * (1.0 - least) else INK
        axes.text(column, row, f"{value:.3f}", ha="center", va="center", color=colour, fontsize=6.5)
    if chosen is not None:
        at = (chosen[1] - 0.5, chosen[0] - 0.5)
        axes.add_patch(Rectangle(at, 1, 1, fill=False, edgecolor=ORANGE, linewidth=2.5, label="recommended"))
        axes.legend(frameon=False, fontsize=9, loc="lower right", bbox_to_anchor=(1.0, 1.0))
    return figure
