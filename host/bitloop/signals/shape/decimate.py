"""Fewer samples per second."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bitloop.kernels.decimate import Decimate
from bitloop.signals.decimation import lower
from bitloop.signals.shape.sheet import Sheet, Values, count

WAYS = ("mean", "pick", "filter")


def decimate(sheet: Sheet, factor: int, way: str = "mean") -> Sheet:
    """The mean of every `factor` samples, as the kernel `decimate` makes it on the device, or another of WAYS.

    Means damp what would fold back into the lower rate; `pick` takes the first of them, as a sensor without a filter
    does, and `filter` takes out all that would fold back, as a sensor with a low-pass does
    (`bitloop.signals.decimation`). What is left over at the end of a signal, or before a seam of a log, is remarked.
    """
    stretches = sheet.stretches() if sheet.given_axes() else []
    shortest = min(len(stretch) for stretch in stretches)
    if shortest < factor:
        raise sheet.refuse(f"{count(shortest, 'sample')} cannot be decimated by {factor}; choose a smaller factor")
    made = _of_log(sheet, stretches, factor, way) if sheet.log else _of_signals(sheet, factor, way)
    over = sum(len(stretch) % factor for stretch in stretches)
    return made.with_remark(f"{count(over, 'sample')} at the ends left over") if over else made


def _of_log(sheet: Sheet, stretches: list[Values], factor: int, way: str) -> Sheet:
    parts = [_fewer(stretch[None], factor, way)[0] for stretch in stretches]
    seams = np.cumsum([len(part) for part in parts])[:-1]
    return replace(sheet, values=np.concatenate(parts), seams=tuple(int(n) for n in seams), numbers=None)


def _of_signals(sheet: Sheet, factor: int, way: str) -> Sheet:
    return sheet.with_signals(_fewer(sheet.signals(), factor, way), sheet.targets)


def _fewer(x: Values, factor: int, way: str) -> Values:
    """(lines, length, axes) to (lines, length // factor, axes)."""
    whole = x[:, : x.shape[1] // factor * factor]
    if way == "pick":
        return whole[:, ::factor]
    if way == "filter":
        return np.stack([lower(signal, factor)[: whole.shape[1] // factor] for signal in x])
    planar = np.ascontiguousarray(whole.transpose(0, 2, 1))
    return Decimate(factor).reference(planar).transpose(0, 2, 1)
