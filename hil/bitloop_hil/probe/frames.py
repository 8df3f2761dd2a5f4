"""Frames between pyOCD's plugin and the debug port of a virtual board: length, operation or status, payload.

All numbers are little-endian. A client asks and waits for the answer; the first question is HELLO with the name of
the protocol, and its answer a JSON object that names board and core.
"""

from __future__ import annotations

import struct
from enum import IntEnum

HEADER = struct.Struct("<IB")  # bytes of the payload, operation or status
LARGEST = 1 << 20
PROTOCOL = b"bitloop debug port 1"


class Operation(IntEnum):
    """What a client asks. Addresses are u8 (DP) or u32 (AP, with the access port's number on top), words are u32."""

    HELLO = 0
    READ_DP = 1
    WRITE_DP = 2
    READ_AP = 3
    WRITE_AP = 4
    READ_AP_MANY = 5  # address, count
    WRITE_AP_MANY = 6  # address, words
    RESET = 7  # pulses nRST
    HOLD_RESET = 8  # u8: pull nRST low, or let go
    IS_HELD = 9


class Status(IntEnum):
    """How it went."""

    OK = 0
    FAULT = 1  # the debug port answered FAULT: a sticky error stands
    REFUSED = 2  # the question made no sense; the payload says why


def pack(kind: int, payload: bytes = b"") -> bytes:
    """One frame."""
    return HEADER.pack(len(payload), kind) + payload


class Reader:
    """Puts frames together from bytes that arrive in any pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The frames that are complete now, as (kind, payload); ConnectionError if one is longer than any may be."""
        self._rest += data
        frames = []
        while len(self._rest) >= HEADER.size:
            length, kind = HEADER.unpack_from(self._rest)
            if length > LARGEST:
                raise ConnectionError(f"a frame of {length} bytes is longer than any of this protocol")
            end = HEADER.size + length
            if len(self._rest) < end:
                break
            frames.append((kind, self._rest[HEADER.size : end]))
            self._rest = self._rest[end:]
        return frames
