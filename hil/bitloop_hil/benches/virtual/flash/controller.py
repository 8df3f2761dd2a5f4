"""What all flash controllers share: content, locks, busy time, and faults on purpose.

A store to the flash never changes it at once: the controller decides by its registers what the bits become, and when.
Operations take their time in virtual time. A store that comes while one is under way waits for its end, as the bus
does; reads of the flash meanwhile are not held up here. Option bytes can be read and unlocked, but not changed.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.clock import Event
from bitloop_hil.benches.virtual.devices.device import Device, Services
from bitloop_hil.benches.virtual.flash.layout import Layout, Sector

IGNORE, DROP, STUCK, HEALTHY = "flash-ignore", "flash-drop", "flash-stuck-busy", "flash-healthy"
FAULTS = (IGNORE, DROP, STUCK, HEALTHY)
_WORD = 4


class Lock:
    """Opens when its keys are written one after the other; a wrong one closes it until the next reset."""

    def __init__(self, *keys: int) -> None:
        self._keys = keys
        self.reset()

    def reset(self) -> None:
        """Closed, and ready for the keys."""
        self._next, self._dead = 0, False

    @property
    def open(self) -> bool:
        """Whether all keys were given."""
        return self._next == len(self._keys)

    def key(self, value: int) -> None:
        """A key is written."""
        if self._dead or self.open or value != self._keys[self._next]:
            self._dead, self._next = True, 0
        else:
            self._next += 1

    def close(self) -> None:
        """Locked by software; the keys open it again."""
        self._next = 0


@dataclass(frozen=True, slots=True)
class _Operation:
    """Something under way; without an event it never ends."""

    work: Callable[[], None]
    event: Event | None

    def cancel(self) -> None:
        if self.event is not None:
            self.event.cancel()


class Flash(Device):
    """A flash memory and its controller. `memory` is the content, of the layout's size, which others may read.

    `on_change` is told first address and bytes of what has changed, so that no stale code is executed.
    """

    status: tuple[int, ...]
    """Offsets of the registers that say whether it is busy."""

    def __init__(self, layout: Layout, services: Services, memory: Any) -> None:
        self.layout = layout
        self.on_change: Callable[[int, int], None] = _nobody
        self._services, self._memory = services, memory
        self._under_way: dict[int, _Operation] = {}
        self._ignores = self._sticks = False
        self._drop_every = self._words = 0
        self.fill()
        self.reset()

    @property
    def wait_states(self) -> int:
        """Wait states the firmware has set in ACR."""
        return self._registers[0] & self.layout.latency

    @property
    def busy(self) -> bool:
        """Whether an operation is under way."""
        return bool(self._under_way)

    def fill(self) -> None:
        """As the chip leaves the factory: erased."""
        self._memory[:] = bytes([self.layout.erased]) * self.layout.size
        self.on_change(self.layout.origin, self.layout.size)

    def reset(self) -> None:
        """As after power-on. An operation under way is cut off where it stands: nothing of it has happened."""
        for operation in self._under_way.values():
            operation.cancel()
        self._under_way.clear()
        self._registers: dict[int, int] = {0: self.layout.acr} | dict(self.layout.options)

    def awaited(self, offset: int) -> bool:
        return offset in self.status and any(each.event is not None for each in self._under_way.values())

    def read(self, offset: int, size: int) -> int:
        word = self.read_register(offset & ~3)
        return word >> 8 * (offset & 3) & (1 << 8 * size) - 1

    def write(self, offset: int, size: int, value: int) -> None:
        if size != _WORD:  # the other bytes of the register are written as they read
            shift, mask = 8 * (offset & 3), (1 << 8 * size) - 1
            value = self.read_register(offset & ~3) & ~(mask << shift) | (value & mask) << shift
        self.write_register(offset & ~3, value & 0xFFFFFFFF)

    def read_register(self, offset: int) -> int:
        """A register as a whole."""
        return self._registers.get(offset, 0)

    @abstractmethod
    def write_register(self, offset: int, value: int) -> None:
        """A register as a whole."""

    def store(self, address: int, data: bytes) -> None:
        """The core or the debugger stores 1, 2, 4 or 8 bytes to the flash (or to where it is seen at address 0).

        BusError where the chip answers with one.
        """
        if address < self.layout.origin:
            address += self.layout.origin
        for bank in list(self._under_way):
            self._complete(bank)
        if not self.busy:  # which it stays if it is stuck
            self._store(address, data)

    @abstractmethod
    def _store(self, address: int, data: bytes) -> None:
        """A store to the flash, by its own address, while nothing is under way."""

    def inject(self, kind: str, arguments: dict[str, Any]) -> bool:
        """A fault on purpose; False if the kind is none of the flash's, ProbeError if its arguments are wrong.

        "flash-ignore": programming seems to work and changes nothing. "flash-drop" {every: n}: every n-th word (or
        smaller unit the chip programs) stays erased. "flash-stuck-busy": the next operation never ends, until a
        reset. "flash-healthy": none of these any more.
        """
        if kind not in FAULTS:
            return False
        every = arguments.get("every", 1000)
        if kind == DROP and (type(every) is not int or every < 1):
            raise ProbeError(f"the fault {DROP} drops every n-th word, with n from 1, not {every!r}")
        self._ignores, self._sticks = kind == IGNORE, kind == STUCK
        self._drop_every, self._words = (every if kind == DROP else 0), 0
        return True

    def _begin(self, picoseconds: int, work: Callable[[], None], bank: int = 0) -> None:
        """Be busy for so long; then the work is done, and `_ended` called."""
        event = None if self._sticks else self._services.clock.after(picoseconds, lambda: self._complete(bank))
        self._under_way[bank] = _Operation(work, event)

    def _complete(self, bank: int) -> None:
        operation = self._under_way[bank]
        if operation.event is not None:
            operation.cancel()
            del self._under_way[bank]
            operation.work()
            self._ended(bank)

    @abstractmethod
    def _ended(self, bank: int) -> None:
        """An operation is over: set and clear the bits that say so."""

    def _erase(self, *sectors: Sector) -> None:
        for sector in sectors:
            if not self._ignores:
                first = sector.address - self.layout.origin
                self._memory[first : first + sector.size] = bytes([self.layout.erased]) * sector.size
                self.on_change(sector.address, sector.size)

    def _held(self, address: int, size: int) -> bytes:
        """What stands in the flash."""
        first = address - self.layout.origin
        return bytes(self._memory[first : first + size])

    def _is_erased(self, address: int, size: int) -> bool:
        # A flash that ignores everything was not erased either, and does not say so when it is programmed.
        return self._ignores or self._held(address, size) == bytes([self.layout.erased]) * size

    def _program(self, address: int, data: bytes) -> None:
        """Bits go from 1 to 0 only (from 0 to 1 where the erased flash reads 0)."""
        for at in range(0, len(data), _WORD):
            word = data[at : at + _WORD]
            self._words += 1
            if self._ignores or (self._drop_every and self._words % self._drop_every == 0):
                continue
            held = int.from_bytes(self._held(address + at, len(word)), "little")
            new = int.from_bytes(word, "little")
            new = held & new if self.layout.erased else held | new
            first = address + at - self.layout.origin
            self._memory[first : first + len(word)] = new.to_bytes(len(word), "little")
        self.on_change(address, len(data))


def _nobody(first: int, size: int) -> None:
    """Nobody keeps code that could be stale."""
