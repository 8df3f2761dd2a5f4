"""A board: a Cortex-M in Unicorn with its memories, its private peripherals, and the devices around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import unicorn

from bitloop.errors import FlashError, ProbeError
from bitloop_hil.benches.virtual import nvic as numbers
from bitloop_hil.benches.virtual.bus import Bus
from bitloop_hil.benches.virtual.clock import Action, Clock, Event
from bitloop_hil.benches.virtual.code import Code
from bitloop_hil.benches.virtual.cpu import Cpu
from bitloop_hil.benches.virtual.debug import Debug
from bitloop_hil.benches.virtual.dwt import PAGE as DWT_PAGE
from bitloop_hil.benches.virtual.dwt import Dwt
from bitloop_hil.benches.virtual.exceptions import Exceptions, Fault, Status
from bitloop_hil.benches.virtual.fast import DivisionCost, Fast, Pricer
from bitloop_hil.benches.virtual.identity import CORES
from bitloop_hil.benches.virtual.memory import Memory
from bitloop_hil.benches.virtual.nvic import Nvic
from bitloop_hil.benches.virtual.parts import Parts
from bitloop_hil.benches.virtual.runner import SLICE, Runner, Why
from bitloop_hil.benches.virtual.scs import PAGE as SCS_PAGE
from bitloop_hil.benches.virtual.scs import SystemControl
from bitloop_hil.benches.virtual.sensors import Sensors
from bitloop_hil.benches.virtual.stops import Stops
from bitloop_hil.benches.virtual.surroundings import Surroundings
from bitloop_hil.benches.virtual.systick import SysTick
from bitloop_hil.benches.virtual.traps import Traps
from bitloop_hil.boards import BoardFile
from bitloop_hil.segments import segments
from bitloop_hil.timing.model import Model

__all__ = ["SLICE", "Machine", "Why"]

_PAGE = 0x1000
_ERASED = (b"\xff" * 8, b"\0" * 8)  # vectors of a core that starts into nothing
_EMPTY = "the flash holds no program, so the core does nothing until one is programmed"


class Machine:
    """One board. Load an image (or let a debugger do it), `reset`, then `run` it piece by piece.

    It is also the `Services` of its devices (devices/device.py): interrupt, load, store, note, clock.
    """

    def __init__(self, board: BoardFile, pricer: Pricer | None = None) -> None:
        """`pricer` says what blocks of code cost, where it is not to be the cycle model of the core."""
        self.board = board
        self._cpu = Cpu(board.target)
        self._status = Status()
        self.memory = Memory(self._cpu.uc, board)
        model = Model(board.core)
        self._code = Code(self._cpu.uc, self.memory, self._status, self._cpu.fpu, pricer or model)
        self.fast = Fast(self._cpu.uc, self._code.price, DivisionCost() if pricer else model.divisions)
        self._code.stop = self._stop
        self.clock: Clock = _Clock(self.fast, board.clock_hz)
        self.nvic = Nvic(CORES[board.core].priority_bits)
        self.notes: list[str] = []
        self._build_core()
        self._surroundings = Surroundings(board, self)
        self.line = self._surroundings.line
        self.bus.store_flash = self._surroundings.store_flash
        self._retired = 0
        self._start_over()

    def _build_core(self) -> None:
        identity, uc = CORES[self.board.core], self._cpu.uc
        self.systick = SysTick(lambda: self.fast.cycles, lambda: self.nvic.pending.add(numbers.SYSTICK))
        self.dwt = Dwt(identity.dwt_control, identity.mainline, lambda: self.fast.cycles, self._exact)
        self.scs = SystemControl(identity, self.nvic, self._status, self.systick, self.dwt, self._exact)
        self.scs.vectors = self.memory.vectors
        self.bus = Bus(uc, self.fast, self.memory, self.note)
        self.bus.attach(self.dwt, DWT_PAGE, _PAGE)
        self.bus.attach(self.scs, SCS_PAGE, _PAGE)
        self._exceptions = Exceptions(
            self._cpu, self.nvic, self._status, identity, self.memory, lambda cycles: self._runner.passes(cycles)
        )
        self._stops = Stops(self._cpu, self.memory, self._status)
        self.debug = Debug(self.board.core, self._cpu, self.bus, self.scs)
        parts = Parts(
            cpu=self._cpu,
            memory=self.memory,
            fast=self.fast,
            code=self._code,
            clock=self.clock,
            nvic=self.nvic,
            status=self._status,
            systick=self.systick,
            bus=self.bus,
            exceptions=self._exceptions,
            stops=self._stops,
            traps=Traps(uc, self.memory, self._stop),
            debug=self.debug,
            traps_by_ccr=identity.mainline,  # on Armv6-M Unicorn itself refuses what is unaligned
        )
        self._runner = Runner(parts, lambda: self.scs.reset_requested or self._reset_asked, self.reset)
        self._connect()

    def _connect(self) -> None:
        self.bus.pass_time = self._runner.pass_to_event
        self.debug.machine_reset, self.debug.machine_step = self.reset, self._runner.step
        self.debug.machine_pump, self.debug.code_changed = self._pump, self._code.changed
        self.debug.machine_retired = lambda: self._retired + self.fast.instructions
        self.scs.changed = self._control_changed
        self.scs.privileged = lambda: self._cpu.privileged
        self.scs.debugged = lambda: self.debug.enabled
        self._cpu.uc.hook_add(unicorn.UC_HOOK_MEM_UNMAPPED | unicorn.UC_HOOK_MEM_PROT, self._invalid)

    def interrupt(self, number: int, level: bool) -> None:
        """Drive an interrupt line."""
        self.nvic.line(number, level)
        self.bus.touched()
        self.fast.fields.limit = 0

    def load(self, address: int, size: int) -> bytes:
        """Memory as DMA reads it; BusError where there is none."""
        return self.memory.read(address, size)

    def store(self, address: int, data: bytes) -> None:
        """Memory as DMA writes it; BusError where there is none, or only flash."""
        self.memory.write(address, data)

    def note(self, text: str) -> None:
        """Tell people what keeps the board from working; the same text once."""
        if text not in self.notes:
            self.notes.append(text)

    @property
    def story(self) -> str:
        """The fault the core took last, or why it locked up."""
        told = self._exceptions.story
        return _EMPTY if told and bytes(self.memory.flash.data[:8]) in _ERASED else told

    @property
    def seconds_asleep(self) -> float:
        """How long a core that is ASLEEP waits for its next event."""
        wrap = self.systick.next_wrap
        return max(0.0, (wrap - self.fast.cycles) / self.clock.hertz) if wrap is not None else 0.0

    def load_image(self, image: Path) -> None:
        """Program the flash by the physical addresses of the ELF's segments; FlashError if they do not fit."""
        flash = self.memory.flash
        content = bytearray(b"\xff" * len(flash.data))
        for address, data in segments(image):
            if address < flash.origin or address + len(data) > flash.end:
                raise FlashError(
                    f"{image} has {len(data)} bytes at 0x{address:08x}, outside the flash of {self.board.name}"
                )
            content[address - flash.origin : address - flash.origin + len(data)] = data
        flash.data[:] = bytes(content)
        self._code.stale = True

    def code_changed(self, first: int, size: int) -> None:
        """Memory has new content there: what was executed of it is forgotten before the core goes on."""
        self._code.changed(first, size)

    def run(self, waited: bool = False, cycles: int = SLICE) -> Why:
        """Execute until the firmware waits for the line, or for so many cycles.

        `waited` says that the time of a core that was ASLEEP has passed: it goes on at its next event.
        """
        return self._runner.run(waited, cycles)

    def _pump(self, cycles: int) -> None:
        if self.run(cycles=cycles) is Why.ASLEEP:
            self.run(waited=True, cycles=cycles)

    def reset(self) -> None:
        """Registers and devices as after a system reset; RAM and what the debugger set as it was."""
        self._start_over()
        self.debug.was_reset()

    def _start_over(self) -> None:
        self._retired += self.fast.instructions
        self.fast.clear()
        self.clock.reset(self.board.clock_hz)
        for part in (self.nvic, self.systick, self.dwt, self.scs, self.bus):
            part.reset()
        self.notes.clear()
        self._surroundings.reset()
        self._exceptions.story = ""
        self._reset_asked = self._fpu_was_on = False
        self._runner.start_over()
        self._cpu.reset(self.memory.word(self._status.vectors), self.memory.word(self._status.vectors + 4))

    def ask_reset(self) -> None:
        """A device (a watchdog) resets the chip as soon as the core stops."""
        self._reset_asked = True
        self.fast.fields.limit = 0

    def heard(self) -> None:
        """The host has done something: a sleeping core may pass time at once again."""
        self._runner.heard()
        self.bus.touched()

    def hang(self) -> None:
        """A fault on purpose: the core executes nothing more until a reset."""
        self._runner.stuck = True

    def hard_fault(self) -> None:
        """A fault on purpose: a HardFault where the core is."""
        self._runner.take(Fault(numbers.HARD_FAULT, 0, "injected on purpose"))

    def inject(self, kind: str, arguments: dict[str, Any]) -> None:
        """A fault of the flash or the line on purpose; ProbeError if there is no such."""
        if not self._surroundings.inject(kind, arguments):
            raise ProbeError(
                f"the virtual bench has no fault called {kind!r}; see the page about faults for the known ones"
            )

    @property
    def sensors(self) -> Sensors:
        """What hangs on the buses of the board."""
        return self._surroundings.sensors

    def _stop(self) -> None:
        self.fast.fields.limit = 0
        self._cpu.uc.emu_stop()

    def _control_changed(self) -> None:
        """Registers of the core were written: what is due or allowed may have changed."""
        self.fast.fields.limit = 0
        if self._fpu_was_on and not self._status.fpu_on:  # blocks that use it have to be looked at again
            self._code.stale = True
        self._fpu_was_on = self._status.fpu_on

    def _exact(self) -> int:
        """Cycles before the instruction that reads; the first answer is close, and is asked for again."""
        exact = self.fast.exact()
        return self.fast.cycles if exact is None else exact

    def _invalid(self, uc: unicorn.Uc, kind: int, address: int, size: int, value: int, data: object) -> bool:
        """Where the core may not go; stores to the flash are for its controller."""
        self._stops.bad_address = address
        block = self.memory.block(address, size)
        if kind != unicorn.UC_MEM_WRITE_PROT or block is None:
            return False
        self.bus.touched()
        stored = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
        return self.bus.store_flash(self.memory.flash.origin + address - block.origin, stored)


class _Clock(Clock):
    """A clock that does not let the core run past what it is told in the meantime."""

    def __init__(self, fast: Fast, hertz: int) -> None:
        self._fields = fast.fields
        super().__init__(lambda: fast.cycles, hertz)

    def at(self, when: int, action: Action) -> Event:
        event = super().at(when, action)
        self._hurry()
        return event

    def change(self, hertz: int) -> None:
        super().change(hertz)
        self._hurry()

    def _hurry(self) -> None:
        due = self.next_cycle()
        if due is not None and due < self._fields.limit:
            self._fields.limit = due
