"""One client at the debug port of a virtual board: questions in frames, answered one after the other."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Protocol

from bitloop_hil.probe.frames import PROTOCOL, Operation, Reader, Status, pack

_LARGEST_READ = 1 << 16  # words


class PortFault(Exception):  # noqa: N818 - the debug port's answer is called FAULT
    """The access port could not do it; a sticky error stands until ABORT clears it."""


class Port(Protocol):
    """What a session needs of the debug port."""

    @property
    def held(self) -> bool: ...

    def asked(self) -> None: ...

    def closed(self) -> None: ...

    def describe(self) -> dict[str, str]: ...

    def read_dp(self, address: int) -> int: ...

    def write_dp(self, address: int, value: int) -> None: ...

    def read_ap(self, address: int) -> int: ...

    def write_ap(self, address: int, value: int) -> None: ...

    def read_ap_many(self, address: int, count: int) -> list[int]: ...

    def write_ap_many(self, address: int, values: list[int]) -> None: ...

    def reset(self) -> None: ...

    def hold_reset(self, held: bool) -> None: ...


class Session:
    """One client of a debug port."""

    def __init__(self, port: Port) -> None:
        self._port, self._reader = port, Reader()
        self._greeted = self._closed = False

    def receive(self, data: bytes) -> bytes:
        """Bytes from the client, and the answers to what is complete; ConnectionError hangs up."""
        return b"".join(self._answer(kind, payload) for kind, payload in self._reader.feed(data))

    def close(self) -> None:
        """The client is gone; safe to call twice."""
        if not self._closed:
            self._closed = True
            self._port.closed()

    def _answer(self, kind: int, payload: bytes) -> bytes:
        self._port.asked()
        if kind == Operation.HELLO and payload == PROTOCOL:
            self._greeted = True
            return pack(Status.OK, json.dumps(self._port.describe()).encode())
        if not self._greeted:
            raise ConnectionError("whoever connected does not speak this protocol")
        try:
            return pack(Status.OK, self._does(kind)(payload))
        except PortFault:
            return pack(Status.FAULT)
        except (KeyError, ValueError, IndexError, struct.error) as error:
            return pack(Status.REFUSED, f"operation {kind} of {len(payload)} bytes ({error})".encode())

    def _does(self, kind: int) -> Callable[[bytes], bytes]:
        return {
            Operation.READ_DP: lambda payload: _word(self._port.read_dp(payload[0])),
            Operation.WRITE_DP: self._write_dp,
            Operation.READ_AP: lambda payload: _word(self._port.read_ap(*struct.unpack("<I", payload))),
            Operation.WRITE_AP: self._write_ap,
            Operation.READ_AP_MANY: self._read_many,
            Operation.WRITE_AP_MANY: self._write_many,
            Operation.RESET: self._reset,
            Operation.HOLD_RESET: self._hold,
            Operation.IS_HELD: lambda payload: bytes([self._port.held]),
        }[Operation(kind)]

    def _write_dp(self, payload: bytes) -> bytes:
        self._port.write_dp(*struct.unpack("<BI", payload))
        return b""

    def _write_ap(self, payload: bytes) -> bytes:
        self._port.write_ap(*struct.unpack("<II", payload))
        return b""

    def _read_many(self, payload: bytes) -> bytes:
        address, count = struct.unpack("<II", payload)
        if count > _LARGEST_READ:
            raise ValueError(f"{count} words at once are too many")
        return struct.pack(f"<{count}I", *self._port.read_ap_many(address, count))

    def _write_many(self, payload: bytes) -> bytes:
        address, *values = struct.unpack(f"<{len(payload) // 4}I", payload)
        self._port.write_ap_many(address, values)
        return b""

    def _reset(self, payload: bytes) -> bytes:
        self._port.reset()
        return b""

    def _hold(self, payload: bytes) -> bytes:
        self._port.hold_reset(bool(payload[0]))
        return b""


def _word(value: int) -> bytes:
    return (value & 0xFFFFFFFF).to_bytes(4, "little")
