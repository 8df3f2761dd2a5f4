"""Some lines of a file: keep them, or leave them out."""

from __future__ import annotations

import numpy as np

from bitloop.signals.shape.numbers import Ranges, chosen
from bitloop.signals.shape.sheet import Sheet


def extract(sheet: Sheet, lines: Ranges) -> Sheet:
    """Only these lines, in the order of the file, each once."""
    return sheet.with_lines(np.flatnonzero(chosen(sheet, lines, sheet.line_numbers, "lines")))


def drop(sheet: Sheet, lines: Ranges) -> Sheet:
    """All but these lines."""
    return sheet.with_lines(np.flatnonzero(~chosen(sheet, lines, sheet.line_numbers, "lines")))
