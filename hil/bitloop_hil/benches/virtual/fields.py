"""The structures fast.c and accelerator.h share with Python, field by field, and what fills them."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

FIFO = 1 << 20
_U16, _U32, _U64 = ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64
SLOW_READ = ctypes.CFUNCTYPE(_U64, _U64)
SLOW_WRITE = ctypes.CFUNCTYPE(None, _U64, _U64)
ASK = ctypes.CFUNCTYPE(_U64, _U64, _U32, _U32)


class Price(ctypes.Structure):
    """`struct price` of fast.c."""

    _fields_ = (
        ("address", _U32),
        ("size", _U16),
        ("entry", _U16),
        ("exit", _U16),
        ("instructions", _U16),
        ("cycles", _U32),
        ("uses", _U64),
        ("extra", _U64),
    )


class Lines(ctypes.Structure):
    """`struct lines` of accelerator.h."""

    _fields_ = (("count", _U32), ("line", _U32 * 64), ("used", _U64 * 64))


class AcceleratorFields(ctypes.Structure):
    """`struct accelerator` of accelerator.h."""

    _fields_ = (
        ("first", _U64),
        ("end", _U64),
        ("ready", _U64),
        ("uses", _U64),
        ("wait_states", _U32),
        ("bytes", _U32),
        ("current", _U32),
        ("coming", _U32),
        ("code", Lines),
        ("data", Lines),
    )


class Fields(ctypes.Structure):
    """`struct fast` of fast.c."""

    _fields_ = (
        ("instructions", _U64),
        ("cycles", _U64),
        ("limit", _U64),
        ("block", _U64),
        ("block_end", _U64),
        ("started", _U64),
        ("finish", _U64),
        ("polled", _U64),
        ("prices", ctypes.c_void_p),
        ("price", ctypes.c_void_p),
        ("stop", ctypes.c_void_p),
        ("read_register", ctypes.c_void_p),
        ("ask", ASK),
        ("slow_read", SLOW_READ),
        ("slow_write", SLOW_WRITE),
        ("divide_less", _U32),
        ("divide_base", _U32),
        ("divide_step", _U32),
        ("state", _U32),
        ("entry", _U32),
        ("known", _U32),
        ("refuse", _U32),
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
        ("accelerator", AcceleratorFields),
        ("received_bytes", ctypes.c_uint8 * FIFO),
        ("sent_bytes", ctypes.c_uint8 * FIFO),
    )


class Division(ctypes.Structure):
    """`struct division` of fast.c."""

    _fields_ = (
        ("fast", ctypes.c_void_p),
        ("dividend", ctypes.c_int32),
        ("divisor", ctypes.c_int32),
        ("is_signed", _U32),
    )


@dataclass(frozen=True, slots=True)
class DivisionCost:
    """Cycles of a division beyond its price; see `division` in fast.c. All zero: its price is all there is to it."""

    less: int = 0
    base: int = 0
    step: int = 0


@dataclass(frozen=True, slots=True)
class Accelerator:
    """What reads the flash: lines of so many bytes, and how many are kept of code and of data, 64 at most."""

    bytes: int = 16
    lines: int = 64
    data_lines: int = 8


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
