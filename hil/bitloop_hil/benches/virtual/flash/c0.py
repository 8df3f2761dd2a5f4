"""The flash controller of STM32C0: the L4's with one bank, and a flag for half a double word (RM0490 3)."""

from __future__ import annotations

from typing import Any

from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.flash.l4 import L4Flash
from bitloop_hil.benches.virtual.flash.layout import Layout

_ACR, _SR, _CR = 0x00, 0x10, 0x14
_CONFIGURED = 1 << 18  # SR: CFGBSY
_EMPTY = 1 << 16  # ACR: PROGEMPTY
_CONTROL = 0x5F070000 | 0x7F  # CR: the bits it has, of PNB those for 16 pages; LOCK is what its keys say


class C0Flash(L4Flash):
    """Knows since power-on whether it was empty then, which decides from where it boots until that is changed."""

    def __init__(self, layout: Layout, services: Services, memory: Any) -> None:
        self._empty = True
        super().__init__(layout, services, memory)

    def reset(self) -> None:
        super().reset()
        self._registers[_ACR] |= _EMPTY if self._empty else 0

    def read_register(self, offset: int) -> int:
        value = super().read_register(offset)
        return value | _CONFIGURED if offset == _SR and (self.busy or self._gathered) else value

    def write_register(self, offset: int, value: int) -> None:
        super().write_register(offset, value & (_CONTROL | 1 << 31) if offset == _CR else value)
        if offset == _ACR:
            self._empty = bool(value & _EMPTY)
