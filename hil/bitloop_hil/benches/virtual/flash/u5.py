"""The flash controller of STM32U5: the L4's with quad words, and registers elsewhere (RM0456 7). TZEN is 0."""

from __future__ import annotations

from bitloop_hil.benches.virtual.flash.l4 import L4Flash

_WAITING = 1 << 17  # SR: WDW


class U5Flash(L4Flash):
    """Programs four words at a time, which have to come one after the other."""

    option_key, sr, cr = 0x10, 0x20, 0x28
    unit = 16
    status = (sr,)

    def read_register(self, offset: int) -> int:
        value = super().read_register(offset)
        return value | _WAITING if offset == self.sr and self._gathered else value
