"""bitloop's datalogger behind the link: raw samples with their numbers and the board's times."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bitloop.errors import BootError, LinkError
from bitloop.recording.lines import SOME, Line, Shape
from bitloop.recording.pace import Pace, Regression
from bitloop_hil.link import packets as p
from bitloop_hil.link.client import Link
from bitloop_hil.link.frame import Decoder, Frame, LinkStats, encode
from bitloop_hil.link.greeting import Greeting
from bitloop_hil.link.patience import Patience
from bitloop_hil.link.samples import SensorInfo, read_block
from bitloop_hil.link.transport import Deadline
from bitloop_hil.recording.pump import Pump
from bitloop_hil.recording.signals import Signals
from bitloop_hil.recording.stream import Account

_BY_TICKS = "the board's clock, when it noticed the samples"
_BY_ARRIVAL = "this computer's clock, when the blocks arrived; Theil-Sen regression"
_SILENCE = 15.0  # seconds; a block comes every quarter of a second, but a virtual board may be slower than time
_LAST_WORDS = 2.0  # seconds for the reply to the byte that ends a recording

_AGAIN = Patience(boot=2.0)  # where a board comes back, somebody waits and asks again


class BinaryStream:
    """The link as a `Stream`."""

    mode = "binary"
    hopeless = ""

    def __init__(self) -> None:
        self.said: Mapping[str, Any] = {}
        self.shape = Shape()
        self.stats = LinkStats()
        self._described: tuple[SensorInfo, int] | None = None
        self._sequence = -1
        self._signals: list[Signals] = []
        self._fragments = 0
        self._trouble = ""
        self._ended: dict[str, int] | None = None
        self._pace = Regression()
        self._clocks = [Pace()]

    @property
    def lost(self) -> int:
        """Samples that were sent and did not arrive."""
        return sum(each.lost for each in self._signals)

    def begin(self, line: Pump) -> None:
        """Greet, ask for the sensor, and let it send. BootError where the board is no datalogger, or another one."""
        link = Link(line, patience=_AGAIN if self._signals else None)
        greeting = link.greet()
        if greeting.kind != "datalogger":
            raise BootError(f"the board runs {greeting.firmware}, no datalogger; flash one with `bitloop datalogger`")
        sensor = link.sensor()
        described = sensor, greeting.clock_hz
        if self._described is not None and described != self._described:
            raise BootError(f"another datalogger came back, {_words(sensor)} instead of {_words(self._described[0])}")
        before = self._signals[-1].number if self._signals else 0
        self._signals.append(Signals(sensor, before, SOME if self._signals else 0))
        self._described = described
        self.said, self.shape = _said(greeting, sensor), Shape(len(sensor.axes), sensor.samples or 1)
        self._decoder, self._trouble, self._ended = Decoder(self.stats), "", None
        self._pace.begin()
        self._clocks.append(Pace())
        self._sequence = int.from_bytes(os.urandom(2), "little")
        line.write(encode(Frame(p.RECORD.type, self._sequence, p.RECORD.build(samples=0))))

    def feed(self, at: float, data: bytes) -> list[Line]:
        """The lines of the blocks that arrived. LinkError once the board has stopped by itself."""
        self.silent(0.0)
        lines: list[Line] = []
        for frame in self._decoder.feed(data):
            try:
                lines += self._frame(at, frame)
            except LinkError as error:  # what came before it counts
                self._trouble = str(error)
        return lines

    def silent(self, seconds: float) -> None:
        """LinkError where the board has stopped, or should have said something."""
        if seconds > _SILENCE:
            self._trouble = f"the board said nothing for {_SILENCE:g} s"
        if self._trouble:
            raise LinkError(self._trouble)

    def broken(self) -> list[Line]:
        """The line went away: what there was of a signal."""
        return self._signals[-1].broken("the port went away after these") if self._signals else []

    def finish(self, line: Pump | None) -> list[Line]:
        """Tell the board to stop, and take what it had sent until then."""
        lines: list[Line] = []
        if line is not None:
            try:
                line.write(b"\0")
                deadline = Deadline.after(_LAST_WORDS)
                while self._ended is None and not deadline.passed:
                    for at, data in line.take(deadline.left()):
                        lines += self.feed(at, data)
            except LinkError:  # it has gone just now, and what it had said is here
                pass
        if self._ended is not None:
            self._signals[-1].ended(self._ended["samples"])
        self._fragments += self._signals[-1].finish()
        return lines

    def account(self, width: int) -> Account:
        """Rates by the board's clock, and that clock by this computer's."""
        overruns = sum(each.overruns for each in self._signals)
        late = 1 / self._described[0].rate if self._described is not None else 0.0  # up to one sample
        rate = self._pace.rate(late)
        paces = [pace for each in self._clocks if (pace := each.rate()) is not None]
        clock = max(paces, key=lambda pace: pace.seconds, default=None)
        return Account(
            self._fragments,
            self.lost,
            overruns,
            sample_rate={**asdict(rate), "by": _BY_TICKS} if rate is not None else None,
            clock={**asdict(clock), "by": _BY_ARRIVAL} if clock is not None else None,
        )

    def _frame(self, at: float, frame: Frame) -> list[Line]:
        if frame.type == p.FAULT.type:
            raise LinkError(f"the core took a fault at pc 0x{p.FAULT.parse(frame.payload)['pc']:08x}")
        if frame.sequence != self._sequence:
            return []
        if frame.type == p.BLOCK.type:
            return self._block(at, frame.payload)
        if frame.type == p.ERROR.type:
            error = p.ERROR.parse(frame.payload)
            _, text = p.ERRORS.get(error["code"], ("", f"answered with the unknown error {error['code']}"))
            raise LinkError(f"the board {text}")
        if frame.type == p.RECORD_REPLY.type:
            self._ended = p.RECORD_REPLY.parse(frame.payload)
            raise LinkError("the board ended the recording by itself")
        return []

    def _block(self, at: float, payload: bytes) -> list[Line]:
        if self._described is None:
            return []
        sensor, clock_hz = self._described
        block, signals = read_block(payload, sensor), self._signals[-1]
        if block.index < signals.next:
            return []
        seconds = block.last / clock_hz
        self._clocks[-1].add(seconds, at)
        if block.run != signals.run:
            self._pace.begin()
        if len(block.raw):
            self._pace.add(block.index, block.first / clock_hz)
        if len(block.raw) > 1:
            self._pace.add(block.index + len(block.raw) - 1, seconds)
        return signals.take(block)


def _said(greeting: Greeting, sensor: SensorInfo) -> dict[str, Any]:
    """What the note has of a board and its sensor; `rate` is nominal, in hertz."""
    fields = ("sensor", "quantity", "unit", "letters", "rate", "range", "samples")
    board = {"board": greeting.board, "core": greeting.core, "build": greeting.build, "clock_hz": greeting.clock_hz}
    return {**{field: getattr(sensor, field) for field in fields}, **board}


def _words(sensor: SensorInfo) -> str:
    range_ = f" +-{sensor.range} {sensor.unit}" if sensor.range else ""
    return f"{sensor.sensor} {sensor.letters} {sensor.rate:g} Hz{range_}"
