"""The system control space of a Cortex-M, 0xE000E000: NVIC, SysTick, system control block, FPU control."""

from __future__ import annotations

from collections.abc import Callable

from bitloop_hil.benches.virtual import nvic as numbers
from bitloop_hil.benches.virtual.devices.device import BusError, Device
from bitloop_hil.benches.virtual.dwt import Dwt
from bitloop_hil.benches.virtual.exceptions import Status
from bitloop_hil.benches.virtual.identity import Identity
from bitloop_hil.benches.virtual.nvic import Nvic
from bitloop_hil.benches.virtual.systick import SysTick

PAGE = 0xE000E000
_ICTR, _SYST_CSR, _SYST_RVR, _SYST_CVR, _SYST_CALIB = 0x004, 0x010, 0x014, 0x018, 0x01C
_ISER, _ICER, _ISPR, _ICPR, _IABR, _IPR, _IPR_END = 0x100, 0x180, 0x200, 0x280, 0x300, 0x400, 0x500
_CPUID, _ICSR, _VTOR, _AIRCR, _SCR, _CCR, _SHPR1, _SHPR3 = 0xD00, 0xD04, 0xD08, 0xD0C, 0xD10, 0xD14, 0xD18, 0xD20
_SHCSR, _CFSR, _HFSR, _MMFAR, _BFAR, _CPACR = 0xD24, 0xD28, 0xD2C, 0xD34, 0xD38, 0xD88
_DHCSR, _DEMCR, _STIR, _FPCCR = 0xDF0, 0xDFC, 0xF00, 0xF34
_MAINLINE_ONLY = range(_CFSR, 0xD40)
_CLEARED_BY_ONES = (_CFSR, _HFSR)
_SETS = range(_ISER, _IABR)
_TRACE = 1 << 24
_KEY, _KEY_READ = 0x05FA, 0xFA05
_RESET_REQUEST, _VECTOR_RESET = 1 << 2, 1 << 0
_FPU = 0xF << 20
_SLEEP_ON_EXIT = 1 << 1
_HANDLERS = {  # bits of SHCSR: active, pending, enabled
    numbers.MEM_MANAGE: (0, 13, 16),
    numbers.BUS_FAULT: (1, 14, 17),
    numbers.USAGE_FAULT: (3, 12, 18),
    numbers.SVCALL: (7, 15, None),
    numbers.DEBUG_MONITOR: (8, None, None),
    numbers.PENDSV: (10, None, None),
    numbers.SYSTICK: (11, None, None),
}


class SystemControl(Device):
    """`exact` is the cycles before the reading instruction, `changed` is called after writes that may change what
    the core does next, `privileged` says whether the core may be here, `debugged` whether a debugger is."""

    def __init__(
        self, identity: Identity, nvic: Nvic, status: Status, systick: SysTick, dwt: Dwt, exact: Callable[[], int]
    ) -> None:
        self._identity, self._nvic, self._status = identity, nvic, status
        self._systick, self._dwt, self._exact = systick, dwt, exact
        self.changed: Callable[[], None] = lambda: None
        self.privileged: Callable[[], bool] = lambda: True
        self.debugged: Callable[[], bool] = lambda: False
        self.demcr = 0  # outlives a system reset
        self.vectors = 0
        self.reset()

    def reset(self) -> None:
        self._words: dict[int, int] = {}
        self.reset_requested = False
        status = self._status
        status.ccr, status.fpccr = self._identity.ccr, 0xC0000000
        status.cfsr = status.hfsr = status.mmfar = status.bfar = 0
        status.fpu_on = status.sleep_on_exit = False
        status.vectors = self.vectors

    def read(self, offset: int, size: int) -> int:
        self._check()
        return self._load(offset & ~3) >> 8 * (offset & 3) & (1 << 8 * size) - 1

    def write(self, offset: int, size: int, value: int) -> None:
        if offset != _STIR:
            self._check()
        word, shift = offset & ~3, 8 * (offset & 3)
        lane = (1 << 8 * size) - 1 << shift
        value = value << shift & lane
        if lane != 0xFFFFFFFF and word not in _CLEARED_BY_ONES and word not in _SETS:
            value |= self._load(word) & ~lane
        self._store(word, value)
        self.changed()

    def _check(self) -> None:
        if not self.privileged():
            raise BusError("the private peripheral bus is for privileged code")

    def _load(self, word: int) -> int:
        if word in _MAINLINE_ONLY and not self._identity.mainline:
            return 0
        if _ISER <= word < _IPR_END:
            return self._load_nvic(word)
        if _SHPR1 <= word <= _SHPR3:
            return self._priorities(4 + word - _SHPR1)
        match word:
            case 0x004:
                return 2
            case 0x010:
                return self._systick.read_control()
            case 0x014:
                return self._systick.reload
            case 0x018:
                return self._systick.value(self._exact())
            case 0xD00:
                return self._identity.cpuid
            case 0xD04:
                return self._icsr()
            case 0xD08:
                return self._status.vectors
            case 0xD0C:
                return _KEY_READ << 16 | self._nvic.group_shift - 1 << 8
            case 0xD14:
                return self._status.ccr
            case 0xD24:
                return self._shcsr()
            case 0xD28:
                return self._status.cfsr
            case 0xD2C:
                return self._status.hfsr
            case 0xD34:
                return self._status.mmfar
            case 0xD38:
                return self._status.bfar
            case 0xDF0:
                return int(self.debugged())
            case 0xDFC:
                return self.demcr
            case 0xF34:
                return self._status.fpccr if self._identity.fpu else 0
        return self._words.get(word, self._identity.registers.get(word, 0))

    def _store(self, word: int, value: int) -> None:
        if _ISER <= word < _IPR_END:
            self._store_nvic(word, value)
        elif _SHPR1 <= word <= _SHPR3:
            self._set_priorities(4 + word - _SHPR1, value)
        elif word in (_SYST_CSR, _SYST_RVR, _SYST_CVR):
            self._store_systick(word, value)
        elif word in _CLEARED_BY_ONES and self._identity.mainline:
            if word == _CFSR:
                self._status.cfsr &= ~value
            else:
                self._status.hfsr &= ~value
        elif word not in self._identity.registers and word not in (_CPUID, _ICTR, _SYST_CALIB, _DHCSR):
            self._store_control(word, value)

    def _store_control(self, word: int, value: int) -> None:
        status = self._status
        match word:
            case 0xD04:
                self._store_icsr(value)
            case 0xD08:
                if self._identity.mainline or self._identity.registers:  # the M0 has none
                    status.vectors = value & ~0x7F
            case 0xD0C:
                self._store_aircr(value)
            case 0xD10:
                self._words[word] = value
                status.sleep_on_exit = bool(value & _SLEEP_ON_EXIT)
            case 0xD14:
                if self._identity.mainline:
                    status.ccr = value
            case 0xD24:
                self._store_shcsr(value)
            case 0xD34:
                status.mmfar = value
            case 0xD38:
                status.bfar = value
            case 0xD88:
                if self._identity.fpu:
                    self._words[word] = value & _FPU
                    status.fpu_on = value & _FPU in (_FPU, _FPU // 3)
            case 0xDFC:
                self.demcr = value
                self._dwt.trace(bool(value & _TRACE))
            case 0xF00:
                self._nvic.pending.add(numbers.FIRST_INTERRUPT + (value & 0x1FF))
            case 0xF34:
                status.fpccr = value
            case _:
                self._words[word] = value

    def _store_systick(self, word: int, value: int) -> None:
        if word == _SYST_CSR:
            self._systick.write_control(value)
        elif word == _SYST_RVR:
            self._systick.reload = value & 0xFFFFFF
        else:
            self._systick.clear()

    def _load_nvic(self, word: int) -> int:
        if word >= _IPR:
            return self._priorities(numbers.FIRST_INTERRUPT + word - _IPR)
        first = numbers.FIRST_INTERRUPT + 8 * (word & 0x7F)
        if word < _ISPR:
            return sum(1 << bit for bit in range(32) if self._nvic.enabled(first + bit))
        of = self._nvic.pending if word < _IABR else self._nvic.active
        return sum(1 << bit for bit in range(32) if first + bit in of)

    def _store_nvic(self, word: int, value: int) -> None:
        if word >= _IPR:
            self._set_priorities(numbers.FIRST_INTERRUPT + word - _IPR, value)
            return
        first = numbers.FIRST_INTERRUPT + 8 * (word & 0x7F)
        for number in (first + bit for bit in range(32) if value >> bit & 1):
            if word < _ICER:
                self._nvic.enable(number, True)
            elif word < _ISPR:
                self._nvic.enable(number, False)
            elif word < _ICPR:
                self._nvic.pending.add(number)
            elif word < _IABR:
                self._nvic.clear(number)

    def _priorities(self, first: int) -> int:
        return sum((self._nvic.priority(first + i) & 0xFF) << 8 * i for i in range(4) if first + i > 3)

    def _set_priorities(self, first: int, value: int) -> None:
        for i in range(4):
            self._nvic.set_priority(first + i, value >> 8 * i & 0xFF)

    def _icsr(self) -> int:
        pending = [number for number in self._nvic.pending if self._nvic.enabled(number)]
        first = min(pending, key=lambda number: (self._nvic.priority(number), number), default=0)
        value = self._nvic.current | first << 12
        value |= (len(self._nvic.active) < 2) << 11
        value |= any(number >= numbers.FIRST_INTERRUPT for number in pending) << 22
        for number, bit in ((numbers.SYSTICK, 26), (numbers.PENDSV, 28), (numbers.NMI, 31)):
            value |= (number in self._nvic.pending) << bit
        return value

    def _store_icsr(self, value: int) -> None:
        for number, bit in ((numbers.SYSTICK, 26), (numbers.PENDSV, 28), (numbers.NMI, 31)):
            if value >> bit & 1:
                self._nvic.pending.add(number)
        for number, bit in ((numbers.SYSTICK, 25), (numbers.PENDSV, 27)):
            if value >> bit & 1:
                self._nvic.pending.discard(number)

    def _store_aircr(self, value: int) -> None:
        if value >> 16 != _KEY:
            return
        if self._identity.mainline:
            self._nvic.group_shift = (value >> 8 & 7) + 1
        self.reset_requested = self.reset_requested or bool(value & (_RESET_REQUEST | _VECTOR_RESET))

    def _shcsr(self) -> int:
        value = 0
        for number, (active, pending, enabled) in _HANDLERS.items():
            value |= (number in self._nvic.active) << active
            if pending is not None:
                value |= (number in self._nvic.pending) << pending
            if enabled is not None:
                value |= self._nvic.enabled(number) << enabled
        return value if self._identity.mainline else value & 1 << 15

    def _store_shcsr(self, value: int) -> None:
        for number, (_, pending, enabled) in _HANDLERS.items():
            if enabled is not None and self._identity.mainline:
                self._nvic.enable(number, bool(value >> enabled & 1))
            if pending is not None:
                (self._nvic.pending.add if value >> pending & 1 else self._nvic.pending.discard)(number)
