"""GPIO ports of both kinds: CRL and CRH (F1, with AFIO), or MODER and AFR (all others)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from bitloop_hil.benches.virtual.devices.registers import WordDevice

_PINS = 16


def _pairs(word: int) -> list[int]:
    return [word >> 2 * pin & 3 for pin in range(_PINS)]


class Port(WordDevice):
    """One port. Pins that are neither driven nor pulled read as high where `idle_high` has them, else as low."""

    IDR: int
    ODR: int

    def __init__(self, reset_values: Mapping[int, int]) -> None:
        super().__init__(reset_values)
        self.idle_high = 0
        self.before: Callable[[], None] = lambda: None
        """Called before pins may change."""
        self.after: Callable[[], None] = lambda: None
        """Called after they may have changed."""
        self.watchers: list[Callable[[], None]] = []
        """Called then, too: who is selected by pins."""

    @abstractmethod
    def alternate(self, pin: int) -> int | None:
        """The alternate function a pin is switched over to; None if it is none (on the F1 it has no number: 0)."""

    @abstractmethod
    def listens(self, pin: int) -> bool:
        """Whether a pin's level reaches a peripheral that takes it as an input."""

    @abstractmethod
    def open_drain(self, pin: int) -> bool:
        """Whether a pin only pulls low, so that others on its wire can do so, too."""

    @abstractmethod
    def analogue(self, pin: int) -> bool:
        """Whether a pin is switched to analogue."""

    @abstractmethod
    def drives_low(self, pin: int) -> bool:
        """Whether a pin is an output that is low."""

    @abstractmethod
    def _inputs(self) -> int:
        """Levels of the pins, a bit each."""

    def write(self, offset: int, size: int, value: int) -> None:
        self.before()
        super().write(offset, size, value)
        self.after()
        for watch in self.watchers:
            watch()

    def load(self, offset: int) -> int:
        return self._inputs() if offset == self.IDR else super().load(offset)

    def _set(self, set_bits: int, reset_bits: int) -> None:
        self.words[self.ODR] = (self.words.get(self.ODR, 0) & ~reset_bits | set_bits) & 0xFFFF


class PortV2(Port):
    """MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFRL, AFRH, BRR."""

    MODER, OTYPER, PUPDR, IDR, ODR, BSRR, AFRL, BRR = 0x00, 0x04, 0x0C, 0x10, 0x14, 0x18, 0x20, 0x28
    _OUTPUT, _ALTERNATE, _ANALOGUE = 1, 2, 3

    def alternate(self, pin: int) -> int | None:
        if self._mode(pin) != self._ALTERNATE:
            return None
        return self.words.get(self.AFRL + 4 * (pin // 8), 0) >> 4 * (pin % 8) & 0xF

    def listens(self, pin: int) -> bool:
        return self._mode(pin) == self._ALTERNATE

    def open_drain(self, pin: int) -> bool:
        return bool(self.words.get(self.OTYPER, 0) >> pin & 1)

    def analogue(self, pin: int) -> bool:
        return self._mode(pin) == self._ANALOGUE

    def drives_low(self, pin: int) -> bool:
        return self._mode(pin) == self._OUTPUT and not self.words.get(self.ODR, 0) >> pin & 1

    def store(self, offset: int, value: int) -> None:
        if offset == self.BSRR:
            self._set(value & 0xFFFF, value >> 16 & ~value)
        elif offset == self.BRR:
            self._set(0, value & 0xFFFF)
        elif offset != self.IDR:
            super().store(offset, value)

    def _mode(self, pin: int) -> int:
        return self.words.get(self.MODER, 0) >> 2 * pin & 3

    def _inputs(self) -> int:
        driven, levels = self.words.get(self.ODR, 0), 0
        pulls = _pairs(self.words.get(self.PUPDR, 0))
        for pin, mode in enumerate(_pairs(self.words.get(self.MODER, 0))):
            if mode == self._OUTPUT:
                levels |= driven & 1 << pin
            elif mode != self._ANALOGUE:  # which reads 0
                levels |= (pulls[pin] == 1 or self.idle_high >> pin & 1) << pin
        return levels


class PortV1(Port):
    """CRL, CRH, IDR, ODR, BSRR, BRR, LCKR (RM0008 9.2): four bits a pin, CNF above MODE."""

    CRL, IDR, ODR, BSRR, BRR = 0x00, 0x08, 0x0C, 0x10, 0x14
    _FLOATING, _PULLED = 1, 2

    def alternate(self, pin: int) -> int | None:
        configuration, mode = self._of(pin)
        return 0 if mode and configuration & 2 else None

    def listens(self, pin: int) -> bool:
        configuration, mode = self._of(pin)
        return not mode and configuration in (self._FLOATING, self._PULLED)

    def open_drain(self, pin: int) -> bool:
        configuration, mode = self._of(pin)
        return bool(mode and configuration & 1)

    def analogue(self, pin: int) -> bool:
        return self._of(pin) == (0, 0)

    def drives_low(self, pin: int) -> bool:
        configuration, mode = self._of(pin)
        return bool(mode) and not configuration & 2 and not self.words.get(self.ODR, 0) >> pin & 1

    def store(self, offset: int, value: int) -> None:
        if offset == self.BSRR:
            self._set(value & 0xFFFF, value >> 16 & ~value)
        elif offset == self.BRR:
            self._set(0, value & 0xFFFF)
        elif offset != self.IDR:
            super().store(offset, value)

    def _of(self, pin: int) -> tuple[int, int]:
        bits = self.words.get(self.CRL + 4 * (pin // 8), 0) >> 4 * (pin % 8)
        return bits >> 2 & 3, bits & 3

    def _inputs(self) -> int:
        out, levels = self.words.get(self.ODR, 0), 0
        for pin in range(_PINS):
            configuration, mode = self._of(pin)
            high = self.idle_high >> pin & 1
            if (not configuration & 2) if mode else configuration == self._PULLED:
                high = out >> pin & 1
            elif not mode and configuration == 0:  # analog
                high = 0
            levels |= high << pin
        return levels
