"""Frames: header, payload and CRC-32, COBS-encoded between two zero bytes. The decoder finds them in any noise."""

from __future__ import annotations

import struct
import zlib
from dataclasses import asdict, dataclass
from typing import NamedTuple

from cobs import cobs

from bitloop_hil.link.packets import CHECK_BYTES, OVERHEAD, PROTOCOL

MAX_PAYLOAD = 0xFFFF
_LONGEST = cobs.max_encoded_length(OVERHEAD + MAX_PAYLOAD)
_HEADER = struct.Struct("<BBHH")  # HEADER of packets.py; construct takes longer to read it than all the rest together
_RESIDUE = 0x2144DF1C
"""CRC-32 over anything followed by its own CRC-32, so that the check needs no copy of what it covers."""


class Frame(NamedTuple):
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
    body = _HEADER.pack(PROTOCOL, frame.type, frame.sequence, len(frame.payload)) + frame.payload
    return b"\0" + bytes(cobs.encode(body + zlib.crc32(body).to_bytes(CHECK_BYTES, "little"))) + b"\0"


class Decoder:
    """Bytes in, frames out; damage is counted and skipped up to the next zero byte."""

    def __init__(self, stats: LinkStats) -> None:
        self._stats = stats
        self._waiting = b""

    def feed(self, data: bytes) -> list[Frame]:
        """Every whole frame the bytes complete."""
        self._stats.bytes_received += len(data)
        *whole, rest = (self._waiting + data).split(b"\0") if b"\0" in data else (self._waiting + data,)
        self._waiting = rest
        if len(rest) > _LONGEST:
            # No frame is that long. One byte stays, so that what follows is still known to be the end of garbage.
            self._stats.resyncs += 1
            self._waiting = rest[:1]
        return [frame for chunk in whole if chunk and (frame := self._frame(chunk)) is not None]

    def _frame(self, chunk: bytes) -> Frame | None:
        stats = self._stats
        try:
            body = cobs.decode(chunk)
        except cobs.DecodeError:
            body = b""
        size = len(body)
        if size < OVERHEAD:
            stats.resyncs += 1
            return None
        if zlib.crc32(body) != _RESIDUE:
            stats.crc_errors += 1
            return None
        version, kind, sequence, length = _HEADER.unpack_from(body)
        if version != PROTOCOL or length != size - OVERHEAD:
            stats.resyncs += 1
            return None
        stats.frames_received += 1
        return Frame(kind, sequence, body[_HEADER.size : -CHECK_BYTES])
