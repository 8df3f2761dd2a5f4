"""A logger that prints one signal per line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bitloop.recording.lines import Line, Lines, Shape
from bitloop.recording.pace import Pace
from bitloop_hil.recording.pump import Pump
from bitloop_hil.recording.stream import Account

_BY = "arrival of the lines at this computer, after the delays of USB and its driver; Theil-Sen regression"


class TextStream:
    """Text as a `Stream`. Lines are not numbered, so only those that came damaged are known to be lost."""

    mode = "text"
    lost = None

    def __init__(self, shape: Shape, width: int = 0, whole: bool = False) -> None:
        """`width` is the number of values of a line where that is known; `whole`: the first line is all there."""
        self.said: Mapping[str, Any] = {}
        self.shape = shape
        self._lines = Lines(shape, width, whole)
        self._paces: list[Pace] = [Pace()]

    @property
    def hopeless(self) -> str:
        """Why there is no point in going on; empty while there is."""
        return self._lines.hopeless

    def begin(self, line: Pump) -> None:
        """A logger prints without being asked."""

    def feed(self, at: float, data: bytes) -> list[Line]:
        """The lines that can be judged now, of bytes that came at a monotonic time."""
        lines = self._lines.feed(data)
        if right := [line.number for line in lines if not line.reason]:
            self._paces[-1].add(right[-1], at)  # of lines that came together, the last one waited least
        return lines

    def silent(self, seconds: float) -> None:
        """A logger may be as silent as it likes."""

    def broken(self) -> list[Line]:
        """The line went away: what there was of a signal. Pauses are no part of a pace."""
        self._paces.append(Pace())
        return self._lines.broken()

    def finish(self, line: Pump | None) -> list[Line]:
        """The lines that still waited to be judged."""
        return self._lines.finish()

    def account(self, width: int) -> Account:
        """The pace of the lines; it is that of the samples where a line is one sample."""
        rates = [rate for pace in self._paces if (rate := pace.rate()) is not None]
        longest = max(rates, key=lambda rate: rate.seconds, default=None)
        measured: Mapping[str, Any] | None = {**asdict(longest), "by": _BY} if longest is not None else None
        continuous = self.shape.of(width).samples == 1
        return Account(self._lines.fragments, line_rate=measured, sample_rate=measured if continuous else None)
