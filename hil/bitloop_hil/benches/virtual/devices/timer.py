"""General-purpose and basic timers as far as they pace other devices: up-counting, updates, TRGO at an update.

RM0008 15, RM0351 31 and 33. Not modelled: channels, other directions and modes, interrupts, DMA requests. Prescaler
and reload take effect at once.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from bitloop_hil.benches.virtual.clock import SECOND, Event
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.registers import WordDevice

_ENABLE, _UPDATE = 1, 1
_ON_UPDATE = 2  # CR2.MMS: an update is the trigger


class Timer(WordDevice):
    """CR1, CR2, DIER, SR, EGR, CNT, PSC, ARR. Updates come at `origin` plus multiples of `period`, from 1 on."""

    CR1, CR2, DIER, SR, EGR, CNT, PSC, ARR = 0x00, 0x04, 0x0C, 0x10, 0x14, 0x24, 0x28, 0x2C

    def __init__(self, name: str, services: Services, hertz: Callable[[], int], wide: bool) -> None:
        """`hertz` is its clock, 0 while it has none; `wide` ones count to 32 bits."""
        self._top = 0xFFFFFFFF if wide else 0xFFFF
        super().__init__({self.ARR: self._top})
        self.name = name
        self._services, self._hertz = services, hertz
        self.before: list[Callable[[], None]] = []
        """Called before its pace may change."""
        self.after: list[Callable[[], None]] = []
        """Called after it may have changed."""
        self._event: Event | None = None
        self._stand_still()

    def reset(self) -> None:
        super().reset()
        self._stand_still()

    @property
    def triggers(self) -> bool:
        """Whether its updates are triggers for others now."""
        return bool(self.period) and self.words.get(self.CR2, 0) >> 4 & 7 == _ON_UPDATE

    def load(self, offset: int) -> int:
        if offset == self.SR:
            self._look()
            return self._update
        if offset == self.CNT:
            return self._count()
        return self.words.get(offset, 0)

    def store(self, offset: int, value: int) -> None:
        if offset == self.SR:
            self._look()
            self._update &= value
            self._arm()
            return
        if offset == self.DIER and value:
            self._services.note(f"interrupts and DMA requests of {self.name.upper()} are not modelled")
        self.sync()
        count = self._count()
        if offset == self.EGR:
            self._update |= value & _UPDATE
            count = 0 if value & _UPDATE else count
        elif offset == self.CNT:
            count = value & self._top
        else:
            self.words[offset] = value & self._top if offset == self.ARR else value
        self._start(count)

    def sync(self) -> None:
        """The clock is about to change: whoever is paced catches up."""
        self._look()
        for call in self.before:
            call()

    def kick(self) -> None:
        """The clock has changed."""
        self._start(self._count())

    def _stand_still(self) -> None:
        if self._event is not None:
            self._event.cancel()
        self._event = None
        self.origin, self.period, self._tick = Fraction(0), Fraction(0), Fraction(0)
        self._held = self._update = self._seen = 0

    def _start(self, count: int) -> None:
        """Go on from this count with what the registers say now."""
        hertz, on = self._hertz(), self.words.get(self.CR1, 0) & _ENABLE
        self._held = min(count, self.words.get(self.ARR, 0))
        self._tick = Fraction((self.words.get(self.PSC, 0) + 1) * SECOND, hertz) if on and hertz else Fraction(0)
        self.period = self._tick * (self.words.get(self.ARR, 0) + 1)
        self.origin = self._services.clock.now() - self._held * self._tick
        self._seen = 0
        self._arm()
        for call in self.after:
            call()

    def _count(self) -> int:
        if not self._tick:
            return self._held
        passed = int((self._services.clock.now() - self.origin) / self._tick)
        return passed % (self.words.get(self.ARR, 0) + 1)

    def _look(self) -> None:
        if self.period:
            updates = int((self._services.clock.now() - self.origin) / self.period)
            if updates > self._seen:
                self._seen, self._update = updates, _UPDATE

    def _arm(self) -> None:
        """One event at the next update, unless the last one was not seen yet."""
        if self._event is not None:
            self._event.cancel()
            self._event = None
        if self.period and not self._update:
            when = self.origin + (self._seen + 1) * self.period
            self._event = self._services.clock.at(-int(-when // 1), self._happen)

    def _happen(self) -> None:
        self._event = None
        self._look()
        self._arm()
