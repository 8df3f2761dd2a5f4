"""The look all figures share: quiet axes, colours that colour-blind people can tell apart, text that stays text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, GREY, INK = "#0072b2", "#d55e00", "#009e73", "#9a9a9a", "#333333"
PURPLE, SKY, AMBER = "#cc79a7", "#56b4e9", "#e69f00"
"""Okabe and Ito's palette, as far as it is needed."""
INCHES = (7.0, 4.2)
LONGEST = 28
"""Characters of a user's label that fit beside an axis."""


def canvas(title: str, inches: tuple[float, float] = INCHES) -> tuple[Figure, Axes]:
    """A figure with one pair of axes under a title."""
    figure = figure_of(inches)
    axes = figure.add_subplot()
    axes.set_title(plain(title), loc="left", fontsize=11, color=INK)
    dress(axes)
    return figure, axes


def figure_of(inches: tuple[float, float]) -> Figure:
    """An empty figure drawn by Agg, that arranges what is put into it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=inches, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def dress(axes: Axes) -> None:
    """Quiet lines behind the data."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)


def legend(axes: Axes) -> None:
    """A legend without a frame, wherever it covers least."""
    axes.legend(frameon=False, fontsize=9)


def plain(text: str) -> str:
    """A user's text as it is: to matplotlib a pair of dollar signs would be mathematics."""
    return text.replace("$", r"\$")


def short(label: str) -> str:
    """A user's label, cut where it would not fit."""
    text = plain(label if len(label) <= LONGEST else label[: LONGEST - 1] + "…")
    # what begins with an underscore has no place in a legend of matplotlib's
    return f" {text}" if text.startswith("_") else text
