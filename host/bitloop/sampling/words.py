"""What a finder says: sentences for people, from the result alone."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence

from bitloop.sampling.cell import Cell
from bitloop.sampling.result import Result, Scored

_LEVEL = 0.02
_EDGE = 2.0
"""Standard errors of the difference."""


def recommendation(result: Result) -> str:
    """The one sentence that matters."""
    advice = result.advice
    reaches = f"{result.measure} {advice.expected:.3f} (95 % interval {advice.low:.3f} to {advice.high:.3f})"
    if not result.tells:
        what = f"no sampling tells the classes apart for certain: {reaches}"
        return f"{what}, where guessing has {result.chance:.3f}; check the recordings, or record more"
    division = advice.cell.division
    part = "the logs' own rate" if division == 1 else f"the logs' rate over {division}"
    costs = f"{_seconds(result.duration(advice.cell))} per signal, {result.ram(advice.cell):,} B of RAM per buffer"
    against = "the best there is"
    if advice.best != advice.cell:
        against = (
            f"not distinguishably worse than the surest ({advice.best_score:.3f} with {_way(result, advice.best)})"
        )
    return f"take {_way(result, advice.cell)}, {part}: {costs}, {reaches}, {against}"


def remarks(result: Result) -> list[str]:
    """What to know before believing it."""
    advice, said = result.advice, []
    way = "whole logs" if result.whole else f"{result.folds} blocks of time of each log"
    said.append(
        f"the figure is of {way} held back one at a time, each judged by a choice that was made without it;"
        f" the matrix has {advice.score:.3f} there"
    )
    if not result.whole:
        said.append(
            "what differs between recordings counts as difference between classes here: record each class three times"
            " or more, on different days or mountings, and whole logs are held back"
        )
    if result.settings.level and result.tells and advice.level >= advice.expected - _LEVEL:
        said.append(
            f"the mean of each axis is enough for {advice.level:.3f}: if that is how the sensor was mounted and not"
            " what the machine does, say --no-level"
        )
    below = _below(result)
    if result.tells and below is not None:
        said.append(
            f"one rate lower, at {result.rate(below.cell):.5g} Hz, it is only {below.score:.3f}: machines age, so"
            " rather take a rate or two above this edge"
        )
    if result.too_short:
        label, room = result.shortest
        total = len(result.too_short) + len(result.scored)
        said.append(
            f"{len(result.too_short)} of {total} cells need longer logs: a block of {label} has {room:,} samples"
            f" ({_seconds(room / result.settings.rate)})"
        )
    if result.stopped:
        said.append("interrupted: only what was scored until then is compared")
    return said


def thinned(result: Result) -> list[str]:
    """The step of `bitloop shape` that brings logs to the recommended rate; none where they have it."""
    division, way = result.advice.cell.division, "filter" if result.settings.low_pass else "pick"
    return [f"decimate:{division},{way}"] if division > 1 else []


def command(result: Result, files: Sequence[str], folder: str) -> str:
    """The `bitloop shape` that cuts the logs into signals as recommended."""
    steps = [*thinned(result), f"window:{result.advice.cell.length}"]
    return shlex.join(["bitloop", "shape", *files, "--log", *steps, "-o", folder])


def _below(result: Result) -> Scored | None:
    """The next lower rate at the recommended length, where it is clearly worse."""
    taken = next(scored for scored in result.scored if scored.cell == result.advice.cell)
    length, division = taken.cell.length, taken.cell.division
    lower = [s for s in result.scored if s.cell.length == length and s.cell.division > division]
    below = min(lower, key=lambda scored: scored.cell.division, default=None)
    if below is None or taken.score - below.score <= _EDGE * math.hypot(taken.error, below.error):
        return None
    return below


def _way(result: Result, cell: Cell) -> str:
    return f"{cell.length} samples per axis at {result.rate(cell):.5g} Hz"


def _seconds(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"
