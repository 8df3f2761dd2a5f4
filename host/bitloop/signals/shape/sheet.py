"""What one file holds while it is worked on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BitloopError

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """`values` is float32 (lines, columns): a line is a signal with its axes interleaved, or in a `log` one sample.

    `name` is that of the file without its suffix. `axes` is None where nobody said; in a log every column is one.
    `target` tells that the first column is what the signal stands for, `overlap` that signals share samples. `seams`
    are the lines of a log (from 0) where something begins that was not measured right after the line before. `part`
    tells the results of a split apart, `done` has a word for each step, for the name of the result, and `remarks`
    say what a step left over. `numbers` are those of the lines in the file they were read from, which may have blank
    ones, too; None once they count from 1.
    """

    name: str
    values: Values
    axes: int | None = None
    log: bool = False
    target: bool = False
    seams: tuple[int, ...] = ()
    overlap: bool = False
    numbers: NDArray[np.int64] | None = None
    part: str = ""
    done: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        return len(self.values)

    @property
    def columns(self) -> int:
        return int(self.values.shape[1])

    @property
    def targets(self) -> Values | None:
        """(lines,): the first column, where it is a target."""
        return self.values[:, 0] if self.target else None

    @property
    def line_numbers(self) -> NDArray[np.int64]:
        """What each line is called by those who have looked at the file."""
        return np.arange(1, self.lines + 1) if self.numbers is None else self.numbers

    @property
    def noun(self) -> str:
        """What a line is called."""
        return "sample" if self.log else "signal"

    def refuse(self, what: str) -> BitloopError:
        """The error to raise when a step does not suit this sheet."""
        return BitloopError(f"{self.name}: {what}")

    def given_axes(self) -> int:
        """The number of axes; BitloopError where the columns are no multiple of it, or nobody said."""
        if self.log:
            return self.columns
        if self.axes is None:
            raise self.refuse("nobody said how many axes it has; say --axes N, or --log for one sample per line")
        count = self.columns - self.target
        if not count or count % self.axes:
            behind = " behind the target" if self.target else ""
            raise self.refuse(f"{count} values{behind} are not a multiple of {self.axes} axes; change --axes")
        return self.axes

    def signals(self) -> Values:
        """(lines, length, axes), without the targets; only for signals."""
        axes = self.given_axes()
        return self.values[:, int(self.target) :].reshape(self.lines, -1, axes)

    def stretches(self) -> list[Values]:
        """Parts of (samples, axes) that were measured without a break: of a log, those between its seams."""
        if self.log:
            return np.split(self.values, self.seams)
        return list(self.signals())

    def with_signals(self, x: Values, targets: Values | None = None) -> Sheet:
        """The sheet with other signals, (lines, length, axes), and their targets."""
        if not x.size:
            raise self.refuse("nothing would be left of it; ask for less")
        axes = x.shape[2]
        flat = x.reshape(len(x), -1)
        if targets is not None:
            flat = np.column_stack([targets, flat])
        made = np.ascontiguousarray(flat, dtype=np.float32)
        return replace(self, values=made, axes=axes, log=False, seams=(), target=targets is not None, numbers=None)

    def with_lines(self, rows: NDArray[np.int64]) -> Sheet:
        """The sheet with some of its lines, upwards; in a log a gap leaves a seam."""
        if not len(rows):
            raise self.refuse("no line would be left of it; ask for less")
        breaks = (np.diff(rows) != 1) | np.isin(rows[1:], self.seams)
        seams = tuple(int(n) + 1 for n in np.flatnonzero(breaks)) if self.log else ()
        return replace(self, values=self.values[rows], seams=seams, numbers=None)

    def with_remark(self, text: str) -> Sheet:
        """The sheet with one more remark on what was left over."""
        return replace(self, remarks=(*self.remarks, text))

    def to_record(self) -> dict[str, Any]:
        """For JSON."""
        axes = self.columns if self.log else self.axes
        shape = {"lines": self.lines, "values": self.columns, "axes": axes, "log": self.log, "target": self.target}
        return shape | {"seams": [n + 1 for n in self.seams], "remarks": list(self.remarks)}


Sheets = tuple[Sheet, ...]


def count(number: int, noun: str) -> str:
    """`1 signal`, `2 signals`."""
    return f"{number} {noun}{'s' * (number != 1)}"
