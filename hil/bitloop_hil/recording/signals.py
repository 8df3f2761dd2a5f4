"""Blocks of a datalogger's samples to signals, by their numbers, so that nothing that is missing goes unnoticed.

A signal in which samples are missing is none. A continuous log goes on behind what is missing, and the line behind it
says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.recording.lines import SOME, Line
from bitloop_hil.link.samples import Block, SensorInfo


class Signals:
    """Takes the blocks of one recording in their order.

    `lost` counts the samples that were sent and did not arrive, `overruns` how often the sensor's memory overflowed;
    `next` is the number of the sample that comes next, `run` the run of the last one.
    """

    def __init__(self, sensor: SensorInfo, number: int = 0, missing: int = 0) -> None:
        """`number` lines came before, and `missing` samples are missing between them and the first one."""
        self.lost = self.overruns = 0
        self.number = number
        self._sensor, self._missing = sensor, missing
        self.next = self.run = 0
        self._start: int | None = 0  # number of the run's first sample; None where that is not known
        self._parts: list[NDArray[np.int32]] = []

    def take(self, block: Block) -> list[Line]:
        """The lines that the block completes, and those that it shows to be none."""
        hole, size = block.index - self.next, len(block.raw)
        if hole < 0:  # it came twice
            return []
        self.lost += hole
        lines = self._samples(block, hole) if self._sensor.samples == 0 else self._part(block, hole)
        self.next, self.run, self.overruns = block.index + size, block.run, block.overruns
        return lines

    def broken(self, reason: str) -> list[Line]:
        """What there is of a signal will never be whole: as a line that says why."""
        parts, self._parts = self._parts, []
        if not parts:
            return []
        raw = ",".join(text for row in self._texts(np.concatenate(parts)) for text in row)
        return [self._line((), raw.encode(), reason)]

    def ended(self, samples: int) -> None:
        """So many were sent in all."""
        self.lost += max(0, samples - self.next)

    def finish(self) -> int:
        """The recording is over: how many signals were under way."""
        under_way, self._parts = bool(self._parts), []
        return int(under_way)

    def _samples(self, block: Block, hole: int) -> list[Line]:
        """Every sample is a line."""
        if block.run != self.run or self._missing == SOME:
            self._missing = SOME
        else:
            self._missing += hole
        return [self._line(tuple(texts)) for texts in self._texts(block.raw)]

    def _part(self, block: Block, hole: int) -> list[Line]:
        """The block is part of a signal, which is a run of the sensor."""
        lines = []
        if hole:
            lines = self.broken(f"{hole} samples after these did not arrive")
        elif block.run != self.run:
            lines = self.broken("the sensor's memory overflowed after these")
        if block.run != self.run:
            self._start = self._begin(block, hole)
        if self._start is None or self._start + sum(map(len, self._parts)) != block.index:
            return lines  # its first samples are missing
        self._parts.append(block.raw)
        if sum(map(len, self._parts)) < self._sensor.samples:
            return lines
        whole, self._parts = np.concatenate(self._parts), []
        return [*lines, self._line(tuple(text for row in self._texts(whole) for text in row))]

    def _begin(self, block: Block, hole: int) -> int | None:
        """Where the block's run begins. Behind a hole that can be told as long as all runs in it were whole."""
        if not hole:
            return block.index
        if self._start is None or block.overruns != self.overruns:
            return None
        return self._start + (block.run - self.run) * self._sensor.samples

    def _line(self, values: tuple[str, ...], raw: bytes = b"", reason: str = "") -> Line:
        self.number += 1
        missing, self._missing = self._missing, 0
        return Line(self.number, raw, values, reason, missing)

    def _texts(self, raw: NDArray[np.int32]) -> list[list[str]]:
        """Values in units, as the shortest decimals that are read back as the same."""
        return [list(map(repr, row)) for row in self._sensor.values(raw).tolist()]
