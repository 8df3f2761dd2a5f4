"""SPI as a controller, of versions 1 (F1, F4, L0: 8 or 16 bits) and 2 (F0, F7, L4: FIFOs of four bytes, packed).

Full duplex with software NSS (RM0008 25, RM0351 42). Not modelled: other modes, CRC, interrupts and DMA requests.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from bitloop_hil.benches.virtual.clock import SECOND, Event
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.registers import WordDevice
from bitloop_hil.benches.virtual.devices.targets import SpiTarget, warn_if_fast
from bitloop_hil.benches.virtual.devices.waiting import Waiting

_RXNE, _TXE, _MODF, _OVR, _BSY = 1, 2, 1 << 5, 1 << 6, 1 << 7  # SR
_PHASE, _POLARITY, _MASTER, _ENABLE, _LOWEST_FIRST, _SSI, _SSM, _DFF = (
    1,
    2,
    4,
    1 << 6,
    1 << 7,
    1 << 8,
    1 << 9,
    1 << 11,
)
_FIFO = 4  # bytes
_OTHER_MODES = 0xE400 | _LOWEST_FIRST  # CR1: one wire, receive only, CRC


class Selected:
    """A target of a bus, and whether its select line is low."""

    def __init__(self, target: SpiTarget, low: Callable[[], bool]) -> None:
        self.target, self._low = target, low
        self.now = False

    def look(self) -> None:
        """Pins may have changed."""
        before, self.now = self.now, self._low()
        if self.now and not before:
            self.target.select()
        elif before and not self.now:
            self.target.release()


class SpiBus:
    """The wires of a bus and who is selected on them. Nothing gets through while `problem` (of pins) is not empty."""

    def __init__(
        self, name: str, targets: Sequence[Selected], problem: Callable[[], str], note: Callable[[str], None]
    ) -> None:
        self.name = name
        self._targets, self._problem, self._note = targets, problem, note

    def exchange(self, value: int, hertz: float, mode: int) -> int:
        """Eight bits each way at this speed; what nobody drives reads as ones."""
        for one in self._targets:
            one.look()
        selected = [one.target for one in self._targets if one.now]
        if problem := self._problem() or self._wrong(selected, mode):
            self._note(problem)
            return 0xFF
        target = selected[0]
        warn_if_fast(self._note, self.name, hertz, target)
        return target.exchange(value)

    def _wrong(self, selected: Sequence[SpiTarget], mode: int) -> str:
        if not selected:
            return f"{self.name} moves bytes while nothing on it is selected"
        if len(selected) > 1:
            return f"{self.name} moves bytes while {selected[0].name} and {selected[1].name} are both selected"
        return "" if mode in (0, 3) else f"{self.name} is in mode {mode}; the {selected[0].name} wants 3 (or 0)"


class Shifter(WordDevice):
    """What all versions share: frames that wait on both sides of a shift register, which takes its time."""

    SR: int

    def __init__(
        self, services: Services, bus: SpiBus, hertz: Callable[[], int], reset_values: Mapping[int, int]
    ) -> None:
        """`hertz` is its kernel clock; 0 while there is none."""
        super().__init__(reset_values)
        self._services, self._bus, self._hertz = services, bus, hertz
        self._event: Event | None = None
        self._waiting_for = Waiting(services.clock)
        self._heard: deque[int] = deque()
        self._waiting: deque[int] = deque()

    def awaited(self, offset: int) -> bool:
        return offset == self.SR and self._event is not None and self._waiting_for.again()

    def reset(self) -> None:
        super().reset()
        self._waiting_for.forget()
        self._stop()

    def _stop(self) -> None:
        if self._event is not None:
            self._event.cancel()
        self._event = None
        self._heard.clear()
        self._waiting.clear()

    @property
    @abstractmethod
    def _bytes(self) -> int:
        """Of a frame."""

    @abstractmethod
    def _received(self, frame: int) -> None:
        """What came in while a frame went out."""

    def _shift(self, divider: int, mode: int, pause: int = 0) -> None:
        """The next frame that waits, at a part of the kernel clock, and a pause of so many clocks behind it."""
        hertz = self._hertz()
        if not hertz:
            self._services.note(f"{self._bus.name} has no kernel clock")
            return
        frame, size = self._waiting.popleft(), self._bytes

        def shifted() -> None:
            self._event, answer = None, 0
            for place in reversed(range(size)):
                answer = answer << 8 | self._bus.exchange(frame >> 8 * place & 0xFF, hertz / divider, mode)
            self._received(answer)

        duration = (8 * size + pause) * divider * SECOND // hertz
        self._event = self._services.clock.after(duration, shifted)


class Spi(Shifter):
    """CR1, CR2, SR and DR. `version` 2 has FIFOs."""

    CR1, CR2, SR, DR = 0x00, 0x04, 0x08, 0x0C
    _RESET_CR2 = 0x0700

    def __init__(self, services: Services, bus: SpiBus, hertz: Callable[[], int], version: int) -> None:
        """`hertz` is its kernel clock; 0 while there is none."""
        super().__init__(services, bus, hertz, {self.CR2: self._RESET_CR2} if version == 2 else {})
        self._version, self._last = version, 0
        self._overrun = self._fetched = self._fault = False

    def read(self, offset: int, size: int) -> int:
        if offset != self.DR:
            return super().read(offset, size)
        self._fetched = True
        if self._version == 1:
            self._last = self._heard.popleft() if self._heard else self._last
            return self._last
        parts = [self._heard.popleft() if self._heard else 0 for _ in range(self._parts(size))]
        return sum(part << 8 * self._bytes * place for place, part in enumerate(parts))

    def write(self, offset: int, size: int, value: int) -> None:
        if offset != self.DR:
            super().write(offset, size, value)
            return
        mask = (1 << 8 * self._bytes) - 1
        for place in range(self._parts(size) if self._version == 2 else 1):
            if len(self._waiting) < self._depth:  # what comes on top of a full one is lost
                self._waiting.append(value >> 8 * self._bytes * place & mask)
        self._go_on()

    def load(self, offset: int) -> int:
        if offset != self.SR:
            return self.words.get(offset, 0)
        overrun = self._overrun
        self._overrun = overrun and not self._fetched  # cleared by reading DR and then SR
        need = 2 if self._version == 2 and not self.words.get(self.CR2, 0) & 1 << 12 and self._bytes == 1 else 1
        room = len(self._waiting) * self._bytes <= _FIFO // 2 if self._version == 2 else not self._waiting
        flags = _RXNE * (len(self._heard) >= need) | _TXE * room | _MODF * self._fault | _OVR * overrun
        flags |= _BSY * (self._event is not None)
        if self._version == 2:
            levels = [min(len(queue) * self._bytes, 3) for queue in (self._heard, self._waiting)]
            flags |= levels[0] << 9 | levels[1] << 11
        return flags

    def store(self, offset: int, value: int) -> None:
        if offset == self.CR1:
            self._store_control(value)
        elif offset == self.CR2:
            if value & 0xE3:
                self._services.note(f"interrupts and DMA requests of {self._bus.name} are not modelled")
            self.words[offset] = value
        elif offset != self.SR:
            self.words[offset] = value

    @property
    def _bytes(self) -> int:
        """Of a frame."""
        if self._version == 1:
            return 2 if self.words.get(self.CR1, 0) & _DFF else 1
        return 2 if self.words.get(self.CR2, 0) >> 8 & 0xF == 0xF else 1

    @property
    def _depth(self) -> int:
        """Frames that wait on each side."""
        return _FIFO // self._bytes if self._version == 2 else 1

    def _parts(self, size: int) -> int:
        """Frames in one access."""
        return max(1, min(size, 2) // self._bytes)

    def _stop(self) -> None:
        super()._stop()
        self._overrun = self._fetched = self._fault = False

    def _store_control(self, value: int) -> None:
        self._fault = False
        if value & _MASTER and value & _SSM and not value & _SSI:
            self._services.note(f"{self._bus.name} sees its own NSS low: set SSI with SSM")
            value, self._fault = value & ~(_MASTER | _ENABLE), True
        if value & _OTHER_MODES:
            self._services.note(f"{self._bus.name} with one wire, CRC or lowest bit first is not modelled")
        self.words[self.CR1] = value
        if value & _ENABLE:
            self._go_on()
        elif self._version == 2:
            self._stop()

    def _go_on(self) -> None:
        control = self.words.get(self.CR1, 0)
        if self._event is None and self._waiting and control & (_ENABLE | _MASTER) == _ENABLE | _MASTER:
            self._shift(2 << (control >> 3 & 7), control & (_PHASE | _POLARITY))

    def _received(self, frame: int) -> None:
        if len(self._heard) >= self._depth:
            self._overrun, self._fetched = True, False
        else:
            self._heard.append(frame)
        self._go_on()
