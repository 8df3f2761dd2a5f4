"""The registers of both USART generations in front of the same transmitter and receiver."""

from __future__ import annotations

from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.usart import Surroundings, Usart
from bitloop_hil.benches.virtual.devices.usart_line import Errors
from bitloop_hil.benches.virtual.devices.wire import Wire

_OVERSAMPLE_8 = 1 << 15  # CR1
_TC, _RXNE = 1 << 6, 1 << 5


class UsartV1(Usart):
    """SR and DR share their flags: reading SR, then DR, clears errors and IDLE (RM0008 27.6, RM0090 30.6)."""

    SR, DR, BRR, CR1, CR2, CR3 = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
    ENABLE = 1 << 13

    def reset(self) -> None:
        self._seen_for_reading = self._seen_for_writing = False
        super().reset()

    def _load(self, offset: int) -> int:
        if offset == self.SR:
            self._seen_for_reading = self._seen_for_writing = True
            return self._flags()
        if offset == self.DR:
            self._fetched()
            return self._rx.read()
        return self.words.get(offset, 0)

    def _store(self, offset: int, value: int) -> None:
        if offset == self.SR:  # the two flags that are cleared by writing 0
            self._tx.complete = self._tx.complete and bool(value & _TC)
            if not value & _RXNE:
                self._rx.flush()
        elif offset == self.DR:
            self._tx.write(value & 0xFF)
        else:
            self.words[offset] = value

    def _written(self) -> None:
        if self._seen_for_writing:
            self._tx.complete = self._seen_for_writing = False

    def _fetched(self) -> None:
        if self._seen_for_reading:
            self._seen_for_reading = self._rx.idle = False
            self._rx.errors = Errors()

    def _data_register(self, direction: str) -> int:
        return self.DR

    def _divided(self, hertz: int, divider: int) -> int:
        if self.words.get(self.CR1, 0) & _OVERSAMPLE_8:
            divider = 8 * (divider >> 4 & 0xFFF) + (divider & 7)
        return SECOND * (divider & 0xFFFF) // hertz

    def _data_bits(self) -> int:
        return 9 if self.words.get(self.CR1, 0) & 1 << 12 else 8


class UsartV2(Usart):
    """ISR is read, ICR clears, RDR and TDR are apart (RM0394 38.8, RM0433 48.7; FIFOs and PRESC only there)."""

    CR1, CR2, CR3, BRR, RQR, ISR, ICR, RDR, TDR, PRESC = 0, 4, 8, 0x0C, 0x18, 0x1C, 0x20, 0x24, 0x28, 0x2C
    ENABLE = 1
    _FIFO_ENABLE, _FIFO = 1 << 29, 16
    _CLEARS_FLUSH_RX, _CLEARS_FLUSH_TX = 1 << 3, 1 << 4
    _KEEP_NEWEST = 1 << 12
    _PRESCALERS = (1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256)

    def __init__(
        self, services: Services, wire: Wire, base: int, around: Surroundings, *, modern: bool = False
    ) -> None:
        """`modern` ones have FIFOs and a prescaler."""
        super().__init__(services, wire, base, around)
        self._modern = modern

    def _load(self, offset: int) -> int:
        if offset == self.ISR:
            return self._status()
        if offset == self.RDR:
            return self._rx.read()
        return self.words.get(offset, 0)

    def _store(self, offset: int, value: int) -> None:
        if offset == self.TDR:
            self._tx.write(value & 0xFF)
        elif offset == self.ICR:
            self._clear(value)
        elif offset == self.RQR:
            if value & self._CLEARS_FLUSH_RX:
                self._rx.flush()
        elif offset not in (self.ISR, self.RDR):
            before = self.words.get(self.CR1, 0)
            self.words[offset] = value
            if before & ~self.words.get(self.CR1, 0) & self.ENABLE:  # switched off: flags as after reset
                self._clear(0x1F)
                self._rx.flush()
                self._tx.complete = True

    def _status(self) -> int:
        settings, control = self._tx.settings, self.words.get(self.CR1, 0)
        on = bool(control & self.ENABLE) and bool(settings.bit)
        return self._flags() | (on and bool(control & self.SEND)) << 21 | (on and bool(control & self.HEAR)) << 22

    def _clear(self, flags: int) -> None:
        errors = self._rx.errors
        self._rx.errors = Errors(
            errors.parity and not flags & 1,
            errors.framing and not flags & 2,
            errors.noise and not flags & 4,
            errors.overrun and not flags & 8,
        )
        self._rx.idle = self._rx.idle and not flags & 1 << 4
        self._tx.complete = self._tx.complete and not flags & _TC

    def _data_register(self, direction: str) -> int:
        return self.TDR if direction == "tx" else self.RDR

    def _divided(self, hertz: int, divider: int) -> int:
        divider &= 0xFFFF
        if self.words.get(self.CR1, 0) & _OVERSAMPLE_8:
            divider = (divider & 0xFFF0) + 2 * (divider & 7)
            hertz *= 2
        if divider < 16:
            return 0
        if self._modern:
            divider *= self._PRESCALERS[min(self.words.get(self.PRESC, 0) & 0xF, 11)]
        return SECOND * divider // hertz

    def _data_bits(self) -> int:
        control = self.words.get(self.CR1, 0)
        return 7 if control & 1 << 28 else 9 if control & 1 << 12 else 8

    def _depth(self) -> int:
        return self._FIFO if self._modern and self.words.get(self.CR1, 0) & self._FIFO_ENABLE else 1

    def _keep_newest(self) -> bool:
        return bool(self.words.get(self.CR3, 0) & self._KEEP_NEWEST)
