"""Manipulation of signals and logs: pure functions from sheets to sheets, chained in the order they are written.

The files they come from are never written to; the name of a result says what was done to it.
"""

from bitloop.signals.shape.chain import Chain, chain
from bitloop.signals.shape.files import open_sheet, results, sheet_of
from bitloop.signals.shape.sheet import Sheet, Sheets
from bitloop.signals.shape.steps import STEPS, Step

__all__ = ["STEPS", "Chain", "Sheet", "Sheets", "Step", "chain", "open_sheet", "results", "sheet_of"]
