"""DMA controllers: what all share, and those with channels (F0, F1, L0, L4; behind a DMAMUX C0, L4+).

Which peripheral asks for a channel is the family's table of requests; what a channel does is `dma_transfer`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence

from bitloop_hil.benches.virtual.clock import SECOND, Event
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.dma_bus import DmaBus
from bitloop_hil.benches.virtual.devices.dma_mux import DmaMux
from bitloop_hil.benches.virtual.devices.dma_transfer import Flag, Plan, Transfer
from bitloop_hil.benches.virtual.devices.registers import WordDevice

_CHANNEL_BITS = {Flag.COMPLETE: 1, Flag.HALF: 2, Flag.ERROR: 3}  # of a nibble of ISR, above the global one
_COPY_CYCLES = 5  # of the bus per item from memory to memory, about


class Controller(WordDevice):
    """What all kinds share: transfers, their flags and interrupts. Numbers count from 0 here."""

    def __init__(
        self, name: str, services: Services, bus: DmaBus, interrupts: Sequence[Callable[[bool], None]]
    ) -> None:
        """`interrupts` drive the lines of the channels, by number."""
        super().__init__()
        self.name = name
        self.before: Callable[[], None] = lambda: None
        """Called before a register is written, or a counter read, so that peripherals catch up."""
        self.glance: Callable[[], None] = lambda: None
        """Called before another register is read, so that peripherals catch up if any flag may have changed."""
        self.after: Callable[[], None] = lambda: None
        """Called after a register was written."""
        self.clocked: Callable[[], bool] = lambda: True
        self._services, self._bus = services, bus
        self._interrupts, self.count = interrupts, len(interrupts)
        self._flags: list[set[Flag]] = [set() for _ in interrupts]
        self._levels = [False] * self.count
        self._copies: dict[int, Event] = {}
        self.transfers = [self._transfer(number) for number in range(self.count)]

    def _transfer(self, number: int) -> Transfer:
        return Transfer(self._bus, lambda flag: self._report(number, flag), self._services.note, self._title(number))

    def reset(self) -> None:
        super().reset()
        for copy in self._copies.values():
            copy.cancel()
        self._copies.clear()
        for number, transfer in enumerate(self.transfers):
            transfer.stop()
            transfer.left = 0
            self._flags[number].clear()
            self._drive(number)

    def load(self, offset: int) -> int:
        (self.before if self._counts(offset) else self.glance)()
        return self._load(offset)

    def store(self, offset: int, value: int) -> None:
        self.before()
        self._store(offset, value)
        self.after()

    @abstractmethod
    def selection(self, number: int) -> int | None:
        """Which request a channel is set to serve; None where that is wired."""

    @abstractmethod
    def _title(self, number: int) -> str:
        """How people call it."""

    @abstractmethod
    def _counts(self, offset: int) -> bool:
        """Whether a register is the counter of a channel."""

    @abstractmethod
    def _load(self, offset: int) -> int:
        """A register."""

    @abstractmethod
    def _store(self, offset: int, value: int) -> None:
        """A register, with what writing it does."""

    @abstractmethod
    def _plan(self, number: int) -> Plan:
        """What the registers of a channel that is switched on ask for."""

    @abstractmethod
    def _enabled(self, number: int) -> set[Flag]:
        """The flags that interrupt."""

    @abstractmethod
    def _over(self, number: int) -> None:
        """A transfer has ended by itself, or with an error."""

    def _switch(self, number: int, on: bool) -> None:
        """The enable bit has changed."""
        transfer = self.transfers[number]
        if copy := self._copies.pop(number, None):
            copy.cancel()
        if not on:
            transfer.stop()
            return
        transfer.start(self._plan(number))
        if transfer.plan is not None and transfer.plan.copies:
            wait = transfer.left * _COPY_CYCLES * SECOND // self._services.clock.hertz
            self._copies[number] = self._services.clock.after(wait, transfer.copy)

    def _report(self, number: int, flag: Flag) -> None:
        self._flags[number].add(flag)
        if self.transfers[number].plan is None:
            self._over(number)
        self._drive(number)

    def _clear(self, number: int, flags: Iterable[Flag]) -> None:
        self._flags[number].difference_update(flags)
        self._drive(number)

    def _drive(self, number: int) -> None:
        level = bool(self._flags[number] & self._enabled(number))
        if level != self._levels[number]:
            self._levels[number] = level
            self._interrupts[number](level)


class ChannelController(Controller):
    """ISR, IFCR, then CCR, CNDTR, CPAR and CMAR of each channel; CSELR where there is one (RM0394 11.6)."""

    _ISR, _IFCR, _FIRST, _EACH, _CSELR = 0x00, 0x04, 0x08, 0x14, 0xA8

    def __init__(
        self,
        name: str,
        services: Services,
        bus: DmaBus,
        interrupts: Sequence[Callable[[bool], None]],
        selects: bool = False,
        mux: DmaMux | None = None,
    ) -> None:
        """`selects`: it has CSELR; `mux` chooses the requests where there is one."""
        super().__init__(name, services, bus, interrupts)
        self._selects, self._mux = selects, mux

    def selection(self, number: int) -> int | None:
        if self._mux is not None:
            return self._mux.serves(self.name, number, self.count)
        return self.words.get(self._CSELR, 0) >> 4 * number & 0xF if self._selects else None

    def _title(self, number: int) -> str:
        return f"channel {number + 1} of {self.name.upper()}"

    def _counts(self, offset: int) -> bool:
        return (offset - self._FIRST) % self._EACH == 4

    def _load(self, offset: int) -> int:
        if offset == self._ISR:
            if not any(self._flags):  # as so often
                return 0
            return sum(self._nibble(flags) << 4 * number for number, flags in enumerate(self._flags))
        number, register = divmod(offset - self._FIRST, self._EACH)
        if 0 <= number < self.count and register == 4:
            return self.transfers[number].left
        return 0 if offset == self._IFCR else self.words.get(offset, 0)

    def _store(self, offset: int, value: int) -> None:
        if offset == self._ISR:
            return
        if offset == self._IFCR:
            for number in range(self.count):
                bits = value >> 4 * number & 0xF
                self._clear(number, (flag for flag, bit in _CHANNEL_BITS.items() if bits & 1 or bits >> bit & 1))
            return
        number, register = divmod(offset - self._FIRST, self._EACH)
        if offset == self._CSELR or not 0 <= number < self.count:
            self.words[offset] = value
            return
        old = self._control(number)
        if register and old & 1:
            return  # the others are write-protected while the channel is on
        self.words[offset] = value & 0xFFFF if register == 4 else value
        if register == 4:
            self.transfers[number].left = value & 0xFFFF
        elif register == 0 and (old ^ value) & 1:
            self._switch(number, bool(value & 1))
        if register == 0:
            self._drive(number)

    def _nibble(self, flags: set[Flag]) -> int:
        return sum(1 << _CHANNEL_BITS[flag] for flag in flags) | bool(flags)

    def _control(self, number: int) -> int:
        return self.words.get(self._FIRST + self._EACH * number, 0)

    def _plan(self, number: int) -> Plan:
        at = self._FIRST + self._EACH * number
        control = self.words.get(at, 0)
        return Plan(
            memory=self.words.get(at + 12, 0),
            peripheral=self.words.get(at + 8, 0),
            count=self.transfers[number].left,
            to_peripheral=bool(control & 1 << 4),
            circular=bool(control & 1 << 5) and not control & 1 << 14,
            memory_size=1 << min(control >> 10 & 3, 2),
            peripheral_size=1 << min(control >> 8 & 3, 2),
            memory_step=bool(control & 1 << 7),
            peripheral_step=bool(control & 1 << 6),
            copies=bool(control & 1 << 14),
        )

    def _enabled(self, number: int) -> set[Flag]:
        return {flag for flag, bit in _CHANNEL_BITS.items() if self._control(number) >> bit & 1}

    def _over(self, number: int) -> None:
        if Flag.ERROR in self._flags[number]:  # only an error switches the channel off
            self.words[self._FIRST + self._EACH * number] = self._control(number) & ~1


class Requests:
    """Which channel serves a peripheral's request now."""

    def __init__(
        self,
        controllers: Mapping[str, Controller],
        table: Mapping[str, Sequence[tuple[str, int, int | None]]],
        note: Callable[[str], None],
    ) -> None:
        """`table` has the places of each request: controller, number of the channel (from 0), selection."""
        self._controllers, self._table, self._note = controllers, table, note

    def serving(self, request: str, register: int, *more: int) -> Transfer | None:
        """The channel that is switched on for it and reads or writes this register, or one of `more`."""
        for name, number, selection in self._table.get(request, ()):
            controller = self._controllers.get(name)
            if controller is None or controller.selection(number) != selection or not controller.clocked():
                continue
            transfer = controller.transfers[number]
            plan = transfer.plan
            if plan is None or plan.copies:
                continue
            if plan.peripheral in (register, *more) and plan.to_peripheral == request.endswith("_tx"):
                return transfer
            self._note(
                f"{transfer.name} serves {request} but moves bytes {'to' if plan.to_peripheral else 'from'} "
                f"0x{plan.peripheral:08x}, and the data register is at 0x{register:08x}"
            )
        return None
