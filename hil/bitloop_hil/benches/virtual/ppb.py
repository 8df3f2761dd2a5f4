"""The private peripheral bus of a Cortex-M: system control block, SysTick and the DWT's cycle counter.

Both clocks count executed instructions; the bench claims nothing about cycles.
"""

from __future__ import annotations

from collections.abc import Callable

PAGE_DWT, PAGE_SCS = 0xE0001000, 0xE000E000
_DWT_CONTROL, _DWT_CYCLES = 0x000, 0x004
_SYST_CONTROL, _SYST_RELOAD, _SYST_VALUE, _SYST_CALIBRATION = 0x010, 0x014, 0x018, 0x01C
_CPUID, _VTOR, _AIRCR, CFSR, HFSR, BFAR, _CPACR, _DEMCR = 0xD00, 0xD08, 0xD0C, 0xD28, 0xD2C, 0xD38, 0xD88, 0xDFC
_TRACE_ENABLE, _CYCLES_ENABLE = 1 << 24, 1
_ENABLE, _INTERRUPT, _WRAPPED = 1, 2, 1 << 16
_RESET_REQUEST, _KEY = 0x05FA0004, 0xFFFF0004
_CORES = {
    "cortex-m0": 0x410CC200,
    "cortex-m0plus": 0x410CC601,
    "cortex-m3": 0x412FC231,
    "cortex-m4f": 0x410FC241,
    "cortex-m7": 0x411FC272,
    "cortex-m33": 0x410FD214,
}


class PrivateBus:
    """Registers of pages 0xE0001000 and 0xE000E000. `count()` is the number of instructions executed."""

    def __init__(self, core: str, vectors: int, count: Callable[[], int], ask: Callable[[bool], None]) -> None:
        """`ask(now)` makes the bench look at what is due: before the access that asks, or else after its block."""
        self._core, self._count, self._ask = core, count, ask
        self._first_vectors = vectors
        self.reset()

    def reset(self) -> None:
        """As after power-on."""
        self.scs: dict[int, int] = {_CPUID: _CORES.get(self._core, 0), _VTOR: self._first_vectors}
        self._dwt: dict[int, int] = {_DWT_CONTROL: 0x40000000}
        self._cycles_from = 0
        self._reload = self._control = 0
        self._systick_from = 0
        self._wraps_taken = 0
        self.reset_requested = False

    @property
    def vectors(self) -> int:
        """Address of the vector table."""
        return self.scs[_VTOR]

    @property
    def next_wrap(self) -> int | None:
        """Instruction count at which SysTick's interrupt is due; None while there will be none."""
        if not (self._control & _ENABLE and self._control & _INTERRUPT and self._reload):
            return None
        return self._systick_from + (self._wraps_taken + 1) * (self._reload + 1)

    def wrap_taken(self) -> None:
        """SysTick's interrupt was entered."""
        self._wraps_taken += 1

    def read_dwt(self, offset: int) -> int:
        """Read of page 0xE0001000."""
        if offset == _DWT_CYCLES:
            return self._cycles()
        return self._dwt.get(offset, 0)

    def write_dwt(self, offset: int, value: int) -> None:
        """Write of page 0xE0001000."""
        if offset == _DWT_CYCLES:
            self._cycles_from = self._count() - value
        elif offset == _DWT_CONTROL and (value ^ self._dwt[_DWT_CONTROL]) & _CYCLES_ENABLE:
            now = self._cycles()
            self._dwt[_DWT_CONTROL] = value
            self._cycles_from = self._count() - now
            self._dwt[_DWT_CYCLES] = now
        else:
            self._dwt[offset] = value

    def read_scs(self, offset: int) -> int:
        """Read of page 0xE000E000."""
        if offset == _SYST_VALUE:
            return self._systick()
        if offset == _SYST_CONTROL:
            return self._control
        if offset == _SYST_RELOAD:
            return self._reload
        return self.scs.get(offset, 0)

    def write_scs(self, offset: int, value: int) -> None:
        """Write of page 0xE000E000."""
        if offset == _SYST_RELOAD:
            self._reload = value & 0xFFFFFF
        elif offset in (_SYST_VALUE, _SYST_CONTROL):
            if offset == _SYST_CONTROL:
                self._control = value & ~_WRAPPED
            # Either write starts the counter from its reload value here, and moves the deadline.
            self._systick_from, self._wraps_taken = self._count(), 0
            self._ask(False)
        elif offset == _AIRCR:
            self.reset_requested = value & _KEY == _RESET_REQUEST & _KEY
            self._ask(False)
        elif offset in (CFSR, HFSR):
            self.scs[offset] = self.scs.get(offset, 0) & ~value
        elif offset not in (_CPUID, _SYST_CALIBRATION):
            self.scs[offset] = value

    def _cycles(self) -> int:
        running = self.scs.get(_DEMCR, 0) & _TRACE_ENABLE and self._dwt[_DWT_CONTROL] & _CYCLES_ENABLE
        return (self._count() - self._cycles_from) & 0xFFFFFFFF if running else self._dwt.get(_DWT_CYCLES, 0)

    def _systick(self) -> int:
        if not self._control & _ENABLE or not self._reload:
            return 0
        due = self.next_wrap
        if due is not None and self._count() >= due:
            self._ask(True)  # the interrupt comes first; the read is executed again after it
        return self._reload - (self._count() - self._systick_from) % (self._reload + 1)
