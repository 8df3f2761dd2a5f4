"""The general purpose DMA of the U5: channels that fetch their next block's registers from memory (RM0456 17).

Not modelled: repeated blocks and offsets of channels 12 to 15, triggers, link steps, packing and byte exchange; nor
FIFOs: what a channel has moved is in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bitloop_hil.benches.virtual.devices.device import BusError, Services
from bitloop_hil.benches.virtual.devices.dma import Controller
from bitloop_hil.benches.virtual.devices.dma_bus import DmaBus
from bitloop_hil.benches.virtual.devices.dma_transfer import Flag, Plan

SIZE = 0x1000
"""Bytes of its registers."""
_MISR, _FIRST, _EACH = 0x0C, 0x50, 0x80
_LBAR, _FCR, _SR, _CR, _TR1, _TR2, _BR1, _SAR, _DAR, _LLR = 0x00, 0x0C, 0x10, 0x14, 0x40, 0x44, 0x48, 0x4C, 0x50, 0x7C
_ENABLE, _RESET, _SUSPEND = 1, 2, 4  # CR
_IDLE, _LINK_ERROR, _WRONG, _SUSPENDED = 1, 1 << 11, 1 << 12, 1 << 13  # SR
_BITS = {Flag.COMPLETE: 8, Flag.HALF: 9, Flag.ERROR: 10}  # of SR and FCR, and their interrupts in CR
_CLEARABLE = 0x7F00
_BY_SOFTWARE, _BY_DESTINATION = 1 << 9, 1 << 10  # TR2
_SOURCE_STEPS, _SINK_STEPS = 1 << 3, 1 << 19  # TR1
_LAST_LINK_ONLY = 3  # TCEM
_LINKED = ((31, _TR1), (30, _TR2), (29, _BR1), (28, _SAR), (27, _DAR), (16, _LLR))
"""Bits of LLR and the registers they have fetched, in the order they stand in memory."""
_NOT_MODELLED = ((_TR1, 0x0C002000), (_TR2, 0x03000000), (_LLR, 0x06000000), (_CR, 1 << 16))


class Gpdma(Controller):
    """LBAR, FCR, SR, CR, TR1, TR2, BR1, SAR, DAR and LLR of each channel, from 0."""

    def __init__(
        self, name: str, services: Services, bus: DmaBus, interrupts: Sequence[Callable[[bool], None]]
    ) -> None:
        self._more = [0] * len(interrupts)  # flags that are no transfer's: SUSPF, USEF, ULEF
        self._blocks: list[Plan | None] = [None] * len(interrupts)
        super().__init__(name, services, bus, interrupts)

    def reset(self) -> None:
        self._more = [0] * self.count
        self._blocks = [None] * self.count
        super().reset()

    def selection(self, number: int) -> int | None:
        control = self._word(number, _TR2)
        return None if control & _BY_SOFTWARE else control & 0x7F

    def _title(self, number: int) -> str:
        return f"channel {number} of {self.name.upper()}"

    def _counts(self, offset: int) -> bool:
        return (offset - _FIRST) % _EACH in (_BR1, _SAR, _DAR)

    def _load(self, offset: int) -> int:
        if offset == _MISR:
            return sum(level << number for number, level in enumerate(self._levels))
        number, register = divmod(offset - _FIRST, _EACH)
        if not 0 <= number < self.count or register == _FCR:
            return 0
        if register == _SR:
            on = self._word(number, _CR) & _ENABLE
            return self._status(number) | (0 if on and not self._more[number] & _SUSPENDED else _IDLE)
        if register in (_BR1, _SAR, _DAR):
            self._show(number)
        return self._word(number, register)

    def _store(self, offset: int, value: int) -> None:
        number, register = divmod(offset - _FIRST, _EACH)
        if not 0 <= number < self.count or register == _SR:
            return
        if register == _FCR:
            self._more[number] &= ~(value & _CLEARABLE)
            self._clear(number, [flag for flag, bit in _BITS.items() if value >> bit & 1])
        elif register == _CR:
            self._control(number, value)
        elif not self._word(number, _CR) & _ENABLE:  # the others are write-protected while the channel is on
            self._put(number, register, value)

    def _word(self, number: int, register: int) -> int:
        return self.words.get(_FIRST + _EACH * number + register, 0)

    def _put(self, number: int, register: int, value: int) -> None:
        if any(register == place and value & bits for place, bits in _NOT_MODELLED):
            self._services.note(f"{self._title(number)} is asked for something that is not modelled")
        self.words[_FIRST + _EACH * number + register] = value

    def _show(self, number: int) -> None:
        transfer = self.transfers[number]
        if transfer.plan is not None:
            self._count(number, transfer.plan.count - transfer.left)

    def _control(self, number: int, value: int) -> None:
        old = self._word(number, _CR)
        on, suspended = old & _ENABLE, self._more[number] & _SUSPENDED
        kept = value & ~(_ENABLE | _RESET | _SUSPEND)
        if value & _RESET and (suspended or not on):
            self._end(number)
            self._put(number, _CR, kept)
        elif on:
            self._put(number, _CR, kept | _ENABLE | value & _SUSPEND)
            if value & _SUSPEND and not suspended:
                self._show(number)
                self._switch(number, False)
                self._more[number] |= _SUSPENDED
            elif suspended and not value & _SUSPEND:
                self._more[number] &= ~_SUSPENDED
                self._begin(number)
        else:
            self._put(number, _CR, kept | value & _ENABLE)
            if value & _ENABLE:
                self._begin(number)
        self._drive(number)

    def _begin(self, number: int) -> None:
        """A block whose registers are set; an empty one goes straight to the next."""
        if not self._word(number, _BR1) & 0xFFFF and self._word(number, _LLR) and not self._fetch(number):
            return
        if problem := self._problem(number):
            self._services.note(f"{self._title(number)} {problem}")
            self._fail(number, _WRONG)
        else:
            self._switch(number, True)

    def _problem(self, number: int) -> str:
        """What the channel refuses to begin with."""
        sides, count = self._word(number, _TR1), self._word(number, _BR1) & 0xFFFF
        source, sink = 1 << (sides & 3), 1 << (sides >> 16 & 3)
        if not count:
            return "is switched on without anything to move"
        if 8 in (source, sink) or count % source:
            return f"moves items of {source} to {sink} bytes, which do not make a block of {count}"
        if self._word(number, _SAR) % source or self._word(number, _DAR) % sink:
            return "has an address that is not aligned"
        return ""

    def _plan(self, number: int) -> Plan:
        sides, control = self._word(number, _TR1), self._word(number, _TR2)
        source = (self._word(number, _SAR), 1 << (sides & 3), bool(sides & _SOURCE_STEPS))
        sink = (self._word(number, _DAR), 1 << (sides >> 16 & 3), bool(sides & _SINK_STEPS))
        sends = bool(control & (_BY_DESTINATION | _BY_SOFTWARE))
        memory, peripheral = (source, sink) if sends else (sink, source)
        self._blocks[number] = plan = Plan(
            memory=memory[0],
            peripheral=peripheral[0],
            count=(self._word(number, _BR1) & 0xFFFF) // source[1],
            to_peripheral=sends,
            circular=bool(self._word(number, _LLR)) and not control & _BY_SOFTWARE,
            memory_size=memory[1],
            peripheral_size=peripheral[1],
            memory_step=memory[2],
            peripheral_step=peripheral[2],
            copies=bool(control & _BY_SOFTWARE),
        )
        return plan

    def _count(self, number: int, done: int) -> None:
        """The registers that count, after so many items of the block."""
        plan = self._blocks[number]
        if plan is None:
            return
        memory = plan.memory + (done * plan.memory_size if plan.memory_step else 0)
        peripheral = plan.peripheral + (done * plan.peripheral_size if plan.peripheral_step else 0)
        source, sink = (memory, peripheral) if plan.to_peripheral else (peripheral, memory)
        width = plan.memory_size if plan.to_peripheral else plan.peripheral_size
        self._put(number, _BR1, self._word(number, _BR1) & ~0xFFFF | (plan.count - done) * width)
        self._put(number, _SAR, source)
        self._put(number, _DAR, sink)

    def _report(self, number: int, flag: Flag) -> None:
        plan = self._blocks[number]
        last_only = self._word(number, _TR2) >> 30 == _LAST_LINK_ONLY and self._word(number, _LLR)
        if flag is Flag.ERROR or not last_only:
            self._flags[number].add(flag)
        if flag is Flag.ERROR:
            self._end(number)
        elif flag is Flag.COMPLETE and plan is not None:
            self._count(number, plan.count)
            self._next(number)
        self._drive(number)

    def _next(self, number: int) -> None:
        if not self._word(number, _LLR):
            self._end(number)
        elif self._word(number, _TR2) & _BY_SOFTWARE:
            self._services.note(f"{self._title(number)} links blocks from memory to memory, which is not modelled")
            self._end(number)
        elif self._fetch(number):
            self._begin(number)

    def _fetch(self, number: int) -> bool:
        """The registers LLR asks for, from memory; False if there is none."""
        link = self._word(number, _LLR)
        at = self._word(number, _LBAR) & 0xFFFF0000 | link & 0xFFFC
        for bit, register in _LINKED:
            if not link >> bit & 1:
                continue
            try:
                data = self._bus.load(at, 4)
            except BusError as error:
                self._services.note(f"{self._title(number)} finds no next block: {error}")
                self._fail(number, _LINK_ERROR)
                return False
            self._put(number, register, int.from_bytes(data, "little"))
            at += 4
        return True

    def _fail(self, number: int, flag: int) -> None:
        self._more[number] |= flag
        self._end(number)

    def _end(self, number: int) -> None:
        """Off, and not suspended."""
        self._switch(number, False)
        self._blocks[number] = None
        self._more[number] &= ~_SUSPENDED
        self._put(number, _CR, self._word(number, _CR) & ~(_ENABLE | _SUSPEND))

    def _status(self, number: int) -> int:
        return self._more[number] | sum(1 << _BITS[flag] for flag in self._flags[number])

    def _drive(self, number: int) -> None:
        level = bool(self._status(number) & self._word(number, _CR) & _CLEARABLE)
        if level != self._levels[number]:
            self._levels[number] = level
            self._interrupts[number](level)

    def _enabled(self, number: int) -> set[Flag]:
        return {flag for flag, bit in _BITS.items() if self._word(number, _CR) >> bit & 1}

    def _over(self, number: int) -> None:
        self._end(number)
