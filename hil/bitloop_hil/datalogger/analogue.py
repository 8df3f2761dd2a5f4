"""Analogue inputs as sources: an ADC that a timer starts, its clock and sampling within the data sheet's limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import ceil, isfinite, lcm
from typing import Any

from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile, boards_with
from bitloop_hil.chips import Chip
from bitloop_hil.converters import Adc, AnaloguePin
from bitloop_hil.datalogger.ring import InRing, Ring, ring
from bitloop_hil.datalogger.source import Measured, Scale
from bitloop_hil.datalogger.wish import Wish

MOST_PER_SECOND = 100_000
"""Conversions of all pins together."""
MOST_PINS = 8
CODES = 4096
_LETTERS = "abcdefgh"
_CLOSE = Fraction(1, 1000)
"""How far the nearest rate of the timer may be from the wanted one."""
_SETTLE = Fraction(5, 1_000_000)
"""Seconds of sampling that are enough for a source of some ten kiloohms; more would only set the pins apart."""
_BUSY = Fraction(9, 10)
"""Of the time between two triggers, what conversions may take: one that comes too early is not heard."""
_TICKS = 0x10000
_ROUND = (
    100_000,
    50_000,
    40_000,
    32_000,
    25_000,
    20_000,
    16_000,
    10_000,
    8000,
    5000,
    4000,
    2000,
    1000,
    500,
    200,
    100,
)
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a family's data sheet says of its ADC: highest clock in Hz, dividers with their codes, cycles of sampling
    by code, cycles of a conversion; whether channels come in the order of their numbers."""

    most_hz: int
    dividers: tuple[tuple[int, int], ...]
    sampling: tuple[Fraction, ...]
    conversion: Fraction
    sorts: bool = False


def _cycles(*text: str) -> tuple[Fraction, ...]:
    return tuple(Fraction(one) for one in text)


_BUS_HALVES = ((2, 0), (4, 1), (6, 2), (8, 3))
_ORDERED = _cycles("1.5", "3.5", "7.5", "12.5", "19.5", "39.5", "79.5", "160.5")
# DS13867 and RM0490; DS5319 and RM0008; DS8626, DS9405, DS9716 and RM0090; DS10333 and RM0377; DS10198 and RM0351
_KINDS = {
    "stm32f1": _Kind(
        14_000_000,
        _BUS_HALVES,
        _cycles("1.5", "7.5", "13.5", "28.5", "41.5", "55.5", "71.5", "239.5"),
        Fraction("12.5"),
    ),
    "stm32f4": _Kind(
        36_000_000, _BUS_HALVES, _cycles("3", "15", "28", "56", "84", "112", "144", "480"), Fraction(12)
    ),
    "stm32c0": _Kind(35_000_000, ((1, 3), (2, 1), (4, 2)), _ORDERED, Fraction("12.5"), sorts=True),
    "stm32l0": _Kind(16_000_000, ((1, 3), (2, 1), (4, 2)), _ORDERED, Fraction("12.5"), sorts=True),
    "stm32l4": _Kind(
        80_000_000,
        ((1, 1), (2, 2), (4, 3)),
        _cycles("2.5", "6.5", "12.5", "24.5", "47.5", "92.5", "247.5", "640.5"),
        Fraction("12.5"),
    ),
}


@dataclass(frozen=True, slots=True)
class Analogue(InRing):
    """Pins of an ADC, converted one after the other at each update of a timer: every `prescale` x `counts` ticks.

    `prescaler` and `sampling` are codes; `family` is the chip's.
    """

    adc: Adc
    family: str
    pins: tuple[AnaloguePin, ...]
    measured: Measured
    prescale: int
    counts: int
    prescaler: int
    adc_hz: Fraction
    sampling: int
    ring: Ring

    template = "sensor_adc.h.j2"
    name = "ANALOGUE"
    shield = ""

    @property
    def title(self) -> str:
        """The pins."""
        return f"Analogue input {', '.join(pin.title for pin in self.pins)}"

    @property
    def place(self) -> str:
        """The ADC."""
        return self.adc.name

    @property
    def hz(self) -> Fraction:
        """The timer's rate, exactly."""
        return Fraction(self.adc.timer.clock_hz, self.prescale * self.counts)

    @property
    def rates(self) -> tuple[Fraction, ...]:
        """Round ones that the timer meets."""
        return tuple(Fraction(hz) for hz in _ROUND if self.adc.timer.clock_hz % hz == 0)

    @property
    def sampling_cycles(self) -> float:
        """Cycles for which the input is connected to the converter's capacitor."""
        return float(_KINDS[self.family].sampling[self.sampling])

    @property
    def skew(self) -> float:
        """Seconds between one pin and the next of a sample."""
        kind = _KINDS[self.family]
        return float((kind.sampling[self.sampling] + kind.conversion) / self.adc_hz)

    @property
    def scan(self) -> tuple[AnaloguePin, ...]:
        """Pins in the order of conversion."""
        return _scan(self.family, self.pins)

    def files(self, board: BoardFile) -> tuple[str, ...]:
        """The ring, the ADC of this version, its timer."""
        own = ("stm32_adc.h", f"stm32_adc_v{self.adc.version}.c", "stm32_timer.h", "stm32_ring.c", "ring.h")
        return ("sensors/converter.c", "drivers/converter.h", *(f"drivers/{name}" for name in own))

    def values(self) -> Mapping[str, Any]:
        """The ADC, its DMA and timer, the pins."""
        return {"adc": self.adc, "family": self.family, "ring": self.ring, "dma": self.adc.dma, "scan": self.scan}

    def remarks(self) -> tuple[str, ...]:
        """The true rate, and how far apart the pins of a sample are."""
        ticks, timer = self.prescale * self.counts, self.adc.timer
        said = [f"{timer.name} divides {timer.clock_hz} Hz by {ticks}: the true rate is {float(self.hz):.7g} Hz"]
        if len(self.pins) > 1:
            order = ", ".join(pin.name for pin in self.scan)
            said.append(f"{order} are converted one after the other, {self.skew * 1e6:.2f} µs apart")
        return tuple(said)


def analogue(wish: Wish, board: BoardFile, chip: Chip) -> Analogue:
    """The inputs that are meant; BuildError says in a sentence what is not possible, and what is."""
    adc = _adc(board, chip)
    if wish.range or wish.shield:
        extra, most = "range" if wish.range else "shield", f"{adc.millivolts / 1000:g}"
        raise BuildError(f"analogue inputs have no --{extra}: every one takes 0 V to {most} V; leave it out")
    if wish.axes:
        raise BuildError("analogue inputs have no --axes: --pins says which and in which order; leave it out")
    pins = _pins(adc, board, wish.pins)
    prescale, counts = _divider(adc, wish.rate, len(pins))
    kind, hz = _KINDS[chip.family], Fraction(adc.timer.clock_hz, prescale * counts)
    divider, prescaler = next(one for one in kind.dividers if adc.clock_hz <= one[0] * kind.most_hz)
    adc_hz = Fraction(adc.clock_hz, divider)
    longest = min(_SETTLE, _BUSY / hz / len(pins) - kind.conversion / adc_hz)
    fitting = [code for code, cycles in enumerate(kind.sampling) if cycles / adc_hz <= longest]
    scan = _scan(chip.family, pins)
    return Analogue(
        adc,
        chip.family,
        pins,
        _measured(wish, Fraction(adc.millivolts, 1000), len(pins)),
        prescale,
        counts,
        prescaler,
        adc_hz,
        max(fitting),
        ring(wish, board, hz, tuple(scan.index(pin) for pin in pins)),
    )


def _adc(board: BoardFile, chip: Chip) -> Adc:
    if chip.adc is None:
        have = boards_with(lambda one: bool(one.chip and one.chip.adc))
        raise BuildError(f"bitloop has no analogue inputs of {board.name}; choose one of {have}")
    return chip.adc


def _pins(adc: Adc, board: BoardFile, wanted: str) -> tuple[AnaloguePin, ...]:
    known = {name.upper(): pin for pin in adc.pins for name in (pin.name, pin.pin)}
    all_of_them = ", ".join(pin.title for pin in adc.pins)
    asked = [name.strip().upper() for name in wanted.split(",")]
    if unknown := [name for name in asked if name not in known]:
        what = f"{unknown[0]} of {board.name} is no input of {adc.name}" if wanted else "analogue inputs need --pins"
        if wanted and not all(asked):
            what = f"--pins {wanted!r} has no pin behind or before a comma"
        raise BuildError(f"{what}; choose from {all_of_them}")
    pins = tuple(known[name] for name in asked)
    if len(set(pins)) < len(pins) or len(pins) > MOST_PINS:
        raise BuildError(f"--pins {wanted} names a pin twice, or more than {MOST_PINS}; choose from {all_of_them}")
    return pins


def _scan(family: str, pins: tuple[AnaloguePin, ...]) -> tuple[AnaloguePin, ...]:
    return tuple(sorted(pins, key=lambda pin: pin.channel)) if _KINDS[family].sorts else pins


def _divider(adc: Adc, rate: float | None, pins: int) -> tuple[int, int]:
    """Prescaler and count of the timer for a rate in Hz."""
    clock, most = adc.timer.clock_hz, MOST_PER_SECOND // pins
    if rate is None:
        raise BuildError(f"analogue inputs need --rate; choose 1 to {most} Hz")
    if not isfinite(rate) or not 1 <= rate <= most:
        several = isfinite(rate) and rate > most and pins > 1
        arithmetic = f"{pins} pins x {rate:g} Hz = {pins * rate:g} conversions/s" if several else f"{rate:g} Hz"
        raise BuildError(
            f"{adc.name} is read with 1 Hz to {MOST_PER_SECOND} conversions/s in all, not {arithmetic};"
            f" choose --rate 1 to {most}"
        )
    wanted = Fraction(str(rate))
    prescale = ceil(clock / wanted / _TICKS)
    counts = round(clock / wanted / prescale)
    if abs(Fraction(clock, prescale * counts) - wanted) > _CLOSE * wanted:
        near = sorted(Fraction(clock, prescale * (counts + more)) for more in (-1, 0, 1))
        rates = " and ".join(f"{float(hz):.7g}" for hz in sorted(sorted(near, key=lambda hz: abs(hz - wanted))[:2]))
        raise BuildError(
            f"{adc.timer.name} divides {clock} Hz by whole numbers, which meets no {rate:g} Hz to a thousandth;"
            f" the nearest rates are {rates} Hz"
        )
    return prescale, counts


def _measured(wish: Wish, reference: Fraction, axes: int) -> Measured:
    """Volts, or what a sensor makes of (volts - zero) / per unit."""
    if bool(wish.unit) != bool(wish.per_unit) or (wish.zero and not wish.unit):
        raise BuildError("--unit and --per-unit (volts per unit) belong together, and --zero (volts at 0) to them")
    text = partial(_text, "letters, digits and signs of ASCII")
    quantity = text("--quantity", wish.quantity or ("value" if wish.unit else "voltage"), 16)
    unit = text("--unit", wish.unit or "V", 8)
    per_unit, zero = _number("--per-unit", wish.per_unit or "1"), _number("--zero", wish.zero or "0")
    if not per_unit:
        raise BuildError("--per-unit 0 says that the voltage does not change; choose volts per unit, as in 0.185")
    step, offset = reference / CODES / per_unit, -zero / per_unit
    divisor = lcm(step.denominator, offset.denominator)
    scale = Scale(int(offset * divisor), int(step * divisor), divisor)
    decimals = next((digits for digits in range(10) if Fraction(1, 10**digits) <= abs(step) / 2), 99)
    largest = max(abs(offset), abs((CODES - 1) * step + offset))
    fits = max(abs(scale.offset), abs(scale.multiplier)) < 1 << 31 and divisor < 1 << 32
    if not fits or largest * divisor * 10**decimals >= 1 << 62:
        raise BuildError(
            f"--per-unit {wish.per_unit} and --zero {wish.zero or 0} are too far from 1, or have more digits than fit"
            " into the board's arithmetic; choose rounder ones, or a larger or smaller unit"
        )
    return Measured(quantity, unit, _LETTERS[:axes], 0, 2, (scale,) * axes, decimals, len(str(int(largest))))


def _text(rule: str, option: str, value: str, most: int) -> str:
    if len(value) > most or not value.isascii() or not value.isprintable() or " " in value:
        raise BuildError(f"{option} {value!r} has to be up to {most} {rule}, without spaces")
    return value


def _number(option: str, value: str) -> Fraction:
    if not _NUMBER.fullmatch(value):
        raise BuildError(f"{option} {value!r} has to be a number of volts, with up to six decimals, as in 0.185")
    return Fraction(value)
