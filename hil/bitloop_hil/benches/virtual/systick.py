"""SysTick: counts cycles down from its reload value and asks for exception 15 (DDI 0403E B3.3)."""

from __future__ import annotations

from collections.abc import Callable

_ENABLE, _INTERRUPT, _CORE_CLOCK, _WRAPPED = 1, 2, 4, 1 << 16
_DIVIDED = 8  # what STM32s feed it without _CORE_CLOCK: the AHB clock over 8


class SysTick:
    """Registers and deadline of the timer. `count` is the cycles now; `wrap` is called when its exception pends."""

    def __init__(self, count: Callable[[], int], wrap: Callable[[], None]) -> None:
        self._count, self._wrap = count, wrap
        self.reset()

    def reset(self) -> None:
        """Off."""
        self.reload = 0
        self._control = 0
        self._wrapped = False
        self._value = 0  # where it stands while off
        self._from = 0  # cycles at which the count was `_period` - 1
        self._period = 1

    @property
    def next_wrap(self) -> int | None:
        """Cycles at which it next reaches 0 and says so; None while it stands."""
        if not self._control & _ENABLE or self._period < 2:
            return None
        return self._from + self._period * self._unit

    def run_due(self) -> None:
        """Wrap as often as the cycles say."""
        due = self.next_wrap
        if due is None or self._count() < due:
            return
        self._wrapped = True
        self._from, self._period = due, self.reload + 1
        if self._period > 1:
            length = self._period * self._unit
            self._from += (self._count() - due) // length * length
        if self._control & _INTERRUPT:
            self._wrap()

    def read_control(self) -> int:
        """SYST_CSR; reading clears COUNTFLAG."""
        self.run_due()
        value = self._control | (_WRAPPED if self._wrapped else 0)
        self._wrapped = False
        return value

    def value(self, now: int) -> int:
        """SYST_CVR at that many cycles."""
        if not self._control & _ENABLE:
            return self._value
        return (self._period - 1 - (now - self._from) // self._unit) % self._period

    def write_control(self, value: int) -> None:
        """SYST_CSR."""
        self.run_due()
        now = self._count()
        running = self._control & _ENABLE
        self._value = self.value(now)
        self._control = value & (_ENABLE | _INTERRUPT | _CORE_CLOCK)
        if self._control & _ENABLE:
            self._period = max(self._period if running else 1, self._value + 1)
            if not self._value:
                self._period = self.reload + 1
                self._value = self.reload
            self._from = now - (self._period - 1 - self._value) * self._unit

    def clear(self) -> None:
        """A write of any value to SYST_CVR: 0, and on from the reload value with the next cycle."""
        self._wrapped = False
        self._value = 0
        self._from, self._period = self._count(), self.reload + 1

    @property
    def _unit(self) -> int:
        return 1 if self._control & _CORE_CLOCK else _DIVIDED
