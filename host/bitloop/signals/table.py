"""What every reader of signal files makes: numbers in lines, and where they stood."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import InputError

MAX_VALUES = 16384
"""A line has to have fewer values than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """`values` is float32 (lines, values per line); `lines` has each row's line number in the file, from 1.

    `cut` are the lines left out because they are what is left of a signal where a recording began or was broken off.
    Where it is a continuous log, and the file or the note of its recording says so: its rate, a name and unit per
    axis, and `seams`, the rows (from 0) before which samples are missing.
    """

    values: NDArray[np.float32]
    lines: NDArray[np.int64]
    cut: tuple[int, ...] = ()
    rate_hz: float | None = None
    axes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    seams: tuple[int, ...] = ()


def check_size(path: Path, table: Table) -> Table:
    """The table; InputError where it is empty or its lines are too long."""
    if not table.values.size:
        raise InputError("the file has no signals; record some, one per line", path)
    if table.values.shape[1] >= MAX_VALUES:
        raise too_many(path, int(table.lines[0]), table.values.shape[1])
    return table


def too_many(path: Path, line: int, count: int) -> InputError:
    """What a line with too many values deserves."""
    return InputError(f"{count} values are too many; a signal has fewer than {MAX_VALUES}", path, line)
