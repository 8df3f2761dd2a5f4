"""A microphone of one bit behind a DFSDM as a source: which clock, which oversampling, what a count means.

The clock is the chip's over a whole number, and a value is made of a whole number of bits; so a rate is possible that
divides the chip's clock into two such numbers. A sinc filter of fourth order has a gain of its oversampling to the
fourth, which has to stay below 2^31; what is above 24 bits is shifted out, and the upper 16 are sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile, boards_with
from bitloop_hil.buses import FittedSensor, Pdm
from bitloop_hil.chips import Chip
from bitloop_hil.datalogger.microphones import Microphone, microphone
from bitloop_hil.datalogger.ring import InRing, Ring, ring
from bitloop_hil.datalogger.source import Measured, Scale
from bitloop_hil.datalogger.wish import Wish

ORDER = 4
_DRIVER = "drivers/stm32_dfsdm.c"
RATES = (8000, 10_000, 16_000, 20_000, 32_000, 40_000)
"""Hz that are offered where another is not possible, as far as the chip's clock gives them."""
_DIVIDERS = range(2, 257)
_GAIN, _FULL = 1 << 31, 1 << 23
_ROUNDING = 1 << 7
_DECIMALS, _DIGITS = 4, 2


@dataclass(frozen=True, slots=True)
class Setting:
    """How a rate comes about: divider of the chip's clock, bits in a value, and how far results are shifted right."""

    divider: int
    oversampling: int
    shift: int

    @property
    def full(self) -> int:
        """Of 24 bits, what bits that are all 1 give."""
        return int(self.oversampling**ORDER) >> self.shift


@dataclass(frozen=True, slots=True)
class PdmMicrophone(InRing):
    """A microphone and what is asked of it."""

    microphone: Microphone
    mounted: FittedSensor
    bus: Pdm
    hz: Fraction
    setting: Setting
    ring: Ring

    template = "sensor_pdm.h.j2"
    shield = ""

    @property
    def name(self) -> str:
        """As its table is called."""
        return self.microphone.name

    @property
    def title(self) -> str:
        """What it is, for people."""
        return self.microphone.title

    @property
    def place(self) -> str:
        """The DFSDM."""
        return self.bus.name

    @property
    def measured(self) -> Measured:
        """The sound pressure, with its sign."""
        gain = Fraction(self.setting.oversampling**ORDER, 1 << self.setting.shift + 8)
        step = self.microphone.step(gain)
        scale = Scale(0, step.numerator, step.denominator)
        return Measured("sound", "Pa", "p", 0, 2, (scale,), _DECIMALS, _DIGITS)

    @property
    def rates(self) -> tuple[Fraction, ...]:
        """All that the chip's clock gives."""
        return _rates(self.microphone, self.bus)

    def files(self, board: BoardFile) -> tuple[str, ...]:
        """The driver of all converters, the ring's, and the DFSDM's."""
        return ("sensors/converter.c", "drivers/converter.h", "drivers/ring.h", "drivers/stm32_ring.c", _DRIVER)

    def values(self) -> Mapping[str, Any]:
        """DFSDM, pins, ring and its DMA."""
        bus = self.bus
        return {
            "bus": bus,
            "clock_hz": bus.clock_hz / self.setting.divider,
            "falling": self.mounted.edge == "falling",
            "setting": self.setting,
            "order": ORDER,
            "startup_ms": self.microphone.startup_ms,
            "pins": [("CKOUT", bus.ckout), ("DATIN", bus.datin)],
            "ring": self.ring,
            "dma": bus.dma,
        }

    def remarks(self) -> tuple[str, ...]:
        """The rate is the clock's, exactly."""
        return ()


def pdm_microphone(wish: Wish, board: BoardFile, chip: Chip) -> PdmMicrophone:
    """The microphone that is meant; BuildError says in a sentence what is not possible, and what is."""
    kind = microphone(wish.sensor)
    mounted = next((one for one in board.sensors if one.name == kind.name), None)
    if mounted is None or wish.shield:
        where, how = (f"{wish.shield} on {board.name}", ", without --shield") if wish.shield else (board.name, "")
        have = boards_with(lambda file: any(one.name == kind.name for one in file.sensors))
        raise BuildError(f"{where} has no {kind.name}; choose {have}{how}")
    bus = next(one for one in chip.pdm if one.name == mounted.bus)
    if wish.quantity not in ("", "sound"):
        raise BuildError(f"{kind.name} does not measure {wish.quantity!r}; choose one of sound")
    if wish.range:
        raise BuildError(f"{kind.name} has one range only; leave --range out")
    if wish.axes not in ("", "p"):
        raise BuildError(f"{kind.name} has no axes {wish.axes!r} for sound; leave --axes out")
    rates = ", ".join(f"{float(rate):g}" for rate in _rates(kind, bus))
    if wish.rate is None:
        raise BuildError(f"{kind.name} measures sound at {rates} Hz; choose one with --rate")
    hz = Fraction(str(wish.rate)) if 0 < wish.rate < bus.clock_hz else Fraction(bus.clock_hz)
    setting = _setting(kind, bus, hz)
    if setting is None:
        raise BuildError(
            f"{kind.name} needs a clock of {kind.lowest} to {kind.highest} Hz, which is {bus.clock_hz} Hz over a"
            f" whole number, and each value is made of a number of bits; that does not give {wish.rate:g} Hz:"
            f" choose one of {rates}"
        )
    return PdmMicrophone(kind, mounted, bus, hz, setting, ring(wish, board, hz, (0,)))


def _setting(kind: Microphone, bus: Pdm, hz: Fraction) -> Setting | None:
    """The fastest clock that gives a rate, and so as many bits in a value as there may be; None if none does."""
    for divider in _DIVIDERS:
        bits = bus.clock_hz / (hz * divider)
        clocked = kind.lowest <= bus.clock_hz / divider <= kind.highest
        if clocked and bits.denominator == 1 and (gain := int(bits) ** ORDER) < _GAIN:
            shift = next(shift for shift in range(32) if (gain >> shift) + _ROUNDING < _FULL)
            return Setting(divider, int(bits), shift)
    return None


def _rates(kind: Microphone, bus: Pdm) -> tuple[Fraction, ...]:
    return tuple(Fraction(hz) for hz in RATES if _setting(kind, bus, Fraction(hz)))
