"""The debugger's registers of a core: DHCSR, DCRSR, DCRDR, DFSR, the breakpoint unit, ROM tables (DDI 0403E C1).

What is not here belongs to the machine: DEMCR, AIRCR, DWT and everything else is read and written there.
"""

from __future__ import annotations

from bitloop_hil.benches.virtual.debug_target import DebugTarget, Stop
from bitloop_hil.probe.components import IDENTITY, PAGE, Components

DFSR, DHCSR, DCRSR, DCRDR = 0xE000ED30, 0xE000EDF0, 0xE000EDF4, 0xE000EDF8
_SCS, _DWT, _BREAKPOINTS, _ITM = 0xE000E000, 0xE0001000, 0xE0002000, 0xE0000000
_KEY = 0xA05F
_ENABLE, _HALT, _STEP, _MASK_INTERRUPTS = 1, 2, 4, 8
_READY, _HALTED, _SLEEPS, _LOCKED_UP, _RETIRED, _WAS_RESET = 1 << 16, 1 << 17, 1 << 18, 1 << 19, 1 << 24, 1 << 25
_WRITE_REGISTER = 1 << 16
_FP_ENABLE, _FP_KEY, _COMPARATORS = 1, 2, 8
_PUMP = 400_000  # cycles a running core gets whenever it is asked whether it has halted


class RunControl:
    """Registers of the debugger's own, by absolute address, in whole words."""

    def __init__(self, target: DebugTarget, components: Components) -> None:
        self._target, self._components = target, components
        self._data = self._control = 0
        self._comparators = [0] * components.code_comparators
        self._breakpoints_on = False
        self._resets = self._retired = 0
        self._halt_wanted = False
        self.held = False

    def owns(self, address: int) -> bool:
        """Whether a register is one of these."""
        page, offset = address & ~(PAGE - 1), address & PAGE - 1
        if page in (_BREAKPOINTS, _ITM) or page in self._components.rom_pages:
            return True
        if page in (_SCS, _DWT) and offset >= IDENTITY:
            return True
        return address & ~3 in (DFSR, DHCSR, DCRSR, DCRDR)

    def read(self, address: int) -> int:
        """A word."""
        if address == DHCSR:
            return self._status()
        if address == DCRDR:
            return self._data
        if address == DFSR:
            return int(self._target.stops)
        if address & ~(PAGE - 1) == _BREAKPOINTS and address & PAGE - 1 < IDENTITY:
            return self._breakpoint_register(address - _BREAKPOINTS)
        return self._components.words.get(address, 0)

    def write(self, address: int, value: int) -> None:
        """A word."""
        if address == DHCSR:
            if value >> 16 == _KEY:
                self._command(value & 0xFFFF)
        elif address == DCRDR:
            self._data = value
        elif address == DCRSR:
            self._transfer(value)
        elif address == DFSR:
            self._target.stops = Stop(int(self._target.stops) & ~value)
        elif address & ~(PAGE - 1) == _BREAKPOINTS:
            self._set_breakpoint(address - _BREAKPOINTS, value)

    def hold_reset(self, held: bool) -> None:
        """The nRST pin. A halt that was asked for meanwhile comes as the core is let go."""
        self.held = held
        self._target.hold_reset(held)
        if not held and self._halt_wanted:
            self._halt_wanted = False
            self._target.halt()

    def let_go(self) -> None:
        """The debugger is gone without a word: nRST is not held any more; what it set stays, as in a chip."""
        if self.held:
            self.hold_reset(False)

    def _status(self) -> int:
        target = self._target
        if not target.halted and not self.held:
            target.pump(_PUMP)
        value = _ENABLE if target.enabled else 0
        value |= self._control & _STEP | (_MASK_INTERRUPTS if target.mask_interrupts else 0) | _READY
        value |= _HALT | _HALTED if target.halted else 0
        value |= (_SLEEPS if target.asleep else 0) | (_LOCKED_UP if target.locked_up else 0)
        if target.retired != self._retired:
            value |= _RETIRED
        if target.resets != self._resets or self.held:
            value |= _WAS_RESET
        self._retired, self._resets = target.retired, target.resets
        return value

    def _command(self, control: int) -> None:
        target, self._control = self._target, control
        target.enabled = bool(control & _ENABLE)
        target.mask_interrupts = bool(control & _MASK_INTERRUPTS and control & _ENABLE)
        if not target.enabled:
            self._halt_wanted = False
            if target.halted:
                target.resume()
        elif control & _HALT:
            if self.held:
                self._halt_wanted = True
            elif not target.halted:
                target.halt()
        elif target.halted:
            (target.step if control & _STEP else target.resume)()

    def _transfer(self, value: int) -> None:
        if not self._target.halted:
            return
        if value & _WRITE_REGISTER:
            self._target.write_register(value & 0x7F, self._data)
        else:
            self._data = self._target.read_register(value & 0x7F)

    def _breakpoint_register(self, offset: int) -> int:
        if offset == 0:
            return self._components.breakpoints | (_FP_ENABLE if self._breakpoints_on else 0)
        index = (offset - _COMPARATORS) // 4
        return self._comparators[index] if 0 <= index < len(self._comparators) else 0

    def _set_breakpoint(self, offset: int, value: int) -> None:
        index = (offset - _COMPARATORS) // 4
        if offset == 0:
            if value & _FP_KEY:
                self._breakpoints_on = bool(value & _FP_ENABLE)
        elif 0 <= index < len(self._comparators):
            self._comparators[index] = value
        found = [each for value in self._comparators for each in self._addresses(value)]
        self._target.breakpoints = set(found) if self._breakpoints_on else set()

    def _addresses(self, value: int) -> list[int]:
        """Where a comparator breaks."""
        if not value & 1:
            return []
        if self._components.any_address:
            return [value & ~1]
        word = value & 0x1FFFFFFC
        return [word + half for half, bit in ((0, 1 << 30), (2, 1 << 31)) if value & bit]
