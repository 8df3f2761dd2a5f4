"""Which libraries there are to choose from: score over flash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bitloop.plots.style import BLUE, GREY, ORANGE, canvas, legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure


SAME = 0.01
"""Half the height, in score, of the lowest picture."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A library: its number, score, flash in bytes, whether it is on the front, and whether it is the one meant."""

    number: int
    score: float
    flash: int
    pareto: bool = True
    chosen: bool = False


def pareto(spots: Sequence[Spot]) -> Figure:
    """Score over flash, each library with its number."""
    figure, axes = canvas("Libraries: score and flash")
    groups = (
        ("beaten by another in every respect", GREY, [s for s in spots if not s.pareto and not s.chosen]),
        ("Pareto front (score, RAM, flash, cycles)", BLUE, [s for s in spots if s.pareto and not s.chosen]),
        ("this library", ORANGE, [s for s in spots if s.chosen]),
    )
    for name, colour, group in groups:
        if group:
            axes.plot([s.flash / 1024 for s in group], [s.score for s in group], "o", color=colour, label=name)
    for spot in spots:
        place = (spot.flash / 1024, spot.score)
        axes.annotate(str(spot.number), place, textcoords="offset points", xytext=(5, 4), fontsize=8)
    axes.set_xlabel("flash, KiB")
    axes.set_ylabel("score")
    axes.margins(0.1)
    axes.ticklabel_format(useOffset=False)
    if spots:  # scores that differ by less than this are the same to anybody
        middle = (min(s.score for s in spots) + max(s.score for s in spots)) / 2
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, middle - SAME), max(high, middle + SAME))
    if spots:
        legend(axes)
    return figure
