"""What both generations of I²C controllers share: one thing at a time on the bus, which takes its time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from bitloop_hil.benches.virtual.clock import SECOND, Event
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.registers import WordDevice
from bitloop_hil.benches.virtual.devices.targets import I2cBus
from bitloop_hil.benches.virtual.devices.waiting import Waiting

BYTE = 9  # clocks: eight bits and the acknowledgement
_STOPPED = SECOND // 1000  # picoseconds of a clock that nothing drives: long, and no division by zero


class I2cController(WordDevice):
    """A controller of 7-bit addresses. Interrupts, DMA requests, target mode and SMBus are not modelled."""

    STATUS: int
    """The register that firmware polls."""
    UNMODELLED: tuple[tuple[int, int, str], ...]
    """Register, bits and what they ask for."""

    def __init__(self, services: Services, bus: I2cBus, hertz: Callable[[], int]) -> None:
        """`hertz` is its kernel clock; 0 while there is none."""
        super().__init__()
        self._services, self._bus, self._hertz = services, bus, hertz
        self._event: Event | None = None
        self._waiting_for = Waiting(services.clock)

    def awaited(self, offset: int) -> bool:
        return offset == self.STATUS and self._event is not None and self._waiting_for.again()

    def reset(self) -> None:
        super().reset()
        self._waiting_for.forget()
        self._release()

    @abstractmethod
    def _ticks(self) -> int:
        """Periods of the kernel clock in one of SCL."""

    @abstractmethod
    def _release(self) -> None:
        """Lines free, flags as after reset."""

    def _delay(self) -> int:
        """Picoseconds that filters add to a period of SCL."""
        return 0

    def _clock(self) -> int:
        """Picoseconds of one period of SCL."""
        hertz = self._hertz()
        if not hertz:
            self._services.note(f"{self._bus.name} has no kernel clock")
            return _STOPPED
        return self._ticks() * SECOND // hertz + self._delay()

    def _later(self, clocks: int, action: Callable[[], None]) -> None:
        """Do this after so many periods of SCL."""

        def happen() -> None:
            self._event = None
            action()

        self._event = self._services.clock.after(clocks * self._clock(), happen)

    def _forget(self) -> None:
        """Nothing is under way any more."""
        if self._event is not None:
            self._event.cancel()
        self._event = None

    def _refuse_unmodelled(self, offset: int, value: int) -> None:
        for register, bits, what in self.UNMODELLED:
            if register == offset and value & bits:
                self._services.note(f"firmware asks for {what} of {self._bus.name}, which are not modelled")
