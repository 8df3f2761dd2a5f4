"""Columns, or whole axes, that do not belong to the signal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bitloop.signals.shape.numbers import Ranges, chosen
from bitloop.signals.shape.sheet import Sheet


def remove_columns(sheet: Sheet, columns: Ranges) -> Sheet:
    """The file without these columns (from 1, a target is column 1)."""
    kept = ~chosen(sheet, columns, np.arange(1, sheet.columns + 1), "columns")
    if not kept.any():
        raise sheet.refuse("no column would be left of it; remove fewer")
    target = sheet.target and bool(kept[0])
    if target and not kept[1:].any():
        raise sheet.refuse("only the target would be left of it; remove fewer columns")
    return replace(sheet, values=np.ascontiguousarray(sheet.values[:, kept]), target=target)


def remove_axis(sheet: Sheet, axes: Ranges) -> Sheet:
    """The signals without these axes (from 1); targets stay."""
    kept = ~chosen(sheet, axes, np.arange(1, sheet.given_axes() + 1), "axes")
    if not kept.any():
        raise sheet.refuse("no axis would be left of it; remove fewer")
    if sheet.log:
        return replace(sheet, values=np.ascontiguousarray(sheet.values[:, kept]))
    return sheet.with_signals(sheet.signals()[:, :, kept], sheet.targets)
