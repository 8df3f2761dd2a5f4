"""What a device model is, and what the machine does for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from bitloop_hil.benches.virtual.clock import Clock


class BusError(Exception):
    """A bus master other than the core touched an address where nothing answers."""


class Services(Protocol):
    """What the machine offers to its devices."""

    clock: Clock

    def interrupt(self, number: int, level: bool) -> None:
        """Drive the interrupt line `number` (0 is the first behind the core's own exceptions)."""

    def load(self, address: int, size: int) -> bytes:
        """Memory as DMA reads it; BusError where there is none."""

    def store(self, address: int, data: bytes) -> None:
        """Memory as DMA writes it; BusError where there is none, or only flash."""

    def note(self, text: str) -> None:
        """Tell people what keeps the board from working (a silent UART, too few wait states); the same text once."""


class Device(ABC):
    """Registers at an address. `size` of an access is 1, 2 or 4 bytes; `offset` counts from the device's base."""

    @abstractmethod
    def reset(self) -> None:
        """As after power-on."""

    @abstractmethod
    def read(self, offset: int, size: int) -> int:
        """The core (or the debugger) reads."""

    @abstractmethod
    def write(self, offset: int, size: int, value: int) -> None:
        """The core (or the debugger) writes."""

    def awaited(self, offset: int) -> bool:
        """Whether whoever reads this register waits for what this device has put on the clock, so that it may as well
        be read once that has happened."""
        return False

    def changes_nothing(self, offset: int, value: int) -> bool:
        """Whether writing this now changes nothing that could be seen, so that whoever repeats it may be waiting."""
        return False


@dataclass(frozen=True, slots=True)
class Mapped:
    """A device and where its registers are."""

    base: int
    size: int
    device: Device
