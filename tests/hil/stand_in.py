"""A core for flash algorithms alone, behind a real debug port and a real flash controller, on a Unix socket.

It runs what a debugger puts into its RAM. There are no devices beside the flash, no exceptions and no code in the
flash: the debug port and pyOCD's algorithms can be tested without a whole machine.
"""

from __future__ import annotations

import select
import socket
import threading
from pathlib import Path
from types import TracebackType

import unicorn
import unicorn.arm_const as arm

from bitloop_hil.benches.virtual.clock import Clock
from bitloop_hil.benches.virtual.debug_target import CFBP, FPSCR, MSP, PSP, XPSR, Stop
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.flash import make_flash
from bitloop_hil.boards import BoardFile
from bitloop_hil.probe.debug_port import DebugPort

_RAM, _RAM_SIZE = 0x20000000, 0x8000
_SLICE = 20_000
_DEMCR, _AIRCR, _VC_CORERESET = 0xE000EDFC, 0xE000ED0C, 1
_SP, _XPSR_THUMB = arm.UC_ARM_REG_SP, 1 << 24
_IDENTITY = {
    "cortex-m0": {0xE000ED00: 0x410CC200, 0xE0001000: 0x20000000},
    "cortex-m0plus": {0xE000ED00: 0x410CC601, 0xE0001000: 0x20000000},
    "cortex-m3": {0xE000ED00: 0x411FC231, 0xE0001000: 0x40000000},
    "cortex-m4f": {0xE000ED00: 0x410FC241, 0xE0001000: 0x40000000, 0xE000EF40: 0x10110021},
    "cortex-m7": {0xE000ED00: 0x411FC271, 0xE0001000: 0x40000000, 0xE000EF40: 0x10110021},
    "cortex-m33": {0xE000ED00: 0x410FD214, 0xE0001000: 0x40000000, 0xE000EF40: 0x10110021},
}
_VOLTAGE_READY = {0x4602080C: 1 << 15}  # PWR_VOSR of the U5
_DEVICE_ID = {0xE0042000: {"nucleo-l432kc": 0x435}, 0x5C001000: {"nucleo-h743zi": 0x450}}


class StandIn:
    """A `DebugTarget`, and the `Services` of its flash."""

    def __init__(self, board: BoardFile) -> None:
        assert board.chip is not None
        self.core, self.board = board.core, board.name
        self.enabled = self.mask_interrupts = False
        self.breakpoints: set[int] = set()
        self.stops, self.resets, self.retired = Stop(0), 0, 0
        self.halted = self.locked_up = self.asleep = self._held = False
        self.cycles = 0
        self.clock = Clock(lambda: self.cycles, 16_000_000)
        self.notes: list[str] = []
        self.memory = bytearray(board.flash.size)
        self.flash = make_flash(board.chip.family, board.flash.origin, board.flash.size, self, self.memory)
        self._words: dict[int, int] = _IDENTITY[board.core] | _VOLTAGE_READY
        self._words |= {at: ids[board.name] for at, ids in _DEVICE_ID.items() if board.name in ids}
        self._start_unicorn(board)

    def _start_unicorn(self, board: BoardFile) -> None:
        self._uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        self._uc.ctl_set_cpu_model(getattr(arm, board.target.unicorn))
        self._uc.mem_map(_RAM, _RAM_SIZE)
        for origin in (board.flash.origin, 0):
            self._uc.mmio_map(origin, board.flash.size, self._load_flash, None, self._store_flash, None)
        page = self.flash.layout.base & ~0xFFF
        known = {page, 0x40003000, 0x40002000, 0xE0042000, 0x46020000, 0x58004000, 0x58024000, 0x5C001000}
        for first in known:
            self._uc.mmio_map(first, 0x1000, self._device_read, first, self._device_write, first)
        self._pages = known | {0x40021000, 0x40015000, 0xE0044000}
        self._uc.hook_add(unicorn.UC_HOOK_INTR, self._trapped)

    def _load_flash(self, uc: unicorn.Uc, offset: int, size: int, data: object) -> int:
        return int.from_bytes(self.memory[offset : offset + size], "little")

    def _store_flash(self, uc: unicorn.Uc, offset: int, size: int, value: int, data: object) -> None:
        value &= (1 << 8 * size) - 1
        self.flash.store(self.flash.layout.origin + offset, value.to_bytes(size, "little"))

    def _device_read(self, uc: unicorn.Uc, offset: int, size: int, page: int) -> int:
        value = self._register(page + offset, size)
        if self.flash.busy and (due := self.clock.next_cycle()) is not None:  # it waits: let the time pass
            self.cycles = max(due, self.cycles)
            self.clock.run_due()
        return value

    def _device_write(self, uc: unicorn.Uc, offset: int, size: int, value: int, page: int) -> None:
        self._set_register(page + offset, size, value)

    def _register(self, address: int, size: int) -> int:
        offset = address - self.flash.layout.base
        if 0 <= offset < 0x400:
            return self.flash.read(offset, size)
        return self._words.get(address & ~3, 0) >> 8 * (address & 3) & (1 << 8 * size) - 1

    def _set_register(self, address: int, size: int, value: int) -> None:
        offset = address - self.flash.layout.base
        if 0 <= offset < 0x400:
            self.flash.write(offset, size, value)
        elif address == _AIRCR:
            if value & 0xFFFF0005 in (0x05FA0004, 0x05FA0001):
                self.reset()
        elif address not in _IDENTITY[self.core]:
            self._words[address] = value

    def _trapped(self, uc: unicorn.Uc, number: int, data: object) -> None:
        self._stop(Stop.BKPT)
        uc.emu_stop()

    def _stop(self, why: Stop) -> None:
        self.halted = True
        self.stops |= why

    def note(self, text: str) -> None:
        self.notes.append(text)

    def interrupt(self, number: int, level: bool) -> None:
        raise AssertionError(number)

    def load(self, address: int, size: int) -> bytes:
        return self.read(address, size)

    def store(self, address: int, data: bytes) -> None:
        self.write(address, data)

    def read(self, address: int, size: int) -> bytes:
        origin = self.flash.layout.origin
        if address >= _RAM and address + size <= _RAM + _RAM_SIZE:
            return bytes(self._uc.mem_read(address, size))
        for first in (origin, 0):
            if first <= address and address + size <= first + len(self.memory):
                return bytes(self.memory[address - first : address - first + size])
        if address >> 20 == 0xE00 or address & ~0xFFF in self._pages:
            step = 4 if size % 4 == 0 else size
            words = (self._register(at, step) for at in range(address, address + size, step))
            return b"".join(word.to_bytes(step, "little") for word in words)
        raise BusError(hex(address))

    def write(self, address: int, data: bytes) -> None:
        if address >= _RAM and address + len(data) <= _RAM + _RAM_SIZE:
            self._uc.mem_write(address, data)
        elif address >> 20 == 0xE00 or address & ~0xFFF in self._pages:
            for at in range(0, len(data), 4):
                self._set_register(address + at, min(4, len(data)), int.from_bytes(data[at : at + 4], "little"))
        elif self.flash.layout.origin <= address < self.flash.layout.origin + len(self.memory):
            self.flash.store(address, data)
        else:
            raise BusError(hex(address))

    def _number(self, number: int) -> int:
        special = {13: _SP, 14: arm.UC_ARM_REG_LR, 15: arm.UC_ARM_REG_PC, XPSR: arm.UC_ARM_REG_XPSR}
        return special.get(number, arm.UC_ARM_REG_R0 + number)

    def read_register(self, number: int) -> int:
        if number in (MSP, PSP):
            return int(self._uc.reg_read(_SP)) if number == MSP else 0
        if number in (CFBP, FPSCR) or number >= 64:
            return 0
        value = int(self._uc.reg_read(self._number(number)))
        return value | _XPSR_THUMB if number == XPSR else value & ~1 if number == 15 else value

    def write_register(self, number: int, value: int) -> None:
        if number < 16:
            self._uc.reg_write(self._number(number), value)

    def halt(self) -> None:
        self.locked_up = False
        if not self.halted:
            self._stop(Stop.HALTED)

    def resume(self) -> None:
        self.halted = False

    def step(self) -> None:
        self.halted = False
        self._run(1)
        self._stop(Stop.HALTED)

    def reset(self, halt: bool = False) -> None:
        self.resets += 1
        self.flash.reset()
        self.clock.reset(16_000_000)
        self.halted = False
        if halt or (self.enabled and self._words.get(_DEMCR, 0) & _VC_CORERESET):
            self._stop(Stop.VCATCH)

    def hold_reset(self, held: bool) -> None:
        if self._held and not held:
            self.reset()
        self._held = held
        if held:
            self.halted = False

    def pump(self, cycles: int) -> None:
        """What is in the flash is not executed: a core that is not in its RAM stands in a loop, so to speak."""
        pc = int(self._uc.reg_read(arm.UC_ARM_REG_PC))
        if not self.halted and not self._held and _RAM <= pc < _RAM + _RAM_SIZE:
            self._run(min(cycles, _SLICE))

    def _run(self, instructions: int) -> None:
        self.retired += instructions
        self.cycles += instructions
        try:
            self._uc.emu_start(int(self._uc.reg_read(arm.UC_ARM_REG_PC)) | 1, 0xFFFFFFFE, count=instructions)
        except unicorn.UcError:
            self.locked_up = True


class Served:
    """A stand-in at a socket, in a thread of its own."""

    def __init__(self, board: BoardFile, path: Path) -> None:
        assert board.chip is not None
        self.target = StandIn(board)
        self.port = DebugPort(self.target, board.name, board.chip.family)
        self.path = path
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._end, self._ended = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        clients: dict[socket.socket, object] = {}
        while True:
            ready, _, _ = select.select([self._listener, self._ended, *clients], [], [])
            if self._ended in ready:
                return
            for each in ready:
                if each is self._listener:
                    client, _ = each.accept()
                    clients[client] = self.port.session()
                    continue
                session = clients[each]
                try:
                    data = each.recv(1 << 16)
                    if not data:
                        raise ConnectionError
                    each.sendall(session.receive(data))  # type: ignore[attr-defined]
                except ConnectionError:
                    session.close()  # type: ignore[attr-defined]
                    each.close()
                    del clients[each]

    def __enter__(self) -> Served:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.close()
        self._thread.join(10)
        self._listener.close()
