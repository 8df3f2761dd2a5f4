"""The sampling finder: how long a signal has to be, and how fast sampled, to tell what a machine does."""

from bitloop.sampling.cell import DIVISIONS, LENGTHS, Cell
from bitloop.sampling.finder import find
from bitloop.sampling.result import Result
from bitloop.sampling.settings import Settings

__all__ = ["DIVISIONS", "LENGTHS", "Cell", "Result", "Settings", "find"]
