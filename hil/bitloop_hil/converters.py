"""What a board file says of converters, whose results a DMA carries into memory.

[chip.adc]                          analogue inputs
name = "ADC1"
base = 0x50040000
version = 2                         1: SR, CR1, CR2 (F1, F4); 2: ISR, CR, CFGR (C0, L0, L4)
clock_hz = 80_000_000               what its divider divides: PCLK2 (F1, F4), PCLK (C0, L0), HCLK (L4)
millivolts = 3300                   its reference
switches = 0x2C                     ASCR of a port, which connects its pins (L47x; absent: none)
enable = {register = 0x4002104C, bit = 13}
dma = {base = 0x40020000, select = 0x400200A8, enable = {...}, channel = 1, request = 0}
                                    the channel or stream that serves it, as in [chip.dma] (see chips.py)
timer = {name = "TIM6", base = 0x40001000, clock_hz = 80_000_000, trigger = 13, enable = {...}}
                                    whose updates start a sequence; trigger is what EXTSEL takes
pins = [{name = "A0", pin = "PC5", channel = 14, port = 0x48000800, enable = {...}}]
                                    name is the board's own, the same as pin where it has none
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bitloop_hil.fields import Fields
from bitloop_hil.pins import Enable, read_enable, read_pin


@dataclass(frozen=True, slots=True)
class RingDma:
    """The channel (from 1) or stream (from 0) that carries results; `select` as the link's, 0 where it is wired."""

    base: int
    select: int
    enable: Enable
    channel: int
    request: int


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer of 16 bits that starts conversions: its clock in Hz, and the code by which the ADC listens to it."""

    name: str
    base: int
    clock_hz: int
    trigger: int
    enable: Enable


@dataclass(frozen=True, slots=True)
class AnaloguePin:
    """A pin that the ADC reaches as `channel`. `name` is what the board calls it: A0, or as `pin`."""

    name: str
    pin: str
    channel: int
    port: int
    enable: Enable

    @property
    def number(self) -> int:
        """Number within its port."""
        return int(self.pin[2:])

    @property
    def title(self) -> str:
        """Both names."""
        return self.name if self.name == self.pin else f"{self.name} ({self.pin})"


@dataclass(frozen=True, slots=True)
class Adc:
    """An ADC with registers of `version` 1 (SR) or 2 (ISR); clock before its divider in Hz, reference in millivolts.

    `switches` is the offset of a port's register that connects its pins, 0 where there is none.
    """

    name: str
    base: int
    version: int
    clock_hz: int
    millivolts: int
    switches: int
    enable: Enable
    dma: RingDma
    timer: Timer
    pins: tuple[AnaloguePin, ...]


def read_adc(fields: Fields, data: Mapping[str, Any]) -> Adc | None:
    """The `[chip.adc]` table, None where there is none; BuildError names the field at fault."""
    if "adc" not in data:
        return None
    table = fields.take(data, "adc", dict)
    known = {"name", "base", "version", "clock_hz", "millivolts", "switches", "enable", "dma", "timer", "pins"}
    fields.only(table, known, "[chip.adc]")
    pins = fields.take(table, "pins", list)
    return Adc(
        fields.take(table, "name", str),
        fields.register(table, "base"),
        fields.number(table, "version", 1, 2),
        fields.count(table, "clock_hz"),
        fields.number(table, "millivolts", 1000, 5000),
        fields.number(table, "switches", 0, 0x3FC) if "switches" in table else 0,
        read_enable(fields, table),
        read_ring_dma(fields, table),
        _timer(fields, fields.take(table, "timer", dict)),
        tuple(_pin(fields, {"pin": pin}) for pin in pins),
    )


def read_ring_dma(fields: Fields, data: Mapping[str, Any]) -> RingDma:
    """The `dma` of a converter's table; BuildError names the field at fault."""
    table = fields.take(data, "dma", dict)
    fields.only(table, {"base", "select", "enable", "channel", "request"}, "a converter's dma")
    return RingDma(
        fields.register(table, "base"),
        fields.register(table, "select") if "select" in table else 0,
        read_enable(fields, table),
        fields.number(table, "channel", 0, 7),
        fields.number(table, "request", 0, 127) if "request" in table else 0,
    )


def _timer(fields: Fields, data: Mapping[str, Any]) -> Timer:
    fields.only(data, {"name", "base", "clock_hz", "trigger", "enable"}, "chip.adc.timer")
    return Timer(
        fields.take(data, "name", str),
        fields.register(data, "base"),
        fields.count(data, "clock_hz"),
        fields.number(data, "trigger", 0, 15),
        read_enable(fields, data),
    )


def _pin(fields: Fields, data: Mapping[str, Any]) -> AnaloguePin:
    table = fields.take(data, "pin", dict)
    name, channel = fields.take(table, "name", str), fields.number(table, "channel", 0, 18)
    rest = {field: value for field, value in table.items() if field not in ("name", "channel")}
    pin = read_pin(fields, {name: rest}, name, "chip.adc.pins", output=True)
    return AnaloguePin(name, pin.name, channel, pin.port, pin.enable)
