"""Many lines of plain numbers at once: NumPy finds the lines, polars reads the numbers.

Whatever is not exactly plain numbers with one separator between them is left to `spelling`, which reads as a person
does and names the fault.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NUMBERS = b"0123456789+-.eE"
BLANKS = b" \t"


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """Some lines: all `values`, one after the other, float32; how many each line has; each line's place, from 0.

    Blank lines are left out, but their places are counted; `lines` is how many there are with them.
    """

    values: NDArray[np.float32]
    counts: NDArray[np.int64]
    places: NDArray[np.int64]
    lines: int

    @staticmethod
    def joined(upper: Scan, lower: Scan) -> Scan:
        """The lines of both, one above the other."""
        values = np.concatenate([upper.values, lower.values])
        counts = np.concatenate([upper.counts, lower.counts])
        places = np.concatenate([upper.places, upper.lines + lower.places])
        return Scan(values, counts, places, upper.lines + lower.lines)


def scan(data: bytes, separator: bytes) -> Scan | None:
    """The numbers of whole lines that end with LF (the last need not); None where anything is not as it should be."""
    if data.translate(None, NUMBERS + BLANKS + separator + b"\n"):
        return None
    mark = b" " if separator in BLANKS else separator
    plain = _plain(data, mark)
    if mark != b" " and (b" " in plain or plain.startswith(mark) or b"\n" + mark in plain):
        return None
    plain = plain.replace(mark + b"\n", b"\n")
    raw = np.frombuffer(plain, dtype=np.uint8)
    ends = np.flatnonzero(raw == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1))
    places = np.flatnonzero(ends > starts)
    if not len(places):
        return Scan(np.empty(0, dtype=np.float32), places, places, len(ends))
    between = (raw == ord(mark)).view(np.uint8)
    counts = np.add.reduceat(between, starts[places], dtype=np.int64) + 1
    values = _numbers(plain.translate(bytes.maketrans(mark, b"\n")), blank_lines=len(places) < len(ends))
    if values is None or len(values) != counts.sum():
        return None
    return Scan(values, counts, places, len(ends))


def rounded(values: NDArray[np.float64]) -> NDArray[np.float32] | None:
    """Binary64 as binary32; None where one of them is beyond its range."""
    with np.errstate(over="ignore", under="ignore"):
        result = values.astype(np.float32)
    return result if np.isfinite(result).all() else None


def _plain(data: bytes, mark: bytes) -> bytes:
    """The same lines, each with its end, without the blanks that mean nothing."""
    if not data.endswith(b"\n"):
        data += b"\n"
    data = data.replace(b"\t", b" ")
    if b" " not in data:
        return data
    while b"  " in data:
        data = data.replace(b"  ", b" ")
    for beside in {b"\n", mark} - {b" "}:
        data = data.replace(b" " + beside, beside).replace(beside + b" ", beside)
    return data.removeprefix(b" ")


def _numbers(column: bytes, blank_lines: bool) -> NDArray[np.float32] | None:
    """One number per line; None where one is missing, is none, or is beyond the range of binary32."""
    import polars as pl

    if blank_lines:
        while b"\n\n" in column:
            column = column.replace(b"\n\n", b"\n")
        column = column.removeprefix(b"\n")
    try:
        frame = pl.read_csv(io.BytesIO(column), has_header=False, quote_char=None, schema={"value": pl.Float64})
    except pl.exceptions.PolarsError:
        return None
    series = frame["value"]
    return None if series.null_count() else rounded(series.to_numpy())
