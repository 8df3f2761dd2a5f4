"""The board's end of the link in Python, on a line whose faults are made to order: no clock, no process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from bitloop_hil.link import packets as p
from bitloop_hil.link.frame import Decoder, Frame, LinkStats, encode

LIBRARY, BUILD = "0123456789abcdef01234567", "fedcba9876543210"
Deliver = Callable[[int, bytes], list[bytes]]
"""What arrives at the host when the board sends its n-th line."""


@dataclass
class FakeLine:
    """A `Transport`. `deliver` decides what becomes of each reply; `lose` names the requests that never arrive."""

    deliver: Deliver = lambda number, line: [line]
    lose: frozenset[int] = frozenset()
    learned: list[bytes] = field(default_factory=list)
    heard: list[Frame] = field(default_factory=list)
    buffer: bytes = b""
    kind: int = 0
    values: int = 2
    _sent: int = 0
    _arriving: bytes = b""
    _last: tuple[int, int] | None = None
    _reply: bytes = b""
    closed: int = 0

    def read(self, timeout: float) -> bytes:
        data, self._arriving = self._arriving, b""
        return data

    def write(self, data: bytes) -> None:
        for frame in Decoder(LinkStats()).feed(data):
            self.heard.append(frame)
            if len(self.heard) - 1 in self.lose:
                continue
            if (frame.type, frame.sequence) != self._last or frame.type == p.HELLO.type:
                self._last = (frame.type, frame.sequence)
                self._reply = self.act(frame)
            self.send(self._reply)

    def close(self) -> None:
        self.closed += 1

    def send(self, line: bytes) -> None:
        """Put a line on its way to the host."""
        self._arriving += b"".join(self.deliver(self._sent, line))
        self._sent += 1

    def act(self, frame: Frame) -> bytes:
        """The reply to a request that is not a repetition."""
        if frame.type == p.HELLO.type:
            return self.answer(frame, p.GREETING.build(**self.greeting()))
        if frame.type == p.DATA.type:
            fields = p.DATA.parse(frame.payload)
            self.buffer = self.buffer[: fields["offset"]] + fields["tail"]
            return self.answer(frame, p.DATA_REPLY.build(filled=len(self.buffer)))
        if frame.type == p.LEARN.type:
            self.learned.append(self.buffer)
        if frame.type == p.DETECT.type:
            outputs = np.float32([0.5]).tobytes()
            return self.answer(frame, p.DETECT_REPLY.build(outputs, status=0, label=97, ticks=1234))
        if frame.type == p.SAVE.type:
            return self.answer(frame, p.SAVE_REPLY.build(status=0, size=len(self.buffer)))
        if frame.type == p.READ.type:
            fields = p.READ.parse(frame.payload)
            part = self.buffer[fields["offset"] : fields["offset"] + fields["size"]]
            return self.answer(frame, p.READ_REPLY.build(part, offset=fields["offset"]))
        if frame.type == p.TRACE.type:
            return self.trace(frame)
        if frame.type == p.ECHO.type:
            return self.answer(frame, frame.payload)
        return self.answer(frame, p.LEARN_REPLY.build(status=len(self.learned), label=0, ticks=10))

    def trace(self, frame: Frame) -> bytes:
        """Four floats after step 0, two at a time, and the reply that counts them."""
        for at in range(0, 4, 2):
            tail = np.arange(at, at + 2, dtype="<f4").tobytes()
            self.send(encode(Frame(p.VALUES.type, frame.sequence, p.VALUES.build(tail, step=0, offset=at, total=4))))
        return self.answer(frame, p.TRACE_REPLY.build(values=4))

    def greeting(self) -> dict[str, object]:
        """Fields of GREETING: a signal is 2 axes x 8 samples."""
        return {
            "protocol": p.PROTOCOL,
            "persona": 3,
            "kind": self.kind,
            "flags": 7,
            "axes": 2,
            "samples": 8,
            "outputs": 1,
            "max_payload": 36,
            "buffer_bytes": 64,
            "knowledge_bytes": 64,
            "clock_hz": 80_000_000,
            "tick_source": 1,
            "library": bytes.fromhex(LIBRARY),
            "build": bytes.fromhex(BUILD),
            "firmware": "inference",
            "core": "cortex-m4f",
            "board": "fake",
        }

    @staticmethod
    def answer(frame: Frame, payload: bytes) -> bytes:
        """A reply on the line."""
        return encode(Frame(frame.type + p.REPLY, frame.sequence, payload))
