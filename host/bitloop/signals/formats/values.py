"""Numbers from a file of any binary format, checked as strictly as those from text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import InputError
from bitloop.signals.table import Table

MOST_EXPANDED = 100
"""Compressed recordings of sensors become two to ten times as large; more than this is meant to fill the memory."""
SMALL = 64 << 20
"""Bytes that do no harm, whatever they are expanded from."""


def to_table(
    values: NDArray[Any],
    path: Path,
    rate_hz: float | None = None,
    axes: tuple[str, ...] = (),
    units: tuple[str, ...] = (),
) -> Table:
    """Lines of float32 from (lines,), (lines, values) or (signals, samples, axes) of any real numbers.

    InputError where a value is no finite number of float32; lines and columns count from 1.
    """
    if not values.size:
        raise InputError("the file has no signals; record some, one per line", path)
    lines = values.reshape(len(values), -1)
    with np.errstate(over="ignore"):
        x = np.ascontiguousarray(lines, dtype=np.float32)
    sound = np.isfinite(x)
    if not sound.all():
        line, column = (int(n) for n in np.unravel_index(sound.argmin(), x.shape))
        what = f"{lines[line, column]} is no usable value of a 32-bit float; delete the line or repair it"
        raise InputError(what, path, line + 1, column + 1)
    return Table(x, np.arange(1, len(x) + 1, dtype=np.int64), rate_hz=rate_hz, axes=axes, units=units)


def check_expansion(expanded: int, stored: int, path: Path) -> None:
    """InputError where so few bytes would become so many that it is no recording."""
    if expanded > max(SMALL, MOST_EXPANDED * stored):
        what = f"{stored} bytes would become {expanded}, as no recording of a sensor does; save it uncompressed"
        raise InputError(what, path)
