"""The sections of a board file about the buses of its chip, and the sensors that hang on them.

[[chip.i2c]]
name = "I2C2"
base = 0x40005800
version = 2                         1: SR1 and SR2 (F1, F4); 2: TIMINGR and ISR (the others)
clock_hz = 80_000_000               what the firmware's clock set-up feeds it with
enable = {register = 0x40021058, bit = 22}
remap = {register = 0x40010004, bit = 1}      the bit of AFIO_MAPR that moves it to these pins (F1; may be absent)
scl = {pin = "PB10", port = 0x48000400, alternate = 4, enable = {register = 0x4002104C, bit = 1}}
sda = {pin = "PB11", port = 0x48000400, alternate = 4, enable = {register = 0x4002104C, bit = 1}}

[[chip.spi]]                        as above, but for its pins: sck, miso and mosi
version = 1                         1: DFF chooses 8 or 16 bits (F1, F4, L0); 2: DS and FIFOs (F0, F7, L4); 3: H7, U5

[[chip.pdm]]                        a line of digital microphones at a DFSDM
name = "DFSDM1"
base = 0x40016000
clock_hz = 80_000_000
enable = {register = 0x40021060, bit = 24}
input = 2                           the line is its DATIN2
filter = 2                          what makes values of its bits
dma = {...}                         what carries them into memory: see converters.py
ckout = {pin = "PE9", port = 0x48001000, alternate = 6, enable = {register = 0x4002104C, bit = 4}}
datin = {pin = "PE7", port = 0x48001000, alternate = 6, enable = {register = 0x4002104C, bit = 4}}

[[sensors]]
name = "LSM6DSL"
bus = "I2C2"
address = 0x6A                      7 bits; on SPI `select` instead, an output: {pin = ..., port = ..., enable = ...}
edge = "rising"                     of a microphone instead: the edge at which its bits are read (left: rising)

[arduino]                           the bus at the Arduino connector, which a shield's sensors are on
i2c = "I2C1"

A shield is a file of boards/shields: `title`, and `[[sensors]]` whose bus is "arduino".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from bitloop import resources
from bitloop.errors import BuildError
from bitloop_hil.converters import RingDma, read_ring_dma
from bitloop_hil.fields import Fields, read_file
from bitloop_hil.pins import Enable, Pin, read_enable, read_pin

_COMMON = {"name", "base", "version", "clock_hz", "enable"}
EDGES = ("rising", "falling")
_FIRST_ADDRESS, _LAST_ADDRESS = 0x08, 0x77  # the others of 7 bits are reserved


@dataclass(frozen=True, slots=True)
class I2c:
    """An I²C controller: registers of `version` 1 (SR1, SR2) or 2 (TIMINGR, ISR); kernel clock in Hz.

    `remap` is the bit that moves it to its pins, None where the pins' alternate functions do.
    """

    name: str
    base: int
    version: int
    clock_hz: int
    enable: Enable
    scl: Pin
    sda: Pin
    remap: Enable | None = None


@dataclass(frozen=True, slots=True)
class Spi:
    """An SPI controller: registers of `version` 1, 2 (with FIFOs) or 3 (H7, U5); kernel clock in Hz."""

    name: str
    base: int
    version: int
    clock_hz: int
    enable: Enable
    sck: Pin
    miso: Pin
    mosi: Pin


@dataclass(frozen=True, slots=True)
class Pdm:
    """A line of microphones at a DFSDM: kernel clock in Hz, the numbers of its input and of a filter for it, the DMA
    that carries values, and the pins of the clock and of the bits."""

    name: str
    base: int
    clock_hz: int
    enable: Enable
    input: int
    filter: int
    dma: RingDma
    ckout: Pin
    datin: Pin


@dataclass(frozen=True, slots=True)
class FittedSensor:
    """A sensor on a board: the name of its bus, and its address of 7 bits there, the pin that selects it, or the edge
    of a microphone's clock at which its bits are read."""

    name: str
    bus: str
    address: int | None
    select: Pin | None
    edge: str = ""


@dataclass(frozen=True, slots=True)
class Shield:
    """A board of sensors for Arduino connectors: their bus is called `arduino` until it is plugged in."""

    name: str
    title: str
    sensors: tuple[FittedSensor, ...]

    def on(self, bus: str) -> tuple[FittedSensor, ...]:
        """Its sensors on a board whose Arduino connector has that bus."""
        return tuple(replace(sensor, bus=bus) for sensor in self.sensors)


def read_i2c(fields: Fields, data: Mapping[str, Any]) -> tuple[I2c, ...]:
    """The `[[chip.i2c]]` tables of a `[chip]` section; BuildError names the field at fault."""
    return tuple(_i2c(fields, table) for table in _tables(fields, data, "i2c"))


def read_spi(fields: Fields, data: Mapping[str, Any]) -> tuple[Spi, ...]:
    """The `[[chip.spi]]` tables of a `[chip]` section; BuildError names the field at fault."""
    return tuple(_spi(fields, table) for table in _tables(fields, data, "spi"))


def read_pdm(fields: Fields, data: Mapping[str, Any]) -> tuple[Pdm, ...]:
    """The `[[chip.pdm]]` tables of a `[chip]` section; BuildError names the field at fault."""
    return tuple(_pdm(fields, table) for table in _tables(fields, data, "pdm"))


def read_sensors(
    fields: Fields, data: Mapping[str, Any], i2c: Sequence[I2c], spi: Sequence[Spi], pdm: Sequence[Pdm]
) -> tuple[FittedSensor, ...]:
    """The `[[sensors]]` tables of a board with these buses; BuildError names the field at fault."""
    kinds: tuple[Sequence[I2c | Spi | Pdm], ...] = (i2c, spi, pdm)
    return _fitted(fields, data, *(tuple(one.name for one in buses) for buses in kinds))


def read_arduino(fields: Fields, data: Mapping[str, Any], i2c: Sequence[I2c]) -> str:
    """The bus that the `[arduino]` table names, empty where there is none; BuildError names the field at fault."""
    if "arduino" not in data:
        return ""
    table = fields.take(data, "arduino", dict)
    fields.only(table, {"i2c"}, "[arduino]")
    return fields.one_of(table, "i2c", tuple(one.name for one in i2c))


@cache
def shield(name: str) -> Shield:
    """The shield of that name, in either case; BuildError lists the known ones."""
    if name.lower() not in shields():
        raise BuildError(f"no shield is called {name!r}; choose one of {', '.join(shields())}")
    return load_shield(resources.boards() / "shields" / f"{name.lower()}.toml")


@cache
def shields() -> tuple[str, ...]:
    """Every shield there is a file for."""
    return tuple(sorted(path.stem for path in (resources.boards() / "shields").glob("*.toml")))


def load_shield(path: Path) -> Shield:
    """Read and check a shield's file; BuildError names the file and the field at fault."""
    fields, data = read_file(path, "shield")
    fields.only(data, {"title", "sensors"}, "the file")
    return Shield(path.stem, fields.take(data, "title", str), _fitted(fields, data, ("arduino",)))


def _fitted(
    fields: Fields,
    data: Mapping[str, Any],
    addressed: tuple[str, ...],
    selected: tuple[str, ...] = (),
    clocked: tuple[str, ...] = (),
) -> tuple[FittedSensor, ...]:
    fitted = tuple(_sensor(fields, table, addressed, selected, clocked) for table in _tables(fields, data, "sensors"))
    names = [one.name for one in fitted]
    if twice := [name for name in names if names.count(name) > 1]:
        raise fields.wrong(f"[[sensors]] has {twice[0]} twice")
    places = [(one.bus, one.address, one.select, one.edge) for one in fitted]
    if shared := [one.name for one, place in zip(fitted, places, strict=True) if places.count(place) > 1]:
        raise fields.wrong(f"the sensors {' and '.join(shared[:2])} have the same place on their bus")
    return fitted


def _tables(fields: Fields, data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    tables = fields.take(data, name, list) if name in data else []
    if not all(isinstance(table, dict) for table in tables):
        raise fields.wrong(f"{name} has to be tables, written as [[...{name}]]")
    return tables


def _i2c(fields: Fields, data: Mapping[str, Any]) -> I2c:
    fields.only(data, _COMMON | {"scl", "sda", "remap"}, "[[chip.i2c]]")
    return I2c(
        *_controller(fields, data, versions=2),
        read_pin(fields, data, "scl", "chip.i2c"),
        read_pin(fields, data, "sda", "chip.i2c"),
        read_enable(fields, data, "remap") if "remap" in data else None,
    )


def _spi(fields: Fields, data: Mapping[str, Any]) -> Spi:
    fields.only(data, _COMMON | {"sck", "miso", "mosi"}, "[[chip.spi]]")
    return Spi(
        *_controller(fields, data, versions=3),
        read_pin(fields, data, "sck", "chip.spi"),
        read_pin(fields, data, "miso", "chip.spi"),
        read_pin(fields, data, "mosi", "chip.spi"),
    )


def _pdm(fields: Fields, data: Mapping[str, Any]) -> Pdm:
    known = {"name", "base", "clock_hz", "enable", "input", "filter", "dma", "ckout", "datin"}
    fields.only(data, known, "[[chip.pdm]]")
    return Pdm(
        fields.take(data, "name", str),
        fields.register(data, "base"),
        fields.count(data, "clock_hz"),
        read_enable(fields, data),
        fields.number(data, "input", 0, 7),
        fields.number(data, "filter", 0, 7),
        read_ring_dma(fields, data),
        read_pin(fields, data, "ckout", "chip.pdm"),
        read_pin(fields, data, "datin", "chip.pdm"),
    )


def _controller(fields: Fields, data: Mapping[str, Any], versions: int) -> tuple[str, int, int, int, Enable]:
    """The fields of _COMMON, in the order both controllers begin with."""
    return (
        fields.take(data, "name", str),
        fields.register(data, "base"),
        fields.number(data, "version", 1, versions),
        fields.count(data, "clock_hz"),
        read_enable(fields, data),
    )


def _sensor(
    fields: Fields,
    data: Mapping[str, Any],
    addressed: tuple[str, ...],
    selected: tuple[str, ...],
    clocked: tuple[str, ...],
) -> FittedSensor:
    name, bus = fields.take(data, "name", str), fields.one_of(data, "bus", addressed + selected + clocked)
    if bus in clocked:
        fields.only(data, {"name", "bus", "edge"}, f"the sensor {name}")
        return FittedSensor(name, bus, None, None, fields.one_of(data, "edge", EDGES))
    if bus in addressed:
        fields.only(data, {"name", "bus", "address"}, f"the sensor {name}")
        return FittedSensor(name, bus, fields.number(data, "address", _FIRST_ADDRESS, _LAST_ADDRESS), None)
    fields.only(data, {"name", "bus", "select"}, f"the sensor {name}")
    return FittedSensor(name, bus, None, read_pin(fields, data, "select", f"the sensor {name}", output=True))
