"""Sensors as data: one TOML file each in firmware/sensors/, written from the sensor's data sheet.

title = "ST LSM6DSL accelerometer and gyroscope"
identity = {register = 0x0F, value = 0x6A}      what the sensor says it is
reset = {register = 0x12, mask = 0x01, off = [0x10, 0x11]}    a bit that resets it and then falls back (may be
                                    absent), and registers to clear before (absent: none)
wakes_ms = 25                       it sleeps until it is called, and answers so long after (absent: it does anyway)
increment = 0x80                    bit of a register's number that makes it count up (absent: it does anyway)
i2c = false                         it has no I²C (absent: it has)
spi = {read = 0x80, increment = 0x40, hz = 10_000_000}    bits beside a register's number (absent: no SPI)

[[quantities]]                      may say identity, reset, increment and address anew
name = "acceleration"
unit = "g"
letters = "xyz"                     one per axis
places = [0, 2, 4]                  where the axes' values begin in a sample
bytes = 2                           of a value, signed and little-endian
shift = 2                           bits below the value, always 0 (absent: none)
stride = 6                          bytes of a sample
memory = 682                        samples it keeps
data = 0x3E                         register to read samples from, one after the other
parts = [0x02, 0x00]                registers of its bytes, where they are read one by one (absent: from `data` on)
level = {register = 0x3A, bytes = 2, mask = 0x07FF, shift = 0, per_sample = 3, overrun = 0x4000}    samples that wait
                                    (shift, per_sample: absent as above; busy: bits that are 1 while none waits)
settles_ms = 100                    until its first samples are good
rates = [[12.5, 1]]                 Hz, code
ranges = [[2, 0, "0.000061"]]       largest value, code, units per count (absent where it has no choice: then `step`)
calibration = "hts221"              instead of a step: the file of firmware/sensors that asks the sensor for it
decimals = 4                        of printed values (absent: as many as the step has)
setup = [{register = 0x10, name = "CTRL1_XL", value = 0x00, rate = 4, range = 2, says = "..."}]
ask = []                            registers written to ask for one sample (absent: it measures by itself)
restart = []                        registers written to forget what it holds; rate, range: shifts of the codes
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from bitloop import resources
from bitloop.errors import BuildError
from bitloop_hil.datalogger.microphones import microphone_names
from bitloop_hil.fields import Fields, read_file

_TOP = {"title", "identity", "reset", "wakes_ms", "increment", "i2c", "spi"}
_OWN = {"identity", "reset", "increment", "address"}
_DECIMALS = 9
_STEP = re.compile(r"\d+\.\d{1,9}|1/[1-9]\d{0,8}")


@dataclass(frozen=True, slots=True)
class Setting:
    """A register to write: its data sheet's name, constant bits, and where the codes of rate and range go (or -1)."""

    register: int
    name: str
    value: int
    rate: int
    range: int
    says: str

    def byte(self, rate: int, range_code: int) -> int:
        """What is written for these codes."""
        return (
            self.value
            | (rate << self.rate if self.rate >= 0 else 0)
            | (range_code << self.range if self.range >= 0 else 0)
        )


@dataclass(frozen=True, slots=True)
class Level:
    """The register that tells how many samples wait: (word & mask) >> shift of `per_sample` each.

    The bits of `overrun` tell that some were lost, those of `busy` are 1 while none waits.
    """

    register: int
    bytes: int
    mask: int
    shift: int
    per_sample: int
    overrun: int
    busy: int


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate in Hz and its code."""

    hz: Fraction
    code: int


@dataclass(frozen=True, slots=True)
class Range:
    """A range: largest value in units (0: no choice), its code, units per count (None where the sensor says it)."""

    limit: int
    code: int
    step: Fraction | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing a sensor measures; see the module for every field."""

    name: str
    unit: str
    letters: str
    places: tuple[int, ...]
    bytes: int
    shift: int
    stride: int
    memory: int
    data: int
    parts: tuple[int, ...]
    level: Level
    settles_ms: int
    rates: tuple[Rate, ...]
    ranges: tuple[Range, ...]
    calibration: str
    decimals: int | None
    setup: tuple[Setting, ...]
    restart: tuple[Setting, ...]
    ask: tuple[Setting, ...]
    identity: tuple[int, int]
    reset: tuple[int, int]
    off: tuple[int, ...]
    wakes_ms: int
    increment: int
    address: int | None

    @property
    def width(self) -> int:
        """Bytes of a value as it is sent."""
        return 2 if self.bytes <= 2 else 4


@dataclass(frozen=True, slots=True)
class SpiAccess:
    """How a register is read over SPI: bits beside its number, and the fastest clock in Hz."""

    read: int
    increment: int
    hz: int


@dataclass(frozen=True, slots=True)
class Sensor:
    """A kind of sensor; `i2c` and `spi` say on which bus it works."""

    name: str
    title: str
    i2c: bool
    spi: SpiAccess | None
    quantities: tuple[Quantity, ...]


@cache
def sensor(name: str) -> Sensor:
    """The sensor of that name, in either case; BuildError lists the known ones."""
    if name.upper() not in sensor_names():
        known = sorted((*sensor_names(), *microphone_names()))
        raise BuildError(f"no sensor is called {name!r}; choose one of {', '.join(known)}, or analogue")
    return load_sensor(_folder() / f"{name.lower()}.toml")


@cache
def sensor_names() -> tuple[str, ...]:
    """Every sensor there is a table for."""
    return tuple(sorted(path.stem.upper() for path in _folder().glob("*.toml")))


def load_sensor(path: Path) -> Sensor:
    """Read and check a sensor's table; BuildError names the file and the field at fault."""
    fields, data = read_file(path, "sensor")
    fields.only(data, _TOP | {"quantities"}, "the file")
    spi = fields.take(data, "spi", dict) if "spi" in data else None
    common = {name: data[name] for name in ("identity", "reset", "wakes_ms", "increment") if name in data}
    quantities = fields.take(data, "quantities", list)
    return Sensor(
        path.stem.upper(),
        fields.take(data, "title", str),
        data.get("i2c", True) is True,
        SpiAccess(
            fields.number(spi, "read", 0, 0xFF), fields.number(spi, "increment", 0, 0xFF), fields.count(spi, "hz")
        )
        if spi is not None
        else None,
        tuple(_quantity(fields, common | quantity) for quantity in quantities),
    )


def _folder() -> Path:
    return resources.firmware() / "sensors"


def _quantity(fields: Fields, data: Mapping[str, Any]) -> Quantity:
    letters, places = fields.take(data, "letters", str), fields.take(data, "places", list)
    size, stride = fields.number(data, "bytes", 1, 4), fields.number(data, "stride", 1, 64)
    if len(letters) != len(places) or not all(isinstance(at, int) and 0 <= at <= stride - size for at in places):
        raise fields.wrong(f"places = {places} has to be one offset within the sample for each of {letters!r}")
    identity = fields.take(data, "identity", dict)
    reset = data.get("reset", {"register": 0, "mask": 0})
    return Quantity(
        name=fields.take(data, "name", str),
        unit=fields.take(data, "unit", str),
        letters=letters,
        places=tuple(places),
        bytes=size,
        shift=fields.number(data, "shift", 0, 8 * size - 1) if "shift" in data else 0,
        stride=stride,
        memory=fields.count(data, "memory"),
        data=fields.number(data, "data", 0, 0xFF),
        parts=_registers(fields, data, "parts"),
        level=_level(fields, fields.take(data, "level", dict)),
        settles_ms=fields.number(data, "settles_ms", 0, 1000),
        rates=tuple(_rate(fields, at, row) for at, row in enumerate(fields.take(data, "rates", list))),
        ranges=_ranges(fields, data),
        calibration=str(data.get("calibration", "")),
        decimals=fields.number(data, "decimals", 0, _DECIMALS) if "decimals" in data else None,
        setup=tuple(_setting(fields, one) for one in fields.take(data, "setup", list)),
        ask=tuple(_setting(fields, one) for one in fields.take(data, "ask", list)) if "ask" in data else (),
        restart=tuple(_setting(fields, one) for one in fields.take(data, "restart", list)),
        identity=(fields.number(identity, "register", 0, 0xFF), fields.number(identity, "value", 0, 0xFF)),
        reset=(fields.number(reset, "register", 0, 0x7F), fields.number(reset, "mask", 0, 0xFF)),
        off=_registers(fields, reset, "off"),
        wakes_ms=fields.number(data, "wakes_ms", 0, 1000) if "wakes_ms" in data else 0,
        increment=fields.number(data, "increment", 0, 0xFF) if "increment" in data else 0,
        address=fields.number(data, "address", 0x08, 0x77) if "address" in data else None,
    )


def _registers(fields: Fields, data: Mapping[str, Any], name: str) -> tuple[int, ...]:
    found = fields.take(data, name, list) if name in data else []
    return tuple(fields.number({name: one}, name, 0, 0x7F) for one in found)


def _ranges(fields: Fields, data: Mapping[str, Any]) -> tuple[Range, ...]:
    if "ranges" in data:
        return tuple(_range(fields, at, row) for at, row in enumerate(fields.take(data, "ranges", list)))
    if "calibration" in data:
        return (Range(0, 0, None),)
    return (_range(fields, 0, [0, 0, fields.take(data, "step", str)]),)


def _rate(fields: Fields, at: int, row: object) -> Rate:
    match row:
        case [int() | float() as hz, int(code)] if hz > 0:
            return Rate(Fraction(str(hz)), code)
    raise fields.wrong(f"rates[{at}] = {row!r} has to be two numbers: Hz and code")


def _range(fields: Fields, at: int, row: object) -> Range:
    match row:
        case [int(limit), int(code), str(step)] if _STEP.fullmatch(step):
            return Range(limit, code, Fraction(step))
    raise fields.wrong(f"ranges[{at}] = {row!r} has to be a limit, a code, and units per count as text")


def _level(fields: Fields, data: Mapping[str, Any]) -> Level:
    fields.only(data, {"register", "bytes", "mask", "shift", "per_sample", "overrun", "busy"}, "level")
    return Level(
        fields.number(data, "register", 0, 0x7F),
        fields.number(data, "bytes", 1, 2),
        fields.number(data, "mask", 1, 0xFFFF),
        fields.number(data, "shift", 0, 15) if "shift" in data else 0,
        fields.number(data, "per_sample", 1, 16) if "per_sample" in data else 1,
        fields.number(data, "overrun", 0, 0xFFFF),
        fields.number(data, "busy", 0, 0xFFFF) if "busy" in data else 0,
    )


def _setting(fields: Fields, data: Mapping[str, Any]) -> Setting:
    fields.only(data, {"register", "name", "value", "rate", "range", "says"}, "a setting")
    return Setting(
        fields.number(data, "register", 0, 0x7F),
        fields.take(data, "name", str),
        fields.number(data, "value", 0, 0xFF),
        fields.number(data, "rate", 0, 7) if "rate" in data else -1,
        fields.number(data, "range", 0, 7) if "range" in data else -1,
        str(data.get("says", "")),
    )
