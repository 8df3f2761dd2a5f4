"""Run control of a machine, as a debugger sees it: see debug_target.py for what each of these promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import unicorn

from bitloop_hil.benches.virtual.bus import Bus
from bitloop_hil.benches.virtual.cpu import Cpu
from bitloop_hil.benches.virtual.debug_target import Stop
from bitloop_hil.benches.virtual.scs import SystemControl

_CORE_RESET = 1  # DEMCR.VC_CORERESET


class Debug:
    """A `DebugTarget`. The machine asks `stands` before it executes anything and calls `stop` at a hit."""

    def __init__(self, core: str, cpu: Cpu, bus: Bus, control: SystemControl) -> None:
        self.core, self._cpu, self._bus, self._control = core, cpu, bus, control
        self.enabled = self.mask_interrupts = False
        self.breakpoints: set[int] = set()
        self.stops = Stop(0)
        self.resets = 0
        self.locked_up = self.asleep = self.held = False
        self.hit = False
        self._halted = False
        self._hooks: dict[int, Any] = {}
        self._passing = -1
        self.machine_reset: Callable[[], None] = lambda: None
        self.machine_step: Callable[[], None] = lambda: None
        self.machine_pump: Callable[[int], None] = lambda cycles: None
        self.machine_retired: Callable[[], int] = lambda: 0
        self.code_changed: Callable[[int, int], None] = lambda address, size: None

    @property
    def halted(self) -> bool:
        return self._halted

    @property
    def stands(self) -> bool:
        """Whether nothing is to be executed."""
        return self._halted or self.held

    @property
    def retired(self) -> int:
        return self.machine_retired()

    def read(self, address: int, size: int) -> bytes:
        with _Debugger(self._control):
            return self._bus.read(address, size)

    def write(self, address: int, data: bytes) -> None:
        self._bus.touched()
        with _Debugger(self._control):
            self._bus.write(address, data)
        self.code_changed(address, len(data))
        if self._control.reset_requested:
            self.machine_reset()

    def read_register(self, number: int) -> int:
        return self._cpu.selected(number)

    def write_register(self, number: int, value: int) -> None:
        self._cpu.select(number, value)

    def halt(self) -> None:
        if self.enabled and not self.stands:
            self.stop(Stop.HALTED)

    def resume(self) -> None:
        self._halted = False
        self._passing = self._cpu.pc

    def step(self) -> None:
        if self._halted and not self.held:
            self._passing = self._cpu.pc
            self._halted = False
            self.machine_step()
            if not self._halted:
                self.stop(Stop.HALTED)

    def reset(self, halt: bool = False) -> None:
        self.machine_reset()
        if halt and not self._halted:
            self.stop(Stop.VCATCH)

    def hold_reset(self, held: bool) -> None:
        if self.held and not held:
            self.held = False
            self.machine_reset()
        elif held:
            self.held, self._halted = True, False

    def pump(self, cycles: int) -> None:
        self.machine_pump(cycles)

    def stop(self, why: Stop) -> None:
        """Into debug state."""
        self._halted = True
        self.asleep = self.locked_up = False
        self.stops |= why

    def was_reset(self) -> None:
        """The machine went through a system reset."""
        self.resets += 1
        self._passing = -1
        self._halted = self.locked_up = self.asleep = False
        if self.enabled and self._control.demcr & _CORE_RESET and not self.held:
            self.stop(Stop.VCATCH)

    def arm(self) -> None:
        """Let Unicorn stop at the breakpoints; to be called before anything is executed."""
        wanted = self.breakpoints if self.enabled else set()
        if wanted == self._hooks.keys():
            return
        for address in self._hooks.keys() - wanted:
            self._cpu.uc.hook_del(self._hooks.pop(address))
        for address in wanted - self._hooks.keys():
            self._hooks[address] = self._cpu.uc.hook_add(
                unicorn.UC_HOOK_CODE, self._reached, begin=address, end=address
            )
        self._cpu.uc.ctl_flush_tb()

    def _reached(self, uc: unicorn.Uc, address: int, size: int, data: object) -> None:
        if address == self._passing:
            self._passing = -1
        else:
            self.hit = True
            uc.emu_stop()


class _Debugger:
    """While a debugger accesses the bus, privilege does not matter."""

    def __init__(self, control: SystemControl) -> None:
        self._control, self._privileged = control, control.privileged

    def __enter__(self) -> None:
        self._control.privileged = lambda: True

    def __exit__(self, *error: object) -> None:
        self._control.privileged = self._privileged
