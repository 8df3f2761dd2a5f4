"""The debug port of a virtual board: DP and one AHB access port (Arm IHI 0031), spoken over a socket in frames.

It lives in the board's process and does no input or output of its own. Several clients may be connected; they share
the one debug port, as several programs behind one probe would.
"""

from __future__ import annotations

import struct
from typing import Any

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.debug_target import DebugTarget
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.probe.components import Components
from bitloop_hil.probe.run_control import RunControl
from bitloop_hil.probe.serving import PortFault, Session

LOST, FOUND = "probe-lost", "probe-found"
FAULTS = (LOST, FOUND)

_ABORT, _CTRL_STAT, _RDBUFF = 0x0, 0x4, 0xC
_STICKY, _POWER_WANTED, _POWER_THERE = 1 << 5, 0x50000000, 0xA0000000
_ABORT_CLEARS = 1 << 2  # STKERRCLR
_CSW, _TAR, _DRW, _BANKED, _CFG, _BASE, _IDR = 0x00, 0x04, 0x0C, 0x10, 0xF4, 0xF8, 0xFC
_CSW_KEPT, _DEVICE_ENABLED = 0xFF000F37, 1 << 6
_SINGLE_INCREMENT = 1 << 4
_PRIVATE = 0xE00  # upper bits of the core's private bus, whose registers have different owners


class DebugPort:
    """Of one core, made from what its machine offers. `board` and `family` say what it is on."""

    def __init__(self, target: DebugTarget, board: str = "", family: str = "") -> None:
        self._target, self._board = target, board
        self._components = Components.of(target.core, family)
        self._control = RunControl(target, self._components)
        self._power = self._sticky = self._read_buffer = 0
        self._csw = self._tar = 0
        self._left: int | None = None
        self._sessions = 0

    def session(self) -> Session:
        """A client has connected."""
        self._sessions += 1
        return Session(self)

    def inject(self, kind: str, arguments: dict[str, Any]) -> bool:
        """A fault on purpose; False if the kind is none of the probe's, ProbeError if its arguments are wrong.

        "probe-lost" {after: n}: the probe is unplugged after n more questions, for good. "probe-found": plugged in
        again.
        """
        if kind not in FAULTS:
            return False
        after = arguments.get("after", 0)
        if type(after) is not int or after < 0:
            raise ProbeError(f"the fault {LOST} comes after n questions, with n from 0, not {after!r}")
        self._left = after if kind == LOST else None
        return True

    def asked(self) -> None:
        """Count a question; ConnectionError once the probe is lost."""
        if self._left is not None:
            if self._left == 0:
                raise ConnectionError("the probe was unplugged")
            self._left -= 1

    def describe(self) -> dict[str, str]:
        """What answers HELLO."""
        return {"board": self._board, "core": self._target.core}

    def closed(self) -> None:
        """A client is gone."""
        self._sessions -= 1
        if not self._sessions:
            self._control.let_go()

    def reset(self) -> None:
        """Pulse nRST."""
        self._control.hold_reset(True)
        self._control.hold_reset(False)

    def hold_reset(self, held: bool) -> None:
        """Pull nRST low, or let go."""
        self._control.hold_reset(held)

    @property
    def held(self) -> bool:
        """Whether nRST is low."""
        return self._control.held

    def read_dp(self, address: int) -> int:
        """A register of the debug port; its bank, where one is asked for, in the upper half byte."""
        if address == _ABORT:
            return self._components.dpidr
        if address == _CTRL_STAT:
            return self._power | (self._power & _POWER_WANTED) << 1 | (_STICKY if self._sticky else 0)
        return self._read_buffer if address == _RDBUFF else 0

    def write_dp(self, address: int, value: int) -> None:
        """The same for writing."""
        if address == _ABORT and value & _ABORT_CLEARS:
            self._sticky = 0
        elif address == _CTRL_STAT:
            self._power = value & ~(_POWER_THERE | _STICKY)

    def read_ap(self, address: int) -> int:
        """A register of an access port, whose number is in the top byte; PortFault if it does not answer."""
        self._check()
        self._read_buffer = self._read_register(address)
        return self._read_buffer

    def write_ap(self, address: int, value: int) -> None:
        """The same for writing."""
        self._check()
        register = address & 0xFF
        if address >> 24:  # no such access port: nothing listens
            return
        if register == _CSW:
            self._csw = value & _CSW_KEPT
        elif register == _TAR:
            self._tar = value & 0xFFFFFFFF
        elif register == _DRW:
            self._transfer([value])
        elif _BANKED <= register < _BANKED + 0x10:
            self._store((self._tar & ~0xF) + register - _BANKED, value.to_bytes(4, "little"))

    def read_ap_many(self, address: int, count: int) -> list[int]:
        """A register `count` times; what DRW is for."""
        self._check()
        if address != _DRW:
            return [self._read_register(address) for _ in range(count)]
        return self._fetch(count)

    def write_ap_many(self, address: int, values: list[int]) -> None:
        """The same for writing."""
        if address != _DRW:
            for value in values:
                self.write_ap(address, value)
            return
        self._check()
        self._transfer(values)

    def _check(self) -> None:
        if self._sticky or self._power & _POWER_WANTED != _POWER_WANTED:
            raise PortFault

    def _read_register(self, address: int) -> int:
        register = address & 0xFF
        if address >> 24:
            return 0
        if register == _DRW:
            return self._fetch(1)[0]
        if _BANKED <= register < _BANKED + 0x10:
            return int.from_bytes(self._load((self._tar & ~0xF) + register - _BANKED, 4), "little")
        known = {_CSW: self._csw | _DEVICE_ENABLED, _TAR: self._tar}
        known |= {_CFG: 0, _BASE: self._components.base, _IDR: self._components.ap}
        return known.get(register, 0)

    def _pieces(self, count: int) -> list[tuple[int, int]]:
        """`count` accesses from TAR on as (address, accesses) that lie one behind the other; TAR moves along."""
        size, wrap = self._size, self._components.wrap
        if not self._csw & _SINGLE_INCREMENT or size != 4 or self._tar % 4:
            pieces = []
            for _ in range(count):
                pieces.append((self._tar, 1))
                self._advance(size if self._csw & _SINGLE_INCREMENT else 0)
            return pieces
        pieces = []
        while count:
            fit = min(count, (wrap - self._tar % wrap) // 4)
            pieces.append((self._tar, fit))
            self._advance(4 * fit)
            count -= fit
        return pieces

    def _advance(self, size: int) -> None:
        """The address counts up within its page: the upper bits stay."""
        wrap = self._components.wrap
        self._tar = self._tar & ~(wrap - 1) | (self._tar + size) % wrap

    @property
    def _size(self) -> int:
        return 1 << min(self._csw & 7, 2)

    def _fetch(self, count: int) -> list[int]:
        """Accesses of DRW: small ones come in the lane of their address."""
        size = self._size
        values: list[int] = []
        for address, accesses in self._pieces(count):
            data = self._load(address, size * accesses)
            if size == 4:
                values += struct.unpack(f"<{accesses}I", data)
            else:
                values.append(int.from_bytes(data, "little") << 8 * (address & 3))
        return values

    def _transfer(self, values: list[int]) -> None:
        size, at = self._size, 0
        for address, accesses in self._pieces(len(values)):
            if size == 4:
                data = struct.pack(f"<{accesses}I", *values[at : at + accesses])
            else:
                data = (values[at] >> 8 * (address & 3)).to_bytes(8, "little")[:size]
            self._store(address, data)
            at += accesses

    def _is_private(self, address: int) -> bool:
        """Whether neighbouring words may be those of different owners."""
        return address >> 20 == _PRIVATE or self._control.owns(address)

    def _load(self, address: int, size: int) -> bytes:
        if size > 4 and self._is_private(address):
            return b"".join(self._load(at, 4) for at in range(address, address + size, 4))
        if self._control.owns(address):
            return self._control.read(address & ~3).to_bytes(4, "little")[address & 3 :][:size]
        try:
            return self._target.read(address, size)
        except BusError as error:
            self._sticky = 1
            raise PortFault from error

    def _store(self, address: int, data: bytes) -> None:
        if len(data) > 4 and self._is_private(address):
            for at in range(0, len(data), 4):
                self._store(address + at, data[at : at + 4])
            return
        if self._control.owns(address):
            self._control.write(address & ~3, int.from_bytes(data, "little"))
            return
        try:
            self._target.write(address, data)
        except BusError as error:
            self._sticky = 1
            raise PortFault from error
