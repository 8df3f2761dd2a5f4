"""Frames: header, payload and CRC-32, COBS-encoded between two zero bytes. The decoder finds them in any noise."""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass

from cobs import cobs

from bitloop_hil.link.packets import CHECK_BYTES, HEADER, OVERHEAD, PROTOCOL

MAX_PAYLOAD = 0xFFFF
_LONGEST = cobs.max_encoded_length(OVERHEAD + MAX_PAYLOAD)


@dataclass(frozen=True, slots=True)
class Frame:
    """What travels: a packet's type, the request's sequence number, the payload."""

    type: int
    sequence: int
    payload: bytes = b""


@dataclass(slots=True)
class LinkStats:
    """What went wrong on the line and was mended. `crc_errors`: frames with a wrong CRC-32. `resyncs`: other damage
    between two zero bytes. `duplicates`: replies nobody waited for any more. `retries`: requests sent again."""

    crc_errors: int = 0
    resyncs: int = 0
    duplicates: int = 0
    retries: int = 0
    frames_sent: int = 0
    frames_received: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0

    @property
    def clean(self) -> bool:
        """Nothing went wrong."""
        return not (self.crc_errors or self.resyncs or self.duplicates or self.retries)

    def to_json(self) -> dict[str, int]:
        """Plain data."""
        return asdict(self)


def encode(frame: Frame) -> bytes:
    """Bytes on the line. The zero in front ends whatever garbage came before."""
    if len(frame.payload) > MAX_PAYLOAD:
        raise ValueError(f"a payload of {len(frame.payload)} bytes does not fit into a frame")
    header = HEADER.build(
        {"version": PROTOCOL, "type": frame.type, "sequence": frame.sequence, "length": len(frame.payload)}
    )
    body = header + frame.payload
    return b"\0" + bytes(cobs.encode(body + zlib.crc32(body).to_bytes(CHECK_BYTES, "little"))) + b"\0"


class Decoder:
    """Bytes in, frames out; damage is counted and skipped up to the next zero byte."""

    def __init__(self, stats: LinkStats) -> None:
        self._stats = stats
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Every whole frame the bytes complete."""
        self._stats.bytes_received += len(data)
        *whole, rest = (bytes(self._waiting) + data).split(b"\0") if b"\0" in data else (self._waiting + data,)
        self._waiting = bytearray(rest)
        if len(self._waiting) > _LONGEST:
            # No frame is that long. One byte stays, so that what follows is still known to be the end of garbage.
            self._stats.resyncs += 1
            self._waiting = self._waiting[:1]
        frames = [self._frame(chunk) for chunk in whole if chunk]
        return [frame for frame in frames if frame is not None]

    def _frame(self, chunk: bytes) -> Frame | None:
        try:
            body = cobs.decode(chunk)
        except cobs.DecodeError:
            body = b""
        if len(body) < OVERHEAD:
            self._stats.resyncs += 1
            return None
        if zlib.crc32(body[:-CHECK_BYTES]).to_bytes(CHECK_BYTES, "little") != body[-CHECK_BYTES:]:
            self._stats.crc_errors += 1
            return None
        header = HEADER.parse(body)
        payload = body[HEADER.sizeof() : -CHECK_BYTES]
        if header.version != PROTOCOL or header.length != len(payload):
            self._stats.resyncs += 1
            return None
        self._stats.frames_received += 1
        return Frame(header.type, header.sequence, payload)
