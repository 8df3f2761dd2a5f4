"""USARTs of both generations: SR and DR (F1, F4: version 1), or ISR, ICR, RDR and TDR (the others: version 2).

Modelled is asynchronous mode with flags, interrupts and DMA requests (RM0008 27, RM0090 30, RM0394 38, RM0433 48).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.dma_transfer import Transfer
from bitloop_hil.benches.virtual.devices.lazy import LazyDevice
from bitloop_hil.benches.virtual.devices.serial_frame import PLAIN, Format, alike
from bitloop_hil.benches.virtual.devices.usart_line import Receiver, Settings, Transmitter
from bitloop_hil.benches.virtual.devices.wire import Wire

_STOP_HALVES = (2, 1, 4, 3)  # CR2.STOP in half bits
_STARTED = SECOND // 100  # by then firmware has set up its line,
_LOST_AT_FIRST = 2  # or else when that many pieces of what the host sent were lost
_PE, _FE, _NE, _ORE, _IDLE, _RXNE, _TC, _TXE = (1 << bit for bit in range(8))  # SR, and ISR alike


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a USART sees of the chip. Each is asked anew: clocks and pins change."""

    name: str
    hertz: Callable[[], int]
    """Its kernel clock; 0 while it is off."""
    tx_problem: Callable[[], str]
    """Why its transmitter does not reach the line; empty if it does."""
    rx_problem: Callable[[], str]
    """The same of its receiver."""
    interrupt: Callable[[bool], None]
    channel: Callable[[str, int], Transfer | None]
    """The DMA channel that serves "tx" or "rx" at the address of a data register."""


class Usart(LazyDevice):
    """What both generations share. Subclasses know the registers."""

    CR1: int
    CR2: int
    CR3: int
    BRR: int
    ENABLE: int  # UE in CR1
    ERROR_ENABLE = 1
    DMA_RX, DMA_TX = 1 << 6, 1 << 7
    SEND, HEAR = 1 << 3, 1 << 2

    def __init__(self, services: Services, wire: Wire, base: int, around: Surroundings) -> None:
        super().__init__(services)
        self._wire, self._around = wire, around
        self._base = base
        self._tx = Transmitter(services.clock, wire)
        self._rx = Receiver(services.clock, wire)
        self._tx.trouble, self._rx.trouble = self._tell, self._lose
        self._tx.written, self._rx.fetched = self._written, self._fetched
        self._line = False
        self._lost = 0
        wire.before, wire.after = self.sync, self.attend

    def reset(self) -> None:
        super().reset()
        self._forget_event()
        self._lost = 0
        self._tx.reset()
        self._rx.reset()
        self._drive()

    def sync(self) -> None:
        self._rx.sync()
        self._tx.sync()

    def kick(self) -> None:
        """Something has changed: registers, pins, clocks, the line, or a DMA channel."""
        settings = self._settings()
        began = settings.sends and not self._tx.settings.sends
        self._tx.settings = self._rx.settings = settings
        if began:
            self._tx.begin()
        self.attend()

    def attend(self) -> None:
        self._tx.channel, self._rx.channel = self._channel("tx"), self._channel("rx")
        self.sync()
        self._drive()
        self._arm()

    def load(self, offset: int) -> int:
        if offset != self._data_register("rx"):
            self.glance()
            return self._load(offset)
        self.sync()
        value = self._load(offset)
        self._drive()
        self._arm()
        return value

    def store(self, offset: int, value: int) -> None:
        self.sync()
        self._store(offset, value)
        self.kick()

    @abstractmethod
    def _load(self, offset: int) -> int:
        """A register, with what reading it does."""

    @abstractmethod
    def _store(self, offset: int, value: int) -> None:
        """A register, with what writing it does."""

    @abstractmethod
    def _data_register(self, direction: str) -> int:
        """Offset of the data register of that direction."""

    @abstractmethod
    def _divided(self, hertz: int, divider: int) -> int:
        """Picoseconds per bit; 0 if the divider is none."""

    @abstractmethod
    def _data_bits(self) -> int:
        """Bits of a frame between start and stop, parity included."""

    def _written(self) -> None:
        """A byte went into the data register, from the core or by DMA."""
        self._tx.complete = False

    def _fetched(self) -> None:
        """DMA reads the data register."""

    def _depth(self) -> int:
        return 1

    def _keep_newest(self) -> bool:
        return False

    def _flags(self) -> int:
        errors = self._rx.errors
        return (
            _PE * errors.parity
            | _FE * errors.framing
            | _NE * errors.noise
            | _ORE * errors.overrun
            | _IDLE * self._rx.idle
            | _RXNE * self._rx.has_data
            | _TC * self._tx.complete
            | _TXE * self._tx.has_room
        )

    def _settings(self) -> Settings:
        words, around = self.words, self._around
        control = words.get(self.CR1, 0)
        on = bool(control & self.ENABLE) and bool(hertz := around.hertz())
        parity = ("odd" if control & 1 << 9 else "even") if control & 1 << 10 else ""
        frame = Format(self._data_bits(), parity, _STOP_HALVES[words.get(self.CR2, 0) >> 12 & 3])
        return Settings(
            sends=on and bool(control & self.SEND),
            hears=on and bool(control & self.HEAR) and not around.rx_problem(),
            on_line=not around.tx_problem(),
            bit=self._divided(hertz, words.get(self.BRR, 0)) if on else 0,
            frame=frame,
            depth=self._depth(),
            keep_newest=self._keep_newest(),
        )

    def _channel(self, direction: str) -> Transfer | None:
        asked = self.words.get(self.CR3, 0) & (self.DMA_TX if direction == "tx" else self.DMA_RX)
        if not asked:
            return None
        return self._around.channel(direction, self._base + self._data_register(direction))

    def _drive(self) -> None:
        """The interrupt line, when it changes."""
        flags, control, errors = self._flags(), self.words.get(self.CR1, 0), self.words.get(self.CR3, 0)
        wanted = flags & (control & 0xF0) or (control & 1 << 5 and flags & _ORE) or (control & 1 << 8 and flags & _PE)
        wanted = wanted or (errors & self.ERROR_ENABLE and flags & (_FE | _NE | _ORE))
        level = bool(wanted) and bool(control & self.ENABLE)
        if level != self._line:
            self._line = level
            self._around.interrupt(level)

    def _arm(self) -> None:
        """One event, at the next moment anybody could notice."""
        due = min((when for when in (self._tx.due(), self._rx.due()) if when is not None), default=None)
        if self._event is not None and self._event.when == due:
            return
        self._forget_event()
        self._event = None if due is None else self._services.clock.at(due, self._happen)

    def _forget_event(self) -> None:
        if self._event is not None:
            self._event.cancel()
        self._event = None

    def _happen(self) -> None:
        self._event = None
        self.attend()

    def _lose(self) -> None:
        """Bytes were not heard. What comes while a chip starts is lost on the desk too, and no trouble."""
        self._lost += 1
        if self._lost > _LOST_AT_FIRST or self._services.clock.now() > _STARTED:
            self._tell()

    def _tell(self) -> None:
        """Why bytes do not get through, as far as the chip's settings are the cause."""
        around, control = self._around, self.words.get(self.CR1, 0)
        if not around.hertz():
            self._services.note(f"{around.name} has no clock: its enable bit in the RCC is off")
        elif not control & self.ENABLE:
            self._services.note(f"{around.name} is not enabled")
        elif control & (self.SEND | self.HEAR) != self.SEND | self.HEAR:
            self._services.note(f"the transmitter or the receiver of {around.name} is off")
        elif not (bit := self._tx.settings.bit):
            self._services.note(f"{around.name} has no baud rate: its divider BRR is {self.words.get(self.BRR, 0)}")
        elif not alike(bit, self._tx.settings.frame, self._wire.bit, PLAIN):
            frame = self._tx.settings.frame
            odd = "" if frame == PLAIN else f", with {frame.data} data bits{frame.parity and ' and parity'}"
            self._services.note(
                f"{around.name} runs at {SECOND / bit:.0f} baud{odd} and the line at {self._wire.baud}"
            )
        for problem in (around.tx_problem(), around.rx_problem()):
            if problem and control & self.ENABLE:
                self._services.note(problem)
