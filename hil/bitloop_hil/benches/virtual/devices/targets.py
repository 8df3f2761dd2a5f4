"""What hangs on a chip's I²C and SPI buses, as their controllers see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

_TOLERANCE = 1.02  # of a target's highest frequency: internal oscillators are no better


class I2cTarget(Protocol):
    """A device with an address of 7 bits. `max_hertz` of SCL is what its data sheet allows."""

    name: str
    max_hertz: int

    def start(self, reads: bool) -> bool:
        """Addressed, at first or again (repeated START); whether it acknowledges."""

    def write(self, value: int) -> bool:
        """A byte from the controller; whether it is acknowledged."""

    def read(self) -> int:
        """The next byte for the controller."""

    def stop(self) -> None:
        """The bus is free again."""


class SpiTarget(Protocol):
    """A device with a select line. `max_hertz` of SCK is what its data sheet allows."""

    name: str
    max_hertz: int

    def select(self) -> None:
        """The select line falls."""

    def exchange(self, value: int) -> int:
        """Eight bits each way."""

    def release(self) -> None:
        """The select line rises."""


def warn_if_fast(note: Callable[[str], None], bus: str, hertz: float, target: I2cTarget | SpiTarget) -> None:
    """Note a clock beyond what the data sheet allows."""
    if hertz > target.max_hertz * _TOLERANCE:
        note(f"{bus} runs at {hertz / 1e3:.0f} kHz; the {target.name} allows {target.max_hertz / 1e3:g} kHz")


class I2cBus:
    """The two wires of a bus and who listens on them. Nobody does while `problem` (of the pins) is not empty."""

    def __init__(
        self, name: str, targets: Mapping[int, I2cTarget], problem: Callable[[], str], note: Callable[[str], None]
    ) -> None:
        self.name = name
        self._targets, self._problem, self._note = targets, problem, note
        self._addressed: I2cTarget | None = None

    def start(self, address: int, reads: bool, hertz: float) -> bool:
        """START and the address at this speed; whether somebody acknowledges."""
        if problem := self._problem():
            self._note(problem)
            return False
        target = self._targets.get(address)
        if self._addressed is not None and self._addressed is not target:
            self._addressed.stop()
        self._addressed = target
        if target is None:
            self._note(f"nothing on {self.name} answers at address 0x{address:02X}")
            return False
        warn_if_fast(self._note, self.name, hertz, target)
        return target.start(reads)

    def write(self, value: int) -> bool:
        """A byte to whoever is addressed; whether it is acknowledged."""
        return self._addressed is not None and self._addressed.write(value)

    def read(self) -> int:
        """A byte from whoever is addressed; a free bus is high."""
        return self._addressed.read() if self._addressed is not None else 0xFF

    def stop(self) -> None:
        """STOP."""
        if self._addressed is not None:
            self._addressed.stop()
        self._addressed = None
