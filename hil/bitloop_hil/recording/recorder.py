"""A recording from its first byte to its end, which may be a full disk, and through cables that are unplugged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from bitloop.errors import BitloopError, LinkError, RecordError
from bitloop.recording.keeper import Keeper, Kept
from bitloop.recording.lines import Line
from bitloop.recording.note import COMPLETE, FULL, HOPELESS, STOPPED, TIME, UNPLUGGED, Origin, Run
from bitloop_hil.link.transport import Deadline, Transport
from bitloop_hil.recording.progress import Gauge, Progress
from bitloop_hil.recording.pump import Pump
from bitloop_hil.recording.source import Source
from bitloop_hil.recording.stream import Stream

_SLICE = 0.1  # seconds between looks at the clock while nothing arrives
_LOOK_AGAIN = 0.25  # seconds between looks for a port that went away


@dataclass(frozen=True, slots=True)
class Limits:
    """What ends a recording by itself: so many `signals`, so many `seconds` (0: neither does).

    `patience` is how many seconds a port that went away may stay away.
    """

    signals: int = 0
    seconds: float = 0.0
    patience: float = 30.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a recording ended: `end` as the note has it, and a sentence about it where it was not as it should be."""

    end: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome(Ending):
    """What became of a recording; `record` is the run as the note has it."""

    record: dict[str, Any] = field(default_factory=dict)


class Recorder:
    """One recording. `stop` ends it from any thread; `told` hears of its progress ten times a second."""

    def __init__(
        self,
        source: Source,
        stream: Stream,
        kept: Kept,
        limits: Limits,
        stop: threading.Event | None = None,
        told: Callable[[Progress], None] | None = None,
    ) -> None:
        self._source, self._stream, self._kept, self._limits = source, stream, kept, limits
        self._stop = stop or threading.Event()
        self._told = told
        self._line: Pump | None = None
        self._patience, self._heard = Deadline.after(limits.patience), True
        self._resumed = 0

    def run(self, opened: Transport | None = None) -> Outcome:
        """Record until the end. `opened` is the line, where the caller has opened it before the board began to speak.

        ProbeError or LockError where the port cannot be had, RecordError where nothing can be written: then nothing
        was recorded. Whatever happens later is in the outcome, and what was received before is in the files.
        """
        source = self._source
        with ExitStack() as stack:
            stack.callback(self._hang_up)
            self._line = Pump(opened or source.open())
            self._stream.begin(self._line)
            kept = self._kept.shaped(self._stream.shape)
            self._gauge = Gauge(kept.shape, self._told)
            said = self._stream.said
            board = source.board or str(said.get("board", ""))
            origin = Origin(source.port, source.baud, source.usb, board, self._stream.mode, said)
            self._keeper = Keeper(kept, Run(origin, _now(), kept.lines + 1))
            stack.callback(self._keeper.close)
            return self._settle(self._collect())

    def _collect(self) -> Ending:
        while True:
            ending = self._due() or (self._receive(self._line) if self._line else self._look())
            if ending is not None:
                return ending

    def _due(self) -> Ending | None:
        """The end, where it is time for one."""
        limits = self._limits
        if limits.signals and self._keeper.lines >= limits.signals:
            return Ending(COMPLETE)
        if self._stop.is_set():
            return Ending(STOPPED)
        return Ending(TIME) if limits.seconds and self._gauge.seconds >= limits.seconds else None

    def _receive(self, line: Pump) -> Ending | None:
        """Take what has arrived and keep it."""
        pieces, lines = [], []
        try:
            pieces = line.take(_SLICE)
            for at, data in pieces:
                lines += self._stream.feed(at, data)
            self._stream.silent(self._gauge.silence)
        except LinkError as error:
            self._hang_up()
            if self._heard or lines:  # what comes back and says nothing new is not waited for again and again
                self._patience, self._heard = Deadline.after(self._limits.patience), False
            return self._keep(lines + self._stream.broken()) or self._away(error)
        self._heard = self._heard or bool(lines)
        if pieces:
            self._gauge.saw(sum(len(data) for _, data in pieces), lines)
        ending = self._keep(lines)
        self._tell()
        if ending is None and self._stream.hopeless:
            ending = Ending(HOPELESS, self._stream.hopeless)
        return ending

    def _look(self) -> Ending | None:
        """Look for the port that went away, and go on where it is back."""
        self._stop.wait(min(_LOOK_AGAIN, self._patience.left()))
        try:
            self._line = Pump(self._source.open())
            self._stream.begin(self._line)
        except BitloopError as error:
            self._hang_up()
            return self._away(error)
        self._resumed += 1
        self._gauge.saw(0, [])
        return None

    def _away(self, error: BitloopError) -> Ending | None:
        """The port is not there: wait for it, but not for ever."""
        if self._patience.passed:
            away = f"{self._source.port} went away and was not back within {self._limits.patience:g} s ({error})"
            return Ending(UNPLUGGED, f"{away}; what came until then is in {self._kept.path}")
        self._tell(str(error))
        return None

    def _keep(self, lines: Sequence[Line]) -> Ending | None:
        """Write lines down, but none beyond the last signal that is wanted."""
        if wanted := self._limits.signals:
            counts = accumulate(not line.reason for line in lines)
            left = wanted - self._keeper.lines
            lines = [line for line, count in zip(lines, counts, strict=True) if count - (not line.reason) < left]
        try:
            self._keeper.keep(lines)
        except RecordError as error:
            return Ending(FULL, str(error))
        return None

    def _settle(self, ending: Ending) -> Outcome:
        """Put everything in order: what the stream still has, the disk, the note."""
        if ending.end != FULL:
            ending = self._keep(self._stream.finish(self._line)) or ending
        if ending.end == TIME:
            ending = self._in_time()
        account = self._stream.account(self._keeper.width)
        record, trouble = self._keeper.finish(ended=_now(), end=ending.end, resumed=self._resumed, **asdict(account))
        return Outcome(ending.end, "; ".join(text for text in (ending.reason, trouble) if text), record)

    def _in_time(self) -> Ending:
        """What it means that the time is over."""
        lines, limits = self._keeper.lines, self._limits
        if not lines:
            silent = f"no signal came from {self._source.port} within {limits.seconds:g} s"
            return Ending(TIME, f"{silent}; check the cable, and its speed with --baud")
        if lines < limits.signals:
            return Ending(TIME, f"only {lines} of {limits.signals} signals came within {limits.seconds:g} s")
        return Ending(COMPLETE)

    def _tell(self, away: str = "") -> None:
        keeper = self._keeper
        self._gauge.tell(keeper.lines, keeper.rejected, self._stream.lost, self._resumed, away)

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
