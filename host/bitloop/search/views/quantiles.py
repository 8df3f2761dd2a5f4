"""Smallest, median, largest and what lies between: the distribution of a signal in its own unit."""

from __future__ import annotations

from bitloop.kernels.base import Shape
from bitloop.kernels.quantiles import Quantiles
from bitloop.kernels.segments import Segments
from bitloop.search.views.common import YES_OR_NO, cuts, front, norms, whole
from bitloop.search.views.view import Chosen, Options, Stages, View

LEVELS = {
    "quartiles": (0.25, 0.5, 0.75),
    "five": (0.0, 0.25, 0.5, 0.75, 1.0),
    "tails": (0.05, 0.25, 0.5, 0.75, 0.95),
    "ends": (0.0, 0.05, 0.5, 0.95, 1.0),
    "nine": tuple(i / 8 for i in range(9)),
    "seventeen": tuple(i / 16 for i in range(17)),
}


def _options(given: Shape, unit: float) -> Options:
    if given.length < 12:
        return {}
    found: Options = {
        "difference": (False, False, True),
        "center": YES_OR_NO,
        "segments": (1, 1, *cuts(given.length, 8)[1:3]),
        "levels": tuple(name for name, levels in LEVELS.items() if len(levels) < given.length),
    }
    return {**norms(given), **found}


def _stages(chosen: Chosen, given: Shape) -> Stages:
    """No cuts that leave fewer samples than there are levels."""
    levels, parts = LEVELS[str(chosen["levels"])], whole(chosen, "segments")
    apart = (Segments(parts),) if parts > 1 and (given.length - 1) // parts >= len(levels) else ()
    return (*front(chosen), *apart, Quantiles(levels))


VIEW = View("quantiles", _options, _stages, cheap=0.6)
