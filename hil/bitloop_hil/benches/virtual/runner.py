"""Executes a core piece by piece: what is due, what it waits for, what it stopped for."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import unicorn

from bitloop_hil.benches.virtual import nvic as numbers
from bitloop_hil.benches.virtual import stops
from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.code import uses_fpu
from bitloop_hil.benches.virtual.debug_target import Stop
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.exceptions import DEBUGEVT, FORCED, Fault, Lockup
from bitloop_hil.benches.virtual.parts import Parts

SLICE = 50_000_000
"""Cycles between two looks at the outside world, unless somebody wants fewer."""
_PATIENCE = 5 * SECOND  # virtual time a sleeping core passes at once after it last heard something
_FOREVER = 1 << 63
_BLOCK = 1 << 12  # instructions; more than any block has


class Why(Enum):
    """Why the core stands."""

    IDLE = "waits for the line"
    SLICE = "has more to do"
    ASLEEP = "waits for SysTick, in real time"
    HALTED = "is halted by a debugger, or held in reset"
    LOCKED = "locked up"


class Runner:
    """The loop around Unicorn. `reset_asked` and `reset` are the machine's; `stuck` is a hang on purpose."""

    def __init__(self, parts: Parts, reset_asked: Callable[[], bool], reset: Callable[[], None]) -> None:
        self._cpu, self._fast, self._clock, self._nvic = parts.cpu, parts.fast, parts.clock, parts.nvic
        self._systick, self._bus, self._stops, self._debug = parts.systick, parts.bus, parts.stops, parts.debug
        self._parts, self._reset_asked, self._reset = parts, reset_asked, reset
        self._end = 0
        self.start_over()
        self._cpu.uc.hook_add(unicorn.UC_HOOK_INTR, self._interrupted)

    def start_over(self) -> None:
        """A reset."""
        self._interrupt: int | None = None
        self._paused = self._asleep = self._polls_core = self.stuck = False
        self._patience_until = _PATIENCE

    def heard(self) -> None:
        """The host has done something: a sleeping core may pass time at once again."""
        self._patience_until = self._clock.now() + _PATIENCE

    def run(self, waited: bool, cycles: int) -> Why:
        """Until the firmware waits for something outside, or for so many cycles. See `Machine.run`."""
        if waited:
            self._skip_to_event()
        end = self._end = self._fast.cycles + cycles
        while True:
            if self._reset_asked():
                self._reset()
            if self._debug.locked_up:
                return Why.LOCKED
            if self._debug.stands:
                return Why.HALTED
            if self.stuck:
                return Why.IDLE
            if self._take_due():
                continue
            if self._asleep or self._paused:
                if (why := self._wait()) is not None:
                    return why
            elif self._fast.cycles >= end:
                return Why.SLICE
            else:
                self._execute(self._limit(end))

    def step(self) -> None:
        """One instruction, or the entry into an exception that is due."""
        if not self.stuck and not self._take_due():
            self._execute(_FOREVER, count=1)

    def take(self, fault: Fault) -> None:
        """Into the handler of a fault, or lock up."""
        try:
            self._parts.exceptions.fault(fault)
        except Lockup as lockup:
            self._lock_up(lockup)

    def pass_to_event(self) -> None:
        """The core reads what only the next event will change: let the time until then pass at once."""
        fast, event, wrap = self._fast, self._clock.next_cycle(), self._systick.next_wrap
        if event is None or (wrap is not None and wrap <= event):
            return
        fast.skip(max(0, event - fast.cycles))
        self._clock.run_due()
        stop = self._parts.code.stale or self._nvic.pending or self._reset_asked() or fast.cycles >= self._end
        fast.fields.limit = 0 if stop else self._limit(self._end)

    def passes(self, cycles: int) -> None:
        """Cycles of an exception's entry or return, in which the world goes on."""
        self._fast.skip(cycles)
        self._clock.run_due()
        self._systick.run_due()

    def _take_due(self) -> bool:
        """Let happen what is due by now; whether the core went into an exception."""
        if self._clock.run_due():
            self._paused = False  # what it polls may have changed just now, and nothing more may come
        self._systick.run_due()
        if not self._nvic.pending or (self._debug.mask_interrupts and self._debug.enabled):
            return False
        number = self._nvic.due(self._cpu.masks)
        if number is None:
            if self._asleep and self._nvic.wakes(self._cpu.masks):
                self._wake()
            return False
        self._wake()
        try:
            self._parts.exceptions.enter(number)
        except Lockup as lockup:
            self._lock_up(lockup)
        return True

    def _wake(self) -> None:
        self._asleep = self._paused = self._debug.asleep = False

    def _sleep(self) -> None:
        self._asleep = self._debug.asleep = True
        self._polls_core = False

    def _wait(self) -> Why | None:
        """What a core does that waits: pass time to the next event, or let the outside world go on (its reason)."""
        event, wrap = self._clock.next_cycle(), self._systick.next_wrap
        if event is None and wrap is None:
            return self._leave_waiting(Why.IDLE)
        if event is None and not self._passes_at_once():
            return self._leave_waiting(Why.ASLEEP)
        self._skip_to_event()
        self._paused = False
        return None

    def _skip_to_event(self) -> None:
        moments = [moment for moment in (self._clock.next_cycle(), self._systick.next_wrap) if moment is not None]
        if moments:
            self._fast.skip(max(0, min(moments) - self._fast.cycles))

    def _leave_waiting(self, why: Why) -> Why:
        """Firmware that polls looks again when it is run next; one that sleeps goes on sleeping."""
        if not self._asleep:
            self._paused = False
        return why

    def _passes_at_once(self) -> bool:
        """Whether nobody outside is needed for what the core waits for, as far as the bench can see."""
        return self._polls_core or (self._asleep and self._clock.now() < self._patience_until)

    def _limit(self, end: int) -> int:
        now = self._fast.cycles
        moments = [end, self._clock.next_cycle(), self._systick.next_wrap]
        limit = min(moment for moment in moments if moment is not None)
        if self._nvic.pending and self._nvic.masked(self._cpu.masks):
            limit = now + 1  # block by block, until it is unmasked
        return max(limit, now + 1)

    def _execute(self, limit: int, count: int = 0) -> None:
        self._before_running(count)
        fast, executed = self._fast, self._fast.instructions
        if (fault := self._stops.before_fetch()) is not None:
            self.take(fault)
            return
        try:
            fast.run(self._cpu.pc, limit, count)
        except unicorn.UcError as error:
            if not self._take_stop():
                self._take_error(error, fast.instructions > executed)
            return
        if self._take_stop():
            return
        if fast.fields.idle or self._bus.waiting:
            self._paused, self._polls_core = True, self._bus.polls_core
        elif self._after(stops.WFI) and fast.instructions > executed:
            self._sleep()

    def _before_running(self, count: int) -> None:
        self._interrupt = self._bus.refused = self._parts.traps.caught = None
        self._bus.waiting = self._debug.hit = False
        if self._parts.traps_by_ccr:
            self._parts.traps.watch(self._parts.status.ccr)
        self._parts.code.before_running(self._fast, bool(count))
        self._debug.arm()

    def _take_stop(self) -> bool:
        """Act on what one of the hooks stopped for."""
        if self._parts.traps.caught is not None:
            self.take(self._parts.traps.caught)
        elif self._bus.refused is not None:
            self.take(self._stops.data("access", self._bus.refused))
        elif self._parts.code.refused is not None:
            self._run_to_fpu_instruction()
        elif self._debug.hit:
            self._debug.stop(Stop.BKPT)
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
        elif number == stops.BREAKPOINT and self._debug.enabled:
            self._debug.stop(Stop.BKPT)
        elif number == stops.BREAKPOINT:
            self.take(Fault(numbers.HARD_FAULT, 0, "BKPT without a debugger", hfsr=DEBUGEVT))
        else:
            self.take(self._stops.of_interrupt(number))

    def _take_error(self, error: unicorn.UcError, moved: bool) -> None:
        if self._stops.returns and self._nvic.active:
            self._return()
        elif not moved or error.errno != unicorn.UC_ERR_INSN_INVALID:
            self.take(self._stops.of_error(error))
        elif self._after(stops.WFE):
            self._wait_for_event()
        elif not self._after(stops.YIELD):
            self.take(self._stops.of_error(error))

    def _wait_for_event(self) -> None:
        """WFE may end for no reason; here it does so at the next event, and at once after a SEV close by."""
        pc = self._cpu.pc
        if not any(self._stops.opcode(pc - back) == stops.SEV for back in (4, 6, 8)):
            self._paused, self._polls_core = True, False

    def _after(self, opcode: int) -> bool:
        """Whether the instruction executed last is this hint."""
        pc = self._cpu.pc
        return bool(self._fast.fields.block_end == pc) and self._stops.opcode(pc - 2) == opcode

    def _call_supervisor(self) -> None:
        if self._nvic.group(numbers.SVCALL) < self._nvic.level(self._cpu.masks):
            self._nvic.pending.add(numbers.SVCALL)
        else:
            self.take(Fault(numbers.HARD_FAULT, 0, "SVC where its priority does not allow it", hfsr=FORCED))

    def _return(self) -> None:
        if not self._nvic.active:
            self.take(self._stops.fetch())
            return
        try:
            self._parts.exceptions.leave(self._cpu.pc)
        except Lockup as lockup:
            self._lock_up(lockup)
        if self._parts.status.sleep_on_exit and not self._nvic.active:
            self._sleep()

    def _lock_up(self, lockup: Lockup) -> None:
        self._parts.exceptions.story = str(lockup)
        self._debug.locked_up = True

    def _run_to_fpu_instruction(self) -> None:
        """Step to the first instruction of the FPU in this block; it faults, as the FPU is off."""
        code = self._parts.code
        code.stepping = True
        try:
            for _ in range(_BLOCK):
                pc = self._cpu.pc
                if uses_fpu(self._parts.memory.read(pc, 4 if self._stops.opcode(pc) >= 0xE800 else 2)):
                    self.take(self._stops.no_coprocessor())
                    break
                self._before_running(1)
                self._fast.run(pc, _FOREVER, 1)
        except (BusError, unicorn.UcError):
            pass  # another fault comes first, and is met again when the core goes on
        finally:
            code.stepping = False
            self._fast.forget_code()

    def _interrupted(self, uc: unicorn.Uc, number: int, data: object) -> None:
        self._interrupt = number
        uc.emu_stop()
