"""Power control: the regulator's voltage, which firmware sets before it raises the clock, and flags to wait for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bitloop_hil.benches.virtual.clock import Event
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.registers import Field, WordDevice

_MICROSECOND = 10**6


@dataclass(frozen=True, slots=True)
class PwrTable:
    """A family's PWR.

    A new `voltage` takes `microseconds`; meanwhile `changing` is set and `ready` clear, whichever there is. `needs`
    names the PLL without which `ready` stays clear. `actual` and `actual_ready` mirror what is in effect. `supply` is
    written once, before which the voltage is fixed. `overdrive` raises limits; `follow` has flags that follow a bit.
    """

    reset_values: Mapping[int, int]
    microseconds: float = 0
    voltage: Field | None = None
    changing: Field | None = None
    ready: Field | None = None
    needs: str = ""
    actual: Field | None = None
    actual_ready: Field | None = None
    supply: Field | None = None
    overdrive: Field | None = None
    follow: tuple[tuple[Field, Field], ...] = ()


class Pwr(WordDevice):
    """Registers of the PWR."""

    def __init__(
        self,
        table: PwrTable,
        services: Services,
        running: Callable[[str], bool],
        boosted: Callable[[], bool] = lambda: False,
    ) -> None:
        """`running(pll)` tells whether a PLL has started, `boosted` whether another device asks for over-drive."""
        super().__init__(table.reset_values)
        self._boosted = boosted
        self._table, self._services, self._running = table, services, running
        self._settling: Event | None = None
        self._supplied = table.supply is None

    def reset(self) -> None:
        super().reset()
        if self._settling is not None:
            self._settling.cancel()
        self._settling = None
        self._supplied = self._table.supply is None

    @property
    def scale(self) -> int | None:
        """The voltage in effect, as its field has it; None for families without a choice."""
        return self._table.voltage.of(self.words) if self._table.voltage else None

    @property
    def overdriven(self) -> bool:
        """Whether the regulator is in over-drive."""
        return self._boosted() or bool(self._table.overdrive and self._table.overdrive.of(self.words))

    def load(self, offset: int) -> int:
        table, words = self._table, dict(self.words)
        settled = self._settling is None
        if table.changing:
            table.changing.put(words, not settled)
        if table.ready:
            table.ready.put(words, settled and (not table.needs or self._running(table.needs)))
        if table.actual and table.voltage:
            table.actual.put(words, table.voltage.of(words))
        if table.actual_ready:
            table.actual_ready.put(words, settled and self._supplied)
        for flag, bit in table.follow:
            flag.put(words, settled and bit.of(words))
        return words.get(offset, 0)

    def store(self, offset: int, value: int) -> None:
        table, old = self._table, self.words.get(offset, 0)
        if table.supply and offset == table.supply.offset:
            if self._supplied:  # once only
                value = value & ~table.supply.mask | old & table.supply.mask
            self._supplied = True
            self._settle()
        if table.voltage and offset == table.voltage.offset and (value ^ old) & table.voltage.mask:
            if not self._supplied:
                self._services.note("firmware sets the voltage before the supply (PWR_CR3); the chip ignores that")
                value = value & ~table.voltage.mask | old & table.voltage.mask
            else:
                self._settle()
        if any(bit.offset == offset and (value ^ old) & bit.mask for _, bit in table.follow):
            self._settle()
        self.words[offset] = value

    def _settle(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
        self._settling = self._services.clock.after(int(self._table.microseconds * _MICROSECOND), self._settled)

    def _settled(self) -> None:
        self._settling = None
