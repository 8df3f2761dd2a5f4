"""DMA streams (F4, F7), and those behind a DMAMUX (H7).

Their FIFOs are not modelled: what a stream has moved is in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.dma import Controller
from bitloop_hil.benches.virtual.devices.dma_bus import DmaBus
from bitloop_hil.benches.virtual.devices.dma_mux import DmaMux
from bitloop_hil.benches.virtual.devices.dma_transfer import Flag, Plan

_BITS = {Flag.ERROR: 3, Flag.HALF: 4, Flag.COMPLETE: 5}  # of the six that a stream has in LISR or HISR
_ENABLE_BITS = {Flag.ERROR: 2, Flag.HALF: 3, Flag.COMPLETE: 4}  # of SxCR
_SHIFTS = (0, 6, 16, 22)


class StreamController(Controller):
    """LISR, HISR, LIFCR, HIFCR, then SxCR, SxNDTR, SxPAR, SxM0AR, SxM1AR and SxFCR of each stream (RM0090 10.5)."""

    _CLEAR, _FIRST, _EACH = 0x08, 0x10, 0x18
    _CR, _NDTR, _PAR, _M0AR, _M1AR, _FCR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
    _ENABLE, _CIRCULAR, _DOUBLE, _ON_SECOND = 1, 1 << 8, 1 << 18, 1 << 19
    _MEMORY_TO_MEMORY = 2

    def __init__(
        self,
        name: str,
        services: Services,
        bus: DmaBus,
        interrupts: Sequence[Callable[[bool], None]],
        mux: DmaMux | None = None,
    ) -> None:
        """`mux` chooses the requests; without one, CHSEL does."""
        super().__init__(name, services, bus, interrupts)
        self._mux = mux

    def selection(self, number: int) -> int | None:
        if self._mux is None:
            return self._control(number) >> 25 & 0xF
        return self._mux.serves(self.name, number, self.count)

    def _title(self, number: int) -> str:
        return f"stream {number} of {self.name.upper()}"

    def _counts(self, offset: int) -> bool:
        return offset >= self._FIRST and (offset - self._FIRST) % self._EACH == self._NDTR

    def _load(self, offset: int) -> int:
        if offset < self._CLEAR:
            first = offset  # 0: streams 0 to 3, 4: streams 4 to 7
            return sum(self._status(first + i) << shift for i, shift in enumerate(_SHIFTS))
        number, register = divmod(offset - self._FIRST, self._EACH)
        if not 0 <= number < self.count:
            return 0
        if register == self._NDTR:
            return self.transfers[number].left
        value = self.words.get(offset, 0x21 if register == self._FCR else 0)
        if register == self._CR and self.transfers[number].on_second:
            value |= self._ON_SECOND
        return value

    def _store(self, offset: int, value: int) -> None:
        number, register = divmod(offset - self._FIRST, self._EACH)
        if offset in (self._CLEAR, self._CLEAR + 4):
            for i, shift in enumerate(_SHIFTS):
                bits = value >> shift
                self._clear(offset - self._CLEAR + i, [flag for flag, bit in _BITS.items() if bits >> bit & 1])
        elif register == self._CR and 0 <= number < self.count:
            self._write_control(number, offset, value)
        elif 0 <= number < self.count:
            self._set(number, register, offset, value)

    def _set(self, number: int, register: int, offset: int, value: int) -> None:
        if register != self._M1AR and self._control(number) & self._ENABLE:
            return  # write-protected while the stream is on
        if register == self._NDTR:
            value &= 0xFFFF
            self.transfers[number].left = value
        self.words[offset] = value

    def _write_control(self, number: int, offset: int, value: int) -> None:
        old = self.words.get(offset, 0)
        on, was = value & self._ENABLE, old & self._ENABLE
        if was and on:  # only interrupt enables may change while it is on
            value = old & ~0x1E | value & 0x1E
        self.words[offset] = value & ~self._ON_SECOND
        if on and not was:
            if self._flags[number]:
                self._services.note(f"{self._title(number)} is switched on before its flags were cleared")
            self._switch(number, True)
        elif was and not on:
            running = self.transfers[number].plan is not None
            self._switch(number, False)
            if running:
                self._report(number, Flag.COMPLETE)
        self._drive(number)

    def _status(self, number: int) -> int:
        return sum(1 << _BITS[flag] for flag in self._flags[number]) if number < self.count else 0

    def _control(self, number: int) -> int:
        return self.words.get(self._FIRST + self._EACH * number, 0)

    def _plan(self, number: int) -> Plan:
        at = self._FIRST + self._EACH * number
        control = self.words.get(at, 0)
        direction = control >> 6 & 3
        size = 1 << min(control >> 11 & 3, 2)
        return Plan(
            memory=self.words.get(at + self._M0AR, 0),
            peripheral=self.words.get(at + self._PAR, 0),
            count=self.transfers[number].left,
            to_peripheral=direction == 1,
            circular=bool(control & (self._CIRCULAR | self._DOUBLE)),
            memory_size=size,  # the counter counts items of the peripheral's size; the FIFO packs them
            peripheral_size=size,
            memory_step=bool(control & 1 << 10),
            peripheral_step=bool(control & 1 << 9),
            second=self.words.get(at + self._M1AR, 0) if control & self._DOUBLE else None,
            copies=direction == self._MEMORY_TO_MEMORY,
        )

    def _enabled(self, number: int) -> set[Flag]:
        return {flag for flag, bit in _ENABLE_BITS.items() if self._control(number) >> bit & 1}

    def _over(self, number: int) -> None:
        self.words[self._FIRST + self._EACH * number] = self._control(number) & ~self._ENABLE
