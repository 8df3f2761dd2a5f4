"""A Cortex-M in Unicorn running an image: memories, exceptions, and the devices of the board around it."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any

import unicorn

from bitloop.errors import FlashError, ProbeError
from bitloop_hil.benches.virtual import nvic as numbers
from bitloop_hil.benches.virtual import stops
from bitloop_hil.benches.virtual.bus import Bus
from bitloop_hil.benches.virtual.clock import SECOND, Clock
from bitloop_hil.benches.virtual.cpu import Cpu
from bitloop_hil.benches.virtual.debug import Debug
from bitloop_hil.benches.virtual.debug_target import Stop
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.dwt import PAGE as DWT_PAGE
from bitloop_hil.benches.virtual.dwt import Dwt
from bitloop_hil.benches.virtual.exceptions import DEBUGEVT, FORCED, Exceptions, Fault, Lockup, Status
from bitloop_hil.benches.virtual.fast import DivisionCost, Fast, Pricer
from bitloop_hil.benches.virtual.identity import CORES
from bitloop_hil.benches.virtual.memory import Memory, segments
from bitloop_hil.benches.virtual.nvic import Nvic
from bitloop_hil.benches.virtual.scs import PAGE as SCS_PAGE
from bitloop_hil.benches.virtual.scs import SystemControl
from bitloop_hil.benches.virtual.surroundings import Surroundings
from bitloop_hil.benches.virtual.systick import SysTick
from bitloop_hil.benches.virtual.traps import Traps
from bitloop_hil.boards import BoardFile
from bitloop_hil.timing.model import Model

SLICE = 50_000_000
"""Cycles between two looks at the outside world, unless somebody wants fewer."""
_PAGE = 0x1000
_PIECE = 1 << 10  # at most as large as a block of code can be
_PATIENCE = 5 * SECOND  # virtual time a sleeping core passes at once after it last heard something


class Why(Enum):
    """Why the core stands."""

    IDLE = "waits for the line"
    SLICE = "has more to do"
    ASLEEP = "waits for SysTick, in real time"
    HALTED = "is halted by a debugger, or held in reset"
    LOCKED = "locked up"


class Machine:
    """One board. `load` an image (or let a debugger do it), `reset`, then `run` it piece by piece."""

    def __init__(self, board: BoardFile, pricer: Pricer | None = None) -> None:
        """`pricer` says what blocks of code cost, where it is not to be the cycle model of the core."""
        self.board = board
        self._cpu = Cpu(board.target)
        model = Model(board.core)
        self._pricer: Pricer = pricer or model
        self.memory = Memory(self._cpu.uc, board)
        self.fast = Fast(self._cpu.uc, self._price, DivisionCost() if pricer else model.divisions)
        self.clock: Clock = _Clock(self, board.clock_hz)
        self.nvic = Nvic(CORES[board.core].priority_bits)
        self._status = Status()
        self.notes: list[str] = []
        self._build_core()
        self._surroundings = Surroundings(board, self)
        self.line = self._surroundings.line
        self.bus.store_flash = self._surroundings.store_flash
        self._hooks()
        self._retired = 0
        self._forget = False
        self._executed: set[int] = set()  # pieces of memory that code was executed from
        self._start_over()

    def _build_core(self) -> None:
        identity = CORES[self.board.core]
        self.systick = SysTick(self._cycles, lambda: self.nvic.pending.add(numbers.SYSTICK))
        self.dwt = Dwt(identity.dwt_control, identity.mainline, self._cycles, self._exact)
        self.scs = SystemControl(identity, self.nvic, self._status, self.systick, self.dwt, self._exact)
        self.scs.vectors = self.memory.vectors
        self.bus = Bus(self._cpu.uc, self.fast, self.memory, self.note)
        self.bus.pass_time = self._pass_to_event
        self.bus.attach(self.dwt, DWT_PAGE, _PAGE)
        self.bus.attach(self.scs, SCS_PAGE, _PAGE)
        self._exceptions = Exceptions(self._cpu, self.nvic, self._status, identity, self.memory, self._passes)
        self._stops = stops.Stops(self._cpu, self.memory, self._status)
        self._traps = Traps(self._cpu.uc, self.memory, self._stop)
        self.debug = Debug(self.board.core, self._cpu, self.bus, self.scs)
        self.debug.machine_reset, self.debug.machine_step = self.reset, self._step
        self.debug.machine_pump, self.debug.code_changed = self._pump, self.code_changed
        self.debug.machine_retired = lambda: self._retired + self.fast.instructions
        self.scs.changed = self._control_changed
        self.scs.privileged = lambda: self._cpu.privileged
        self.scs.debugged = lambda: self.debug.enabled

    def _hooks(self) -> None:
        uc = self._cpu.uc
        uc.hook_add(unicorn.UC_HOOK_INTR, self._interrupted)
        uc.hook_add(unicorn.UC_HOOK_MEM_UNMAPPED | unicorn.UC_HOOK_MEM_PROT, self._invalid)

    # What the machine offers to its devices (devices.device.Services).

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

    # What the process of the board does with it.

    @property
    def story(self) -> str:
        """The fault the core took last, or why it locked up."""
        return self._exceptions.story

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
        self._forget = True

    def code_changed(self, first: int, size: int) -> None:
        """Memory has new content there: what was executed of it is forgotten before the core goes on."""
        pieces = range(self._executable(first), self._executable(first + size - 1) + 1)
        if not self._executed.isdisjoint(pieces):
            self._forget = True

    def _executable(self, address: int) -> int:
        """The piece of memory an address lies in; where the flash is seen twice, it is the same."""
        block = self.memory.block(address)
        if block is not None and not block.writable:
            address += self.memory.flash.origin - block.origin
        return address // _PIECE

    def reset(self) -> None:
        """Registers and devices as after a system reset; RAM and what the debugger set as it was."""
        self._start_over()
        self.debug.was_reset()

    def _start_over(self) -> None:
        self._retired += self.fast.instructions
        self.fast.clear()
        self.clock.reset(self.board.clock_hz)
        self.nvic.reset()
        self.systick.reset()
        self.dwt.reset()
        self.scs.reset()
        self.bus.reset()
        self.notes.clear()
        self._surroundings.reset()
        self._exceptions.story = ""
        self._interrupt: int | None = None
        self._fp_block: int | None = None
        self._paused = self._asleep = self._reset_asked = self._stuck = False
        self._patience_until = _PATIENCE
        self._cpu.reset(self.memory.word(self._status.vectors), self.memory.word(self._status.vectors + 4))

    def ask_reset(self) -> None:
        """A device (a watchdog) resets the chip as soon as the core stops."""
        self._reset_asked = True
        self.fast.fields.limit = 0

    def hang(self) -> None:
        """A fault on purpose: the core executes nothing more until a reset."""
        self._stuck = True

    def hard_fault(self) -> None:
        """A fault on purpose: a HardFault where the core is."""
        self._take(Fault(numbers.HARD_FAULT, 0, "injected on purpose"))

    def heard(self) -> None:
        """The host has done something: a sleeping core may pass time at once again."""
        self._patience_until = self.clock.now() + _PATIENCE
        self.bus.touched()

    def run(self, waited: bool = False, cycles: int = SLICE) -> Why:
        """Execute until the firmware waits for the line, or for so many cycles.

        `waited` says that the time of a core that was ASLEEP has passed: it goes on at its next event.
        """
        if waited:
            self._skip_to_event()
        end = self._end = self.fast.cycles + cycles
        while True:
            if self.scs.reset_requested or self._reset_asked:
                self.reset()
            if self.debug.locked_up:
                return Why.LOCKED
            if self.debug.stands:
                return Why.HALTED
            if self._stuck:
                return Why.IDLE
            if self._take_due():
                continue
            if self._asleep or self._paused:
                if (why := self._wait()) is not None:
                    return why
            elif self.fast.cycles >= end:
                return Why.SLICE
            else:
                self._execute(self._limit(end))

    def _pump(self, cycles: int) -> None:
        if self.run(cycles=cycles) is Why.ASLEEP:
            self.run(waited=True, cycles=cycles)

    def _step(self) -> None:
        """One instruction, or the entry into an exception that is due."""
        if not self._stuck and not self._take_due():
            self._execute(1 << 63, count=1)

    def _take_due(self) -> bool:
        """Let happen what is due by now; whether the core went into an exception."""
        self.clock.run_due()
        self.systick.run_due()
        if not self.nvic.pending or (self.debug.mask_interrupts and self.debug.enabled):
            return False
        number = self.nvic.due(self._cpu.masks)
        if number is None:
            if self._asleep and self.nvic.wakes(self._cpu.masks):
                self._wake()
            return False
        self._wake()
        try:
            self._exceptions.enter(number)
        except Lockup as lockup:
            self._lock_up(lockup)
        return True

    def _wake(self) -> None:
        self._asleep = self._paused = self.debug.asleep = False

    def _wait(self) -> Why | None:
        """What a core does that waits: pass time to the next event, or let the outside world go on (its reason)."""
        event, wrap = self.clock.next_cycle(), self.systick.next_wrap
        if event is None and wrap is None:
            return self._leave_waiting(Why.IDLE)
        if event is None and not self._passes_at_once():
            return self._leave_waiting(Why.ASLEEP)
        self._skip_to_event()
        self._paused = False
        return None

    def _skip_to_event(self) -> None:
        moments = [moment for moment in (self.clock.next_cycle(), self.systick.next_wrap) if moment is not None]
        if moments:
            self.fast.skip(max(0, min(moments) - self.fast.cycles))

    def _leave_waiting(self, why: Why) -> Why:
        """Firmware that polls looks again when it is run next; one that sleeps goes on sleeping."""
        if not self._asleep:
            self._paused = False
        return why

    def _passes_at_once(self) -> bool:
        """Whether nobody outside is needed for what the core waits for, as far as the bench can see."""
        return self._polls_core or (self._asleep and self.clock.now() < self._patience_until)

    def _limit(self, end: int) -> int:
        now = self.fast.cycles
        moments = [end, self.clock.next_cycle(), self.systick.next_wrap]
        limit = min(moment for moment in moments if moment is not None)
        if self.nvic.pending and self.nvic.masked(self._cpu.masks):
            limit = now + 1  # block by block, until it is unmasked
        return max(limit, now + 1)

    def _execute(self, limit: int, count: int = 0) -> None:
        self._before_running(count)
        fast, executed = self.fast, self.fast.instructions
        if (fault := self._stops.before_fetch()) is not None:
            self._take(fault)
            return
        try:
            fast.run(self._cpu.pc, limit, count)
        except unicorn.UcError as error:
            if not self._take_stop():
                self._take_error(error, fast.instructions > executed)
            return
        if self._take_stop():
            return
        if fast.fields.idle or self.bus.waiting:
            self._paused, self._polls_core = True, self.bus.polls_core
        elif self._after(stops.WFI) and fast.instructions > executed:
            self._asleep = self.debug.asleep = True
            self._polls_core = False

    def _before_running(self, count: int) -> None:
        self._interrupt = self._fp_block = self.bus.refused = self._traps.caught = None
        self.bus.waiting = self.debug.hit = False
        if CORES[self.board.core].mainline:  # on Armv6-M Unicorn itself refuses what is unaligned
            self._traps.watch(self._status.ccr)
        if count or self._counted:  # what was translated the other way would not be counted, or slowly
            self._counted = bool(count)
            self._cpu.uc.ctl_flush_tb()
        if self._forget:
            self._forget = False
            self._executed.clear()
            self._cpu.uc.ctl_flush_tb()
            self.fast.forget_code()
        self.debug.arm()

    def _take_stop(self) -> bool:
        """Act on what one of the hooks stopped for."""
        if self._traps.caught is not None:
            self._take(self._traps.caught)
        elif self.bus.refused is not None:
            self._take(self._stops.data("access", self.bus.refused))
        elif self._fp_block is not None:
            self._run_to_fpu_instruction()
        elif self.debug.hit:
            self.debug.stop(Stop.BKPT)
        elif self._interrupt is not None:
            self._take_interrupt(self._interrupt)
        else:
            return False
        return True

    def _take_interrupt(self, number: int) -> None:
        if self._stops.returns and number in (stops.FETCH, stops.RETURN):
            self._return()
        elif number == stops.SVC:
            self._call_supervisor()
        elif number == stops.BREAKPOINT and self.debug.enabled:
            self.debug.stop(Stop.BKPT)
        elif number == stops.BREAKPOINT:
            self._take(Fault(numbers.HARD_FAULT, 0, "BKPT without a debugger", hfsr=DEBUGEVT))
        else:
            self._take(self._stops.of_interrupt(number))

    def _take_error(self, error: unicorn.UcError, moved: bool) -> None:
        if self._stops.returns and self.nvic.active:
            self._return()
        elif not moved or error.errno != unicorn.UC_ERR_INSN_INVALID:
            self._take(self._stops.of_error(error))
        elif self._after(stops.WFE):
            self._wait_for_event()
        elif not self._after(stops.YIELD):
            self._take(self._stops.of_error(error))

    def _wait_for_event(self) -> None:
        """WFE may end for no reason; here it does so at the next event, and at once after a SEV close by."""
        pc = self._cpu.pc
        if not any(self._stops.opcode(pc - back) == stops.SEV for back in (4, 6, 8)):
            self._paused, self._polls_core = True, False

    def _after(self, opcode: int) -> bool:
        """Whether the instruction executed last is this hint."""
        pc = self._cpu.pc
        return bool(self.fast.fields.block_end == pc) and self._stops.opcode(pc - 2) == opcode

    def _call_supervisor(self) -> None:
        if self.nvic.group(numbers.SVCALL) < self.nvic.level(self._cpu.masks):
            self.nvic.pending.add(numbers.SVCALL)
        else:
            self._take(Fault(numbers.HARD_FAULT, 0, "SVC where its priority does not allow it", hfsr=FORCED))

    def _return(self) -> None:
        if not self.nvic.active:
            self._take(self._stops.fetch())
            return
        try:
            self._exceptions.leave(self._cpu.pc)
        except Lockup as lockup:
            self._lock_up(lockup)
        if self._status.sleep_on_exit and not self.nvic.active:
            self._asleep = self.debug.asleep = True
            self._polls_core = False

    def _take(self, fault: Fault) -> None:
        try:
            self._exceptions.fault(fault)
        except Lockup as lockup:
            self._lock_up(lockup)

    def _lock_up(self, lockup: Lockup) -> None:
        self._exceptions.story = str(lockup)
        self.debug.locked_up = True

    def _run_to_fpu_instruction(self) -> None:
        """Step to the first instruction of the FPU in this block; it faults, as the FPU is off."""
        self._stepping = True
        try:
            for _ in range(_PAGE):
                pc = self._cpu.pc
                try:
                    if stops.uses_fpu(self.memory.read(pc, 4)[: 4 if self._stops.opcode(pc) >= 0xE800 else 2]):
                        self._take(self._stops.no_coprocessor())
                        break
                    self._before_running(1)
                    self.fast.run(pc, 1 << 63, 1)
                except (BusError, unicorn.UcError):
                    break
                if not self.fast.fields.block <= self._cpu.pc:
                    break
        finally:
            self._stepping = False
            self.fast.forget_code()

    _stepping = _polls_core = _counted = False
    _end = 0

    def _price(self, address: int, code: bytes, entry: int) -> tuple[int, int, int]:
        """What a block costs; it is also where an FPU that is off is noticed, before the block is executed."""
        if not self._status.fpu_on and self._cpu.fpu and not self._stepping and stops.uses_fpu(code):
            self._fp_block = address
            self._stop()
        self._executed.update((self._executable(address), self._executable(address + len(code) - 1)))
        return self._pricer(address, code, entry)

    def _stop(self) -> None:
        self.fast.fields.limit = 0
        self._cpu.uc.emu_stop()

    def _control_changed(self) -> None:
        """Registers of the core were written: what is due or allowed may have changed."""
        self.fast.fields.limit = 0

    def _cycles(self) -> int:
        return self.fast.cycles

    def _exact(self) -> int:
        """Cycles before the instruction that reads; the first answer is close, and is asked for again."""
        exact = self.fast.exact()
        return self.fast.cycles if exact is None else exact

    def _pass_to_event(self) -> None:
        """The core reads what only the next event will change: let the time until then pass at once."""
        event, wrap = self.clock.next_cycle(), self.systick.next_wrap
        if event is None or (wrap is not None and wrap <= event):
            return
        self.fast.skip(max(0, event - self.fast.cycles))
        self.clock.run_due()
        if self._forget or self.nvic.pending or self._reset_asked or self.fast.cycles >= self._end:
            self.fast.fields.limit = 0
        else:
            self.fast.fields.limit = self._limit(self._end)

    def _passes(self, cycles: int) -> None:
        """Cycles of an exception's entry or return, in which the world goes on."""
        self.fast.skip(cycles)
        self.clock.run_due()
        self.systick.run_due()

    def _interrupted(self, uc: unicorn.Uc, number: int, data: object) -> None:
        self._interrupt = number
        uc.emu_stop()

    def _invalid(self, uc: unicorn.Uc, kind: int, address: int, size: int, value: int, data: object) -> bool:
        self._stops.bad_address = address
        if kind != unicorn.UC_MEM_WRITE_PROT:
            return False
        block = self.memory.block(address, size)
        if block is None:
            return False
        self.bus.touched()
        stored = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
        return self.bus.store_flash(self.memory.flash.origin + address - block.origin, stored)

    def inject(self, kind: str, arguments: dict[str, Any]) -> None:
        """A fault of the flash or the line on purpose; ProbeError if there is no such."""
        if not self._surroundings.inject(kind, arguments):
            raise ProbeError(
                f"the virtual bench has no fault called {kind!r}; see the page about faults for the known ones"
            )


class _Clock(Clock):
    """A clock that does not let the core run past what it is told in the meantime."""

    def __init__(self, machine: Machine, hertz: int) -> None:
        self._fields = machine.fast.fields
        super().__init__(lambda: machine.fast.cycles, hertz)

    def at(self, when: int, action: Any) -> Any:
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
