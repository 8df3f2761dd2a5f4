"""Signals in another order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bitloop.signals.shape.sheet import Sheet


def shuffle(sheet: Sheet, seed: int) -> Sheet:
    """The lines in an order drawn from the seed; each line stays whole, its target with it."""
    if sheet.log:
        raise sheet.refuse("shuffled samples are no log any more; cut it into signals first, with window:LENGTH,STEP")
    return replace(sheet, values=sheet.values[np.random.default_rng(seed).permutation(sheet.lines)], numbers=None)
