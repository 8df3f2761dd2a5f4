"""The fast part of the virtual bench (fast.c) from Python: built once by the toolchain, hooked into Unicorn."""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import unicorn
from unicorn.unicorn_py3 import unicorn as binding

from bitloop.errors import ProbeError
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain

_FIFO = 1 << 20
_U32, _U64 = ctypes.c_uint32, ctypes.c_uint64
_SLOW_READ = ctypes.CFUNCTYPE(_U64, _U64)
_SLOW_WRITE = ctypes.CFUNCTYPE(None, _U64, _U64)


class _Fast(ctypes.Structure):
    """`struct fast` of fast.c."""

    _fields_ = (
        ("instructions", _U64),
        ("limit", _U64),
        ("code", ctypes.c_void_p),
        ("known", ctypes.c_void_p),
        ("code_first", _U64),
        ("code_end", _U64),
        ("block", _U64),
        ("block_end", _U64),
        ("polled", _U64),
        ("stop", ctypes.c_void_p),
        ("slow_read", _SLOW_READ),
        ("slow_write", _SLOW_WRITE),
        ("status_at", _U32),
        ("receive_at", _U32),
        ("send_at", _U32),
        ("status", _U32),
        ("receive_bit", _U32),
        ("send_bit", _U32),
        ("send_bit_means_full", _U32),
        ("connected", _U32),
        ("polls", _U32),
        ("counted", _U32),
        ("idle", _U32),
        ("received", _U32),
        ("taken", _U32),
        ("sent", _U32),
        ("received_bytes", ctypes.c_uint8 * _FIFO),
        ("sent_bytes", ctypes.c_uint8 * _FIFO),
    )


@dataclass(frozen=True, slots=True)
class Registers:
    """Where a UART's hot registers are (offsets in its page), and what their bits mean."""

    page: int
    status_at: int
    receive_at: int
    send_at: int
    receive_bit: int
    send_bit: int
    send_bit_means_full: bool


def library() -> Path:
    """The shared library of fast.c, from the cache."""
    suffix = {"win32": "dll", "darwin": "dylib"}.get(sys.platform, "so")
    sources = Sources({"fast.c": (Path(__file__).parent / "fast.c").read_bytes()})
    return Toolchain("zig", target("host")).shared(sources, Flags("-O2"), f"bitloop_fast.{suffix}")


class Fast:
    """Counts a core's instructions and carries its UART's bytes. `instructions` is exact whenever the core stands."""

    def __init__(self, core: unicorn.Uc, code: tuple[int, int, int]) -> None:
        """`code` is (address in this process, address on the core, bytes) of the flash."""
        self._library = ctypes.CDLL(str(library()))
        self._core = core
        self.fields = _Fast()
        self.fields.code, self.fields.code_first = code[0], code[1]
        self.fields.code_end = code[1] + code[2]
        self._known = mmap.mmap(-1, 2 * code[2])
        self.fields.known = address_of(self._known)
        self.fields.stop = _address(binding.uclib.uc_emu_stop)
        self._hook()

    def carry(self, registers: Registers, read: Callable[[int], int], write: Callable[[int, int], None]) -> None:
        """Map the page of a UART; `read` and `write` get the offsets that are not hot."""
        fields = self.fields
        fields.status_at, fields.receive_at, fields.send_at = (
            registers.status_at,
            registers.receive_at,
            registers.send_at,
        )
        fields.receive_bit, fields.send_bit = registers.receive_bit, registers.send_bit
        fields.send_bit_means_full = int(registers.send_bit_means_full)
        fields.slow_read, fields.slow_write = _SLOW_READ(read), _SLOW_WRITE(write)
        status = binding.uclib.uc_mmio_map(
            self._core._uch,
            _U64(registers.page),
            ctypes.c_size_t(0x1000),
            ctypes.c_void_p(_address(self._library.fast_read)),
            ctypes.byref(fields),
            ctypes.c_void_p(_address(self._library.fast_write)),
            ctypes.byref(fields),
        )
        _check(status, "map the UART")

    def run(self, pc: int, limit: int) -> None:
        """Execute from `pc` until so many instructions were executed in all, or something else stops the core."""
        self.fields.limit, self.fields.idle = limit, 0
        try:
            self._core.emu_start(pc | 1, _NOWHERE)
        finally:
            self._library.fast_settle(
                ctypes.byref(self.fields), _U64(self._core.reg_read(unicorn.arm_const.UC_ARM_REG_PC))
            )

    @property
    def room(self) -> int:
        """Bytes `feed` takes now."""
        return _FIFO - int(self.fields.received - self.fields.taken)

    def feed(self, data: bytes) -> None:
        """Bytes from the line, at most `room`."""
        fields = self.fields
        waiting = bytes(memoryview(fields.received_bytes)[fields.taken : fields.received]) + data
        ctypes.memmove(fields.received_bytes, waiting, len(waiting))
        fields.taken, fields.received, fields.polls = 0, len(waiting), 0

    def drain(self) -> bytes:
        """Bytes the firmware has sent."""
        data = bytes(memoryview(self.fields.sent_bytes)[: self.fields.sent])
        self.fields.sent = self.fields.polls = 0
        return data

    def forget_code(self) -> None:
        """The flash has new content."""
        self._known[:] = bytes(len(self._known))

    def clear(self) -> None:
        """Forget what is on its way, and the instructions: a reset."""
        fields = self.fields
        fields.received = fields.taken = fields.sent = fields.polls = fields.connected = fields.status = 0
        fields.instructions = 0

    def _hook(self) -> None:
        handle = ctypes.c_size_t()
        status = binding.uclib.uc_hook_add(
            self._core._uch,
            ctypes.byref(handle),
            ctypes.c_int(unicorn.UC_HOOK_BLOCK),
            ctypes.c_void_p(_address(self._library.fast_block)),
            ctypes.byref(self.fields),
            _U64(1),
            _U64(0),
        )
        _check(status, "count its instructions")


_NOWHERE = 0xFFFFFFFE  # no code of ours stands there


def address_of(memory: mmap.mmap) -> int:
    """Where a piece of memory is in this process."""
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def _check(status: int, what: str) -> None:
    if status != unicorn.UC_ERR_OK:
        raise ProbeError(f"Unicorn refused to {what} ({unicorn.UcError(status)}); check the version of unicorn")
