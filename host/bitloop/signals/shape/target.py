"""The number a signal stands for, as extrapolation wants it: first on every line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bitloop.signals.shape.sheet import Sheet


def target(sheet: Sheet, value: float) -> Sheet:
    """Every signal with this value in front of it."""
    if sheet.log:
        raise sheet.refuse("a sample of a log has no target; cut it into signals first, with window:LENGTH,STEP")
    if sheet.target:
        raise sheet.refuse("its lines begin with a target already; remove it first, with remove-columns:1")
    front = np.full(sheet.lines, value, dtype=np.float32)
    return replace(sheet, values=np.column_stack([front, sheet.values]), target=True)
