"""Some lines of a file: keep them, or leave them out."""

from __future__ import annotations

import numpy as np

from bitloop.errors import BitloopError
from bitloop.signals.shape.numbers import chosen
from bitloop.signals.shape.sheet import Sheet

Ranges = tuple[tuple[int, int], ...]


def extract(sheet: Sheet, lines: Ranges) -> Sheet:
    """Only these lines (from 1), in the order of the file, each once."""
    return sheet.with_lines(np.flatnonzero(_mask(sheet, lines)))


def drop(sheet: Sheet, lines: Ranges) -> Sheet:
    """All but these lines (from 1)."""
    return sheet.with_lines(np.flatnonzero(~_mask(sheet, lines)))


def _mask(sheet: Sheet, lines: Ranges) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    try:
        return chosen(lines, sheet.lines, "lines")
    except BitloopError as error:
        raise sheet.refuse(str(error)) from error
