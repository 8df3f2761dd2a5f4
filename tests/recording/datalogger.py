"""bitloop's datalogger on a pseudo-terminal: the board's end of the link, whose blocks a test sends one by one."""

from __future__ import annotations

import os
import select
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitloop_hil.link import packets as p
from bitloop_hil.link.frame import Decoder, Frame, LinkStats, encode
from tests.recording.printer import Printer

CLOCK_HZ = 80_000_000


@dataclass(frozen=True, slots=True)
class Described:
    """What the datalogger says it is; two axes in steps of 1/1000."""

    samples: int = 4
    rate: float = 100.0
    sensor: str = "LSM6DSL"
    kind: int = p.KINDS.index("datalogger")


class Datalogger(Printer):
    """Answers requests in a thread until it is unplugged; `recording` is set while it is asked for samples."""

    def __init__(self, folder: Path, described: Described | None = None) -> None:
        self.described = described or Described()
        self.recording = threading.Event()
        self.stopped = threading.Event()
        self.index = self.run = self.overruns = 0
        self._sequence = 0
        super().__init__(folder)

    def plug_in(self) -> None:
        super().plug_in()
        self.recording.clear()
        self.stopped.clear()
        self._wake, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def unplug(self) -> None:
        if self._ends:
            os.write(self._waker, b"x")
            self._thread.join()
            os.close(self._wake)
            os.close(self._waker)
        super().unplug()

    def send(self, raw: NDArray[np.int16], seconds: tuple[float, float] = (0.0, 0.0), arrives: bool = True) -> None:
        """A block, whose first and last sample came at these times; a frame that gets lost does not arrive."""
        first, last = (round(at * CLOCK_HZ) for at in seconds)
        tail = raw.astype("<i2").tobytes()
        payload = p.BLOCK.build(tail, index=self.index, first=first, last=last, run=self.run, overruns=self.overruns)
        self.index += len(raw)
        if arrives:
            self.say(encode(Frame(p.BLOCK.type, self._sequence, payload)))

    def refuse(self, code: int) -> None:
        """The recording ends with an error."""
        self.say(encode(Frame(p.ERROR.type, self._sequence, p.ERROR.build(code=code, detail=p.RECORD.type))))

    def _serve(self) -> None:
        decoder = Decoder(LinkStats())
        while self._wake not in select.select([self._wake, self._ends[0]], [], [])[0]:
            data = os.read(self._ends[0], 1 << 16)
            if self.recording.is_set():  # any byte ends it
                self.recording.clear()
                ended = p.RECORD_REPLY.build(samples=self.index, overruns=self.overruns, ticks=0)
                self.say(encode(Frame(p.RECORD_REPLY.type, self._sequence, ended)))
                self.stopped.set()
            for frame in decoder.feed(data):
                self._answer(frame)

    def _answer(self, frame: Frame) -> None:
        if frame.type == p.HELLO.type:
            self._reply(frame, p.GREETING.build(**self._greeting()))
        elif frame.type == p.SENSOR.type:
            axis = p.AXIS.build({"offset": 0, "multiplier": 1, "divisor": 1000})
            self._reply(frame, p.SENSOR_REPLY.build(bytes(axis) * 2, **self._sensor()))
        elif frame.type == p.RECORD.type:
            self.index = self.run = self.overruns = 0
            self._sequence = frame.sequence
            self.recording.set()

    def _reply(self, frame: Frame, payload: bytes) -> None:
        self.say(encode(Frame(frame.type + p.REPLY, frame.sequence, payload)))

    def _sensor(self) -> dict[str, object]:
        told = self.described
        names = {"sensor": told.sensor, "quantity": "acceleration", "unit": "g", "letters": "xy"}
        sizes = {"samples": told.samples, "block": 40, "width": 2, "range": 4}
        return {**names, **sizes, "rate_millihertz": round(told.rate * 1000)}

    def _greeting(self) -> dict[str, object]:
        names = {"firmware": "datalogger", "core": "cortex-m4f", "board": "b-l475e-iot01a"}
        zeros = {
            "persona": 0,
            "flags": 0,
            "outputs": 0,
            "buffer_bytes": 0,
            "knowledge_bytes": 0,
            "library": bytes(12),
        }
        sizes = {"axes": 2, "samples": self.described.samples, "max_payload": 512, "build": bytes(8)}
        clock = {"clock_hz": CLOCK_HZ, "tick_source": 1}
        return {"protocol": p.PROTOCOL, "kind": self.described.kind, **names, **zeros, **sizes, **clock}
