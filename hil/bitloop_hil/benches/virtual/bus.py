"""The bus between a core and its devices: who answers where, for the core, for DMA and for a debugger.

It also sees when firmware waits: it then reads the same few registers again and again, within a few instructions,
finds the same values and writes nothing in between. Until something else changes them, it will find them again.
"""

from __future__ import annotations

from collections.abc import Callable

import unicorn

from bitloop_hil.benches.virtual.devices.device import BusError, Device, Mapped
from bitloop_hil.benches.virtual.fast import Fast
from bitloop_hil.benches.virtual.memory import Memory

_PAGE = 0x1000
_POLL_WITHIN = 64  # instructions between two reads
_POLLS = 8  # reads of each register before it counts as waiting
_POLLS_AGAIN = 3  # the same for registers that were waited for before
_POLLED = 4  # registers at most
_CORE = 0xE0000000  # the private peripheral bus, which no host changes
_NOTED = 16  # accesses to registers that nobody models: so many are told


class Bus:
    """Memory and devices by address. `waiting` is set when the core was stopped because firmware waits,
    and `polls_core` if it waits for its own core's timers only."""

    def __init__(self, uc: unicorn.Uc, fast: Fast, memory: Memory, note: Callable[[str], None]) -> None:
        self._uc, self._fast, self._memory, self._note = uc, fast, memory, note
        self._pages: dict[int, list[Mapped]] = {}
        self.store_flash: Callable[[int, bytes], bool] = lambda address, data: False
        """What a store to the flash does; False if it is a fault."""
        self.pass_time: Callable[[], None] = lambda: None
        """Let the time to the next event pass at once."""
        self.refused: int | None = None
        self.reset()

    def reset(self) -> None:
        """Nobody waits, nothing was told."""
        self.waiting = self.polls_core = False
        self.refused = None
        self._seen: dict[int, int] = {}
        self._waited_for: set[int] = set()
        self._quiet = self._last = 0
        self._unknown: set[int] = set()

    def attach(self, device: Device, base: int, size: int) -> None:
        """Let a device answer at `base`; pages of 4 KiB may be shared by several."""
        for page in range(base & -_PAGE, base + size, _PAGE):
            if page not in self._pages:
                self._pages[page] = []
                self._map(page)
            self._pages[page].append(Mapped(base, size, device))

    def read(self, address: int, size: int) -> bytes:
        """As DMA or a debugger reads; BusError where nothing answers."""
        if address & -_PAGE not in self._pages:
            return self._memory.read(address, size)
        lane = _lane(address, size)
        data = b""
        for at in range(address, address + size, lane):
            data += self._load(at, lane).to_bytes(lane, "little")
        return data

    def write(self, address: int, data: bytes) -> None:
        """As DMA or a debugger writes; BusError where nothing answers."""
        block = self._memory.block(address, len(data))
        if block is not None and not block.writable:
            if not self.store_flash(self._memory.flash.origin + address - block.origin, data):
                raise BusError(f"the flash at 0x{address:08x} takes no stores")
        elif address & -_PAGE not in self._pages:
            self._memory.write(address, data)
        else:
            lane = _lane(address, len(data))
            for at in range(0, len(data), lane):
                self._store(address + at, lane, int.from_bytes(data[at : at + lane], "little"))

    def touched(self) -> None:
        """Something changed that the core did not do: what it polls may read differently now."""
        self._seen.clear()
        self._quiet = 0

    def _map(self, page: int) -> None:
        def read(uc: object, offset: int, size: int, data: object) -> int:
            return self._core_reads(page + offset, size)

        def write(uc: object, offset: int, size: int, value: int, data: object) -> None:
            self._core_writes(page + offset, size, value)

        self._uc.mmio_map(page, _PAGE, read, None, write, None)

    def _core_reads(self, address: int, size: int) -> int:
        try:
            value = self._load(address, size)
        except BusError:
            self._refuse(address)
            return 0
        self._watch(address, value)
        return value

    def _core_writes(self, address: int, size: int, value: int) -> None:
        mapped = self._find(address)
        if mapped is None:  # nobody's register: nothing has changed
            return
        if not mapped.device.changes_nothing(address - mapped.base, value):
            self.touched()
        try:
            mapped.device.write(address - mapped.base, size, value)
        except BusError:
            self._refuse(address)

    def _refuse(self, address: int) -> None:
        self.refused = address
        self._stop()

    def _stop(self) -> None:
        """Before this access; in an IT block, where Unicorn does not stop, after the block it is in."""
        self._fast.fields.limit = 0
        self._uc.emu_stop()

    def _watch(self, address: int, value: int) -> None:
        """Notice waiting: the read that is one too many is executed again when the core goes on."""
        now = self._fast.instructions
        near = now - self._last <= _POLL_WITHIN
        self._last = now
        known = self._seen.get(address)
        if near and known == value:
            self._quiet += 1
            polls = _POLLS_AGAIN if self._seen.keys() <= self._waited_for else _POLLS
            if self._quiet >= polls * len(self._seen):
                self.waiting = True
                self._waited_for = set(self._seen)
                self.polls_core = all(one >= _CORE for one in self._seen)
                self.touched()
                self._stop()
            return
        if not near or known is not None or len(self._seen) == _POLLED:
            self._seen.clear()
        self._seen[address] = value
        self._quiet = 0

    def _find(self, address: int) -> Mapped | None:
        for mapped in self._pages[address & -_PAGE]:
            if 0 <= address - mapped.base < mapped.size:
                return mapped
        if address & ~3 not in self._unknown:
            self._unknown.add(address & ~3)
            if len(self._unknown) <= _NOTED:
                self._note(f"nothing is modelled at 0x{address & ~3:08x}, which reads 0")
        return None

    def _load(self, address: int, size: int) -> int:
        mapped = self._find(address)
        if mapped is None:
            return 0
        if mapped.device.awaited(address - mapped.base):  # a debugger waits, too, and for a core that stands
            self.pass_time()
        return mapped.device.read(address - mapped.base, size)

    def _store(self, address: int, size: int, value: int) -> None:
        mapped = self._find(address)
        if mapped:
            mapped.device.write(address - mapped.base, size, value)


def _lane(address: int, size: int) -> int:
    """The widest access that fits address and size."""
    return next(lane for lane in (4, 2, 1) if not (address | size) % lane)
