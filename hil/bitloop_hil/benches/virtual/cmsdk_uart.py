"""The UART of Arm's CMSDK on the generic boards. Its bytes move in fast.c; here is what decides whether they do.

A UART that is not enabled or at the wrong speed is silent, as on the desk, and a note says why.
"""

from __future__ import annotations

from collections.abc import Callable

from bitloop_hil.benches.virtual.fast import Fast, Registers
from bitloop_hil.boards import BoardFile

_CONTROL, _DIVIDER = 0x08, 0x10
_ENABLED = 3
_SLOWEST_DIVIDER = 16
_TOLERANCE = 0.03  # of the bit time; a receiver samples in the middle of bit 10


class CmsdkUart:
    """Clocked by the core's clock; the line's speed is the board's BL_BAUD."""

    def __init__(self, board: BoardFile, fast: Fast, page: int, note: Callable[[str], None]) -> None:
        self._fast, self._note, self._clock = fast, note, board.clock_hz
        self._baud = board.image.defines.get("BL_BAUD", 0) if board.image else 0
        fast.carry(Registers(page, 0x04, 0x00, 0x00, 2, 1, True), self._read, self._write)
        self.reset()

    def reset(self) -> None:
        """Registers as after power-on."""
        self._registers: dict[int, int] = {}
        self._fast.fields.connected = self._fast.fields.status = 0

    def _read(self, offset: int) -> int:
        return self._registers.get(offset, 0)

    def _write(self, offset: int, value: int) -> None:
        self._registers[offset] = value
        enabled = self._registers.get(_CONTROL, 0) & _ENABLED == _ENABLED
        problem = self._problem() if enabled else ""
        if problem:
            self._note(problem)
        self._fast.fields.connected = int(enabled and not problem)

    def _problem(self) -> str:
        divider = self._registers.get(_DIVIDER, 0)
        if divider < _SLOWEST_DIVIDER:
            return f"the UART's divider is {divider} and has to be at least {_SLOWEST_DIVIDER}"
        baud = self._clock / divider
        if abs(baud / self._baud - 1) > _TOLERANCE:
            return f"the UART runs at {baud:.0f} baud and the line at {self._baud}"
        return ""
