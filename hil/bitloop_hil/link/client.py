"""The host's end of the link: one request at a time, repeated until its reply arrives or the deadline passes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BootError, LinkError
from bitloop_hil.closing import Closing
from bitloop_hil.link import packets as p
from bitloop_hil.link.frame import Decoder, Frame, LinkStats, encode
from bitloop_hil.link.greeting import Greeting, read, refuse_other
from bitloop_hil.link.patience import Patience
from bitloop_hil.link.samples import SensorInfo, read_sensor
from bitloop_hil.link.stream import Flow, Parts, pour, receive
from bitloop_hil.link.transport import Deadline, Transport

_SLICE = 0.05  # seconds of one read; short enough that deadlines are kept
_CAUTIOUS_PAYLOAD = 64  # before the greeting has said what the board takes

Floats = NDArray[np.float32]
Wrap = Callable[[Transport], Transport]
"""Puts something between a link and what carries it: faults, a capture."""
Describe = Callable[[int], str]
"""An address of the image in words (`neai.c:120 in bl_rfft`), for reports of faults."""

Notes = Callable[[], str]
"""What the bench has seen of a board in trouble, in words; empty if nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """Answer of one library call. `ticks` are those of the call alone, in the unit of the board.

    Per kind: anomaly has label = similarity and outputs = [ratio]; outlier label = is_outlier, outputs = [ratio];
    classes label = id as the persona gives it, outputs = probabilities; extrapolation label = 0, outputs = [value].
    Learning, init and restore have no outputs. Label and outputs mean nothing where the status is an error.
    """

    status: int
    outputs: Floats
    label: int
    ticks: int


class Link(Closing):
    """Requests to the firmware of a board. Greet first; close it, or use it as a context manager."""

    def __init__(
        self,
        transport: Transport,
        *,
        patience: Patience | None = None,
        describe: Describe | None = None,
        notes: Notes | None = None,
        sequence: int | None = None,
    ) -> None:
        """`sequence` is the number before that of the first request; drawn by chance unless given."""
        self.stats = LinkStats()
        self.log: list[str] = []
        self.greeting: Greeting | None = None
        self.patience = patience or Patience()
        self._transport = transport
        self._describe, self._notes = describe, notes
        self._decoder = Decoder(self.stats)
        self._frames: list[Frame] = []
        self._sequence = int.from_bytes(os.urandom(2), "little") if sequence is None else sequence

    def through(self, wrap: Wrap) -> Self:
        """Put something between the link and what carries it; before the first request. Returns the link."""
        self._transport = wrap(self._transport)
        return self

    def greet(self, library_id: str | None = None, build: str | None = None) -> Greeting:
        """Wait until the firmware greets, and refuse it (BootError) if it is not that library or not that build."""
        hello, deadline = self._next(p.HELLO), Deadline.after(self.patience.boot)
        frame, first = None, True
        while frame is None:
            if deadline.passed:
                raise BootError(
                    f"the firmware did not greet within {self.patience.boot:g} s{self._said()};"
                    " check that the image was flashed and the port is the board's"
                )
            if not first:
                self.stats.retries += 1
            first = False
            self._send(hello)
            frame = self._await(hello, min(self.patience.hello, deadline.left()), [])
        greeting = read(self._reply(p.HELLO, frame))
        refuse_other(greeting, library_id, build)
        self.greeting = greeting
        return greeting

    def init(self, pretrained: bool = False) -> Reply:
        """Call the library's init; what was learned is gone."""
        return self._call(p.INIT, p.INIT.build(pretrained=int(pretrained)))

    def learn(self, signal: Floats) -> Reply:
        """Learn one signal: float32, axes interleaved, axes * samples values."""
        self._load(signal)
        return self._call(p.LEARN)

    def detect(self, signal: Floats) -> Reply:
        """Detect, classify or extrapolate one signal."""
        self._load(signal)
        return self._call(p.DETECT)

    def knowledge(self) -> bytes:
        """What `neai_knowledge_save` writes: the learned state with its header and CRC-32."""
        saved = self._request(p.SAVE)
        if saved["status"] != 0:
            raise LinkError(f"the library refused to save its knowledge (status {saved['status']}); call init first")
        return self._read(saved["size"])

    def restore(self, knowledge: bytes) -> Reply:
        """Call `neai_knowledge_restore`; the status says whether the library took it."""
        self._write(knowledge)
        return self._call(p.RESTORE)

    def trace(self, signal: Floats, learn: bool) -> dict[int, Floats]:
        """What stands in the buffer after each step (by its index) of learning or detecting a signal.

        Only images built with trace can. A learning trace changes the state; its lost frames cannot be asked for
        again, so a gap is a LinkError.
        """
        if self.greeting is not None and not self.greeting.traces:
            raise LinkError("this image does not trace; build it with trace=True")
        self._load(signal)
        parts: list[Frame] = []
        total = self._request(p.TRACE, p.TRACE.build(learn=int(learn)), parts, self.patience.call)["values"]
        steps = _steps(parts)
        arrived = sum(len(values) for values in steps.values())
        if arrived != total:
            raise LinkError(f"{arrived} of {total} traced values arrived; trace again after a new init")
        return steps

    def echo(self, data: bytes) -> bytes:
        """The same bytes, by way of the board."""
        return bytes(self._request(p.ECHO, p.ECHO.build(data))["tail"])

    def counts(self) -> dict[str, int]:
        """What went wrong on the line as the board saw it."""
        return self._request(p.COUNTS)

    def stream(self, frames: int, size: int | None = None, interval: int = 0) -> Flow:
        """Frames of `size` bytes of noise (as many as fit) from the board, back to back or every `interval` ticks."""
        return receive(self._request, self._chunk(p.STREAMED), frames, size, interval)

    def pour(self, frames: int, size: int | None = None) -> Flow:
        """Frames of `size` bytes of noise (as many as fit) to the board, back to back, and what arrived there."""
        return pour(
            self._request, lambda data: self._send(self._next(p.POUR, data)), self._chunk(p.POUR), frames, size
        )

    def sensor(self) -> SensorInfo:
        """What the datalogger records, and what its raw values mean."""
        return read_sensor(self._request(p.SENSOR))

    def record(self, samples: int, blocks: Parts) -> dict[str, int]:
        """Samples of a datalogger: every BLOCK goes to `blocks` as it comes; returns the fields of RECORD_REPLY.

        Asking again would end the recording, so it waits as long as it ever does.
        """
        return self._request(p.RECORD, p.RECORD.build(samples=samples), blocks, self.patience.longest)

    def close(self) -> None:
        """Let go of the transport; safe to call twice."""
        self._transport.close()

    def _load(self, signal: Floats) -> None:
        data = np.ascontiguousarray(signal, dtype="<f4").reshape(-1)
        greeting = self.greeting
        if greeting is not None and data.size != greeting.axes * greeting.samples:
            raise LinkError(
                f"the library takes {greeting.axes * greeting.samples} values per signal"
                f" ({greeting.axes} axes x {greeting.samples} samples), not {data.size}"
            )
        self._write(data.tobytes())

    def _write(self, data: bytes) -> None:
        chunk = self._chunk(p.DATA)
        for offset in range(0, max(1, len(data)), chunk):
            part = data[offset : offset + chunk]
            filled = self._request(p.DATA, p.DATA.build(part, offset=offset))["filled"]
            if filled != offset + len(part):
                raise LinkError(f"the board has {filled} bytes of {offset + len(part)} sent; it restarted in between")

    def _read(self, size: int) -> bytes:
        chunk, data = self._chunk(p.READ_REPLY), b""
        while len(data) < size:
            wanted = p.READ.build(offset=len(data), size=min(chunk, size - len(data)))
            part = bytes(self._request(p.READ, wanted)["tail"])
            if not part:
                raise LinkError(f"the board sent {len(data)} bytes of {size} and then nothing")
            data += part
        return data

    def _chunk(self, packet: p.Packet) -> int:
        payload = self.greeting.max_payload if self.greeting else _CAUTIOUS_PAYLOAD
        return payload - int(packet.layout.sizeof())

    def _call(self, packet: p.Packet, payload: bytes = b"") -> Reply:
        answer = self._request(packet, payload, patience=self.patience.call)
        outputs = np.frombuffer(answer.get("tail", b""), dtype="<f4").astype(np.float32)
        return Reply(answer["status"], outputs, answer["label"], answer["ticks"])

    def _request(
        self,
        packet: p.Packet,
        payload: bytes = b"",
        parts: Parts | None = None,
        patience: float | None = None,
    ) -> dict[str, Any]:
        request, waits = self._next(packet, payload), self.patience.waits(patience or self.patience.request)
        collected: Parts = [] if parts is None else parts
        for attempt, wait in enumerate(waits):
            self.stats.retries += attempt > 0
            self._send(request)
            frame = self._await(request, wait, collected)
            if frame is not None:
                return self._reply(packet, frame)
        raise LinkError(
            f"no reply to {packet.name} within {sum(waits):g} s and {len(waits)} attempts{self._said()};"
            " reset the board, and check the cable and the speed of the line if this goes on"
        )

    def _next(self, packet: p.Packet, payload: bytes = b"") -> Frame:
        self._sequence = (self._sequence + 1) & 0xFFFF
        return Frame(packet.type, self._sequence, payload)

    def _send(self, frame: Frame) -> None:
        data = encode(frame)
        self.stats.frames_sent += 1
        self.stats.bytes_sent += len(data)
        self._transport.write(data)

    def _await(self, request: Frame, wait: float, parts: Parts) -> Frame | None:
        """The reply to a request, or None where neither it nor a part of it came for `wait` seconds."""
        deadline = Deadline.after(wait)
        while (frame := next(self._arriving(deadline), None)) is not None:
            if frame.type == p.FAULT.type:
                raise self._fault(frame)
            if frame.type == p.LOG.type:
                self.log.append(frame.payload.decode("utf-8", "replace"))
            elif frame.sequence != request.sequence:
                self.stats.duplicates += 1
            elif frame.type in (p.VALUES.type, p.STREAMED.type, p.BLOCK.type):
                parts.append(frame)
                deadline = Deadline.after(wait)
            elif frame.type in (request.type + p.REPLY, p.ERROR.type):
                return frame
            else:
                self.stats.duplicates += 1
        return None

    def _arriving(self, deadline: Deadline) -> Iterator[Frame]:
        while True:
            while self._frames:
                yield self._frames.pop(0)
            if deadline.passed:
                return
            self._frames += self._decoder.feed(self._transport.read(min(_SLICE, deadline.left())))

    def _reply(self, request: p.Packet, frame: Frame) -> dict[str, Any]:
        if frame.type != p.ERROR.type:
            return p.reply_to(request).parse(frame.payload)
        error = p.ERROR.parse(frame.payload)
        _, text = p.ERRORS.get(error["code"], ("", f"answered with the unknown error {error['code']}"))
        raise LinkError(f"the board {text} ({request.name}, detail {error['detail']})")

    def _fault(self, frame: Frame) -> BootError | LinkError:
        fault = p.FAULT.parse(frame.payload)
        where = f" ({self._describe(fault['pc'])})" if self._describe else ""
        text = (
            f"the core took exception {fault['exception']} at pc 0x{fault['pc']:08x}{where}, lr 0x{fault['lr']:08x},"
            f" CFSR 0x{fault['cfsr']:08x}, HFSR 0x{fault['hfsr']:08x}, address 0x{fault['address']:08x}"
        )
        text += self._said()
        return LinkError(text) if self.greeting else BootError(text)

    def _said(self) -> str:
        """What the board said last and what the bench has seen, in brackets; empty if neither has anything to say."""
        said = [f"the board's last words: {self.log[-1]}"] if self.log else []
        if seen := self._notes() if self._notes else "":
            said.append(f"the bench saw: {seen}")
        return f" ({'; '.join(said)})" if said else ""


def _steps(parts: list[Frame]) -> dict[int, Floats]:
    """Traced values by step; frames that a repeated request brought twice count once."""
    found: dict[int, dict[int, Floats]] = {}
    for part in parts:
        fields = p.VALUES.parse(part.payload)
        values = np.frombuffer(fields["tail"], dtype="<f4").astype(np.float32)
        found.setdefault(fields["step"], {})[fields["offset"]] = values
    return {step: np.concatenate([chunks[at] for at in sorted(chunks)]) for step, chunks in found.items()}
