"""One serial channel of a DFSDM: where its samples come from, and what is done to results of them (RM0351 24.6)."""

from __future__ import annotations

from bitloop_hil.benches.virtual.devices.dfsdm_filter import signed
from bitloop_hil.benches.virtual.devices.pdm import Edge

CHANNELS = 8
ENABLE, AUDIO_CLOCK = 1 << 31, 1 << 30
_GLOBAL = 0xC0FF0000  # DFSDMEN, CKOUTSRC, CKOUTDIV: of channel 0 alone, and the latter two fixed while it is enabled
_ON, _DETECTORS = 1 << 7, 0x60
_SERIAL, _SHIFT = 0xF10F, 0xF8  # DATPACK, DATMPX, CHINSEL, SPICKSEL, SITP and DTRBS: fixed while the channel is on
_IN_REGISTER = 2  # DATMPX


class Channel:
    """CHyCFGR1 and CHyCFGR2."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.configuration = self.correction = 0

    def configure(self, value: int) -> None:
        """CFGR1 is written."""
        old = self.configuration
        fixed, there = (_SERIAL if self.on else 0), _SERIAL | _DETECTORS | _ON
        if self.number == 0:
            fixed |= _GLOBAL & ~ENABLE if old & ENABLE else 0
            there |= _GLOBAL
        self.configuration = (old & fixed | value & ~fixed) & there

    def correct(self, value: int) -> None:
        """CFGR2 is written."""
        fixed = _SHIFT if self.on else 0
        self.correction = self.correction & fixed | value & 0xFFFFFFF8 & ~fixed

    @property
    def on(self) -> bool:
        """CHEN."""
        return bool(self.configuration & _ON)

    @property
    def detects(self) -> bool:
        """Whether it is to notice an absent clock or a short circuit."""
        return bool(self.configuration & _DETECTORS)

    @property
    def parallel(self) -> bool:
        """Whether its samples are written into CHyDATINR."""
        return self.configuration >> 12 & 3 == _IN_REGISTER

    @property
    def packing(self) -> int:
        """DATPACK: one sample a word, two of this channel, or one of this and one of the next."""
        return self.configuration >> 14 & 3

    @property
    def input(self) -> int:
        """The number of the pins it reads."""
        return (self.number + (self.configuration >> 8 & 1)) % CHANNELS

    @property
    def edge(self) -> Edge:
        """The edge of the clock at which it reads."""
        select = self.configuration >> 2 & 3
        rising = select == 3 if select > 1 else not self.configuration & 1
        return Edge.RISING if rising else Edge.FALLING

    @property
    def every(self) -> int:
        """It reads at each edge, or at every second one."""
        return 2 if self.configuration >> 3 & 1 else 1

    @property
    def shift(self) -> int:
        """How far results are shifted right."""
        return self.correction >> 3 & 0x1F

    @property
    def offset(self) -> int:
        """What is taken off results."""
        return signed(self.correction >> 8)

    @property
    def problem(self) -> str:
        """Why no bits come from it, as far as its own registers say; empty if they do."""
        if not self.on:
            return f"channel {self.number} is not enabled (CHEN)"
        if self.configuration >> 12 & 3:
            return f"channel {self.number} takes no bits, but what DATMPX says"
        if self.configuration & 2 or not self.configuration >> 2 & 3:
            return f"channel {self.number} is Manchester coded or clocked from outside, which is not modelled"
        return ""
