"""The multiplexer in front of a chip's DMA controllers (DMAMUX1 of L4+, C0 and H7)."""

from __future__ import annotations

from bitloop_hil.benches.virtual.devices.registers import WordDevice


class DmaMux(WordDevice):
    """CxCR of each channel or stream, those of DMA1 first (RM0432 12.6, RM0433 17.6, RM0490 10.6)."""

    def selected(self, channel: int) -> int:
        """The code of the request; 0 is none."""
        return self.words.get(4 * channel, 0) & 0x7F

    def serves(self, controller: str, number: int, count: int) -> int:
        """The same of channel or stream `number` of a controller that has `count`, as all do."""
        return self.selected(number + (count if controller == "dma2" else 0))
