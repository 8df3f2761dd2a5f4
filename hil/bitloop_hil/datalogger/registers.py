"""Sensors behind a bus as sources: where one sits, which of its rates and ranges is meant, what the bus takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile
from bitloop_hil.buses import FittedSensor, I2c, Spi, shield, shields
from bitloop_hil.chips import Chip
from bitloop_hil.datalogger import carry
from bitloop_hil.datalogger.microphones import microphone_names
from bitloop_hil.datalogger.sensors import Quantity, Range, Rate, Sensor, sensor, sensor_names
from bitloop_hil.datalogger.source import Measured, Scale
from bitloop_hil.datalogger.wish import Wish
from bitloop_hil.pins import Pin

if TYPE_CHECKING:
    from bitloop_hil.datalogger.plan import Plan

_CLOSE = Fraction(1, 100)
"""How far a rate may be from the sensor's to be meant: data sheets of one family say 1660, 1666 and 1667 Hz."""


@dataclass(frozen=True, slots=True)
class BusSensor:
    """A sensor and what is asked of it. `axes` are indices into the quantity's letters; `shield` brings it, empty
    where it is the board's own; `neighbours` select the other sensors on its bus."""

    sensor: Sensor
    quantity: Quantity
    mounted: FittedSensor
    shield: str
    bus: I2c | Spi
    rate: Rate
    range: Range
    axes: tuple[int, ...]
    neighbours: tuple[Pin, ...] = ()

    template = "sensor_registers.h.j2"
    holds = False
    ram = 0

    @property
    def name(self) -> str:
        """As its table is called."""
        return self.sensor.name

    @property
    def title(self) -> str:
        """What it is, for people."""
        return self.sensor.title

    @property
    def place(self) -> str:
        """Its bus."""
        return self.bus.name

    @property
    def measured(self) -> Measured:
        """What the chosen axes give."""
        quantity, step = self.quantity, self.range.step
        known = Fraction(1) if step is None else step  # 1 where the sensor says it later
        extreme = 1 << (8 * quantity.bytes - 1 - quantity.shift)
        return Measured(
            quantity.name,
            quantity.unit,
            "".join(quantity.letters[axis] for axis in self.axes),
            self.range.limit,
            quantity.width,
            (Scale(0, known.numerator, known.denominator),) * len(self.axes),
            self._decimals(),
            len(str(int(extreme * step))) if step is not None else 4,
        )

    @property
    def hz(self) -> Fraction:
        """Its nominal rate."""
        return self.rate.hz

    @property
    def rates(self) -> tuple[Fraction, ...]:
        """All it has."""
        return tuple(one.hz for one in self.quantity.rates)

    @property
    def memory(self) -> int:
        """Samples in its FIFO."""
        return self.quantity.memory

    @property
    def burst(self) -> int:
        """Samples of one transfer over the bus."""
        return min(carry.TRANSFER // self.quantity.stride, self.quantity.memory)

    @property
    def per_look(self) -> Fraction:
        """A hundredth of a second, a quarter of its memory; one without a memory is looked at four times a sample."""
        if self.memory == 1:
            return Fraction(1, 4)
        return Fraction(max(1, min(self.burst, self.memory // 4, int(self.hz / 100))))

    def bus_driver(self, board: BoardFile) -> str:
        """Name of the bus's driver in firmware/drivers."""
        if board.image is not None and board.image.driver == "semihost":
            return "semihost_bus"
        if isinstance(self.bus, I2c):
            return f"stm32_i2c_v{self.bus.version}"
        return "stm32_spi_v3" if self.bus.version == 3 else "stm32_spi"

    @property
    def bus_hz(self) -> int:
        """Bits per second on the bus: fast mode on I²C, the fastest clock that controller and sensor have on SPI."""
        if isinstance(self.bus, I2c) or self.sensor.spi is None:
            return carry.I2C_HZ
        return self.bus.clock_hz >> (carry.spi_divider(self.bus.clock_hz, self.sensor.spi.hz) + 1)

    def files(self, board: BoardFile) -> tuple[str, ...]:
        """The driver of all sensors, that of the bus, and what this one brings."""
        lines = "i2c" if isinstance(self.bus, I2c) else "spi"
        drivers = [f"drivers/{self.bus_driver(board)}.c", f"drivers/stm32_{lines}_lines.h"]
        found = ["sensors/registers.c", "drivers/bus.h", *drivers]
        if self.quantity.calibration:
            found.append(f"sensors/{self.quantity.calibration}.c")
        return tuple(found)

    def values(self) -> Mapping[str, Any]:
        """Bus, pins, and the sensor's registers for this rate and range."""
        bus, quantity = self.bus, self.quantity
        if isinstance(bus, I2c):
            pins = [("SCL", bus.scl), ("SDA", bus.sda)]
            wired: dict[str, Any] = {"spi": None, "remap": bus.remap, "increment": quantity.increment}
            wired["address"] = quantity.address or self.mounted.address
        else:
            pins = [("SCK", bus.sck), ("MISO", bus.miso), ("MOSI", bus.mosi)]
            if self.mounted.select is not None:
                pins.append(("SELECT", self.mounted.select))
            access = self.sensor.spi
            wired = {
                "neighbours": self.neighbours,
                "spi": access,
                "remap": None,
                "increment": access.increment if access else 0,
            }
            wired |= {"divider": carry.spi_divider(bus.clock_hz, access.hz if access else 1), "spi_hz": self.bus_hz}
        return wired | {
            "quantity": quantity,
            "bus": bus,
            "pins": pins,
            "codes": (self.rate.code, self.range.code),
            "places": [quantity.places[axis] for axis in self.axes],
        }

    def remarks(self) -> tuple[str, ...]:
        """The sensor's data sheet says it all."""
        return ()

    def check(self, made: Plan) -> None:
        """BuildError where its bus or the core is too slow."""
        carry.check_bus(self, made)
        carry.check_core(self, made)

    def _decimals(self) -> int:
        """With a step, enough to tell every raw value exactly."""
        step = self.range.step
        if self.quantity.decimals is not None or step is None:
            return self.quantity.decimals or 0
        return next(digits for digits in range(10) if (step * 10**digits).denominator == 1)


def bus_sensor(wish: Wish, board: BoardFile, chip: Chip) -> BusSensor:
    """The sensor that is meant; BuildError says in a sentence what is not possible, and what is."""
    kind = sensor(wish.sensor)
    mounted, brought = _mounted(board, kind, wish.shield)
    quantity = _quantity(kind, wish.quantity)
    return BusSensor(
        kind,
        quantity,
        mounted,
        brought,
        _bus(chip, kind, mounted.bus),
        _rate(kind, quantity, wish.rate),
        _range(kind, quantity, wish.range),
        _axes(kind, quantity, wish.axes),
        tuple(one.select for one in board.sensors if one.select and one != mounted and one.bus == mounted.bus),
    )


def carried(board: BoardFile) -> dict[str, tuple[FittedSensor, str]]:
    """Sensors a board can have by name, with where they sit and the shield that brings them (empty: its own)."""
    found = {one.name: (one, "") for one in board.sensors}
    if board.arduino:
        for name in shields():
            for one in shield(name).on(board.arduino):
                found.setdefault(one.name, (one, name))
    return {name: place for name, place in found.items() if name in sensor_names()}


def possible(board: BoardFile) -> str:
    """What a datalogger of the board can read: its own sensors, each shield's by its name, analogue, or nothing."""
    known = carried(board)
    own = [name for name, (_, by) in known.items() if not by]
    has = [", ".join([*own, *(one.name for one in board.sensors if one.name in microphone_names())])]
    for brought in dict.fromkeys(by for _, by in known.values() if by):
        has.append(f"with {brought} " + ", ".join(name for name, (_, by) in known.items() if by == brought))
    has.append("analogue" if board.chip and board.chip.adc else "")
    return "; ".join(part for part in has if part)


def _mounted(board: BoardFile, kind: Sensor, wanted: str) -> tuple[FittedSensor, str]:
    if wanted and not board.arduino:
        raise BuildError(f"{board.name} has no Arduino connector for a shield; leave --shield out")
    known = {one.name: (one, wanted) for one in shield(wanted).on(board.arduino)} if wanted else carried(board)
    if kind.name in known:
        return known[kind.name]
    if wanted:
        raise BuildError(f"{wanted} on {board.name} has no {kind.name}; it can have {', '.join(known)}")
    raise BuildError(f"{board.name} has no {kind.name}; it can have {possible(board) or 'none that bitloop knows'}")


def _bus(chip: Chip, kind: Sensor, name: str) -> I2c | Spi:
    buses: tuple[I2c | Spi, ...] = (*chip.i2c, *chip.spi)
    found = next(bus for bus in buses if bus.name == name)
    if isinstance(found, I2c) and not kind.i2c:
        raise BuildError(
            f"{kind.name} has no I²C, and {chip.part} reaches it over {name}; choose a board that has SPI"
        )
    if isinstance(found, Spi) and kind.spi is None:
        raise BuildError(f"bitloop speaks to {kind.name} over I²C only, and {chip.part} reaches it over {name}")
    return found


def _quantity(kind: Sensor, wanted: str) -> Quantity:
    found = [one for one in kind.quantities if one.name == wanted or not wanted]
    if not found:
        raise BuildError(
            f"{kind.name} does not measure {wanted!r}; choose one of {', '.join(one.name for one in kind.quantities)}"
        )
    return found[0]


def _rate(kind: Sensor, quantity: Quantity, wanted: float | None) -> Rate:
    rates = ", ".join(f"{float(rate.hz):g}" for rate in quantity.rates)
    if wanted is None:
        raise BuildError(f"{kind.name} measures {quantity.name} at {rates} Hz; choose one with --rate")
    nearest = min(quantity.rates, key=lambda rate: abs(float(rate.hz) - wanted))
    if not abs(float(nearest.hz) - wanted) <= _CLOSE * nearest.hz:
        raise BuildError(f"{kind.name} does not measure {quantity.name} at {wanted:g} Hz; choose one of {rates}")
    return nearest


def _range(kind: Sensor, quantity: Quantity, wanted: int) -> Range:
    found = [one for one in quantity.ranges if one.limit == wanted or not wanted]
    if not found:
        if not quantity.ranges[0].limit:
            raise BuildError(f"{kind.name} has one range only; leave --range out")
        limits = ", ".join(str(one.limit) for one in quantity.ranges)
        raise BuildError(f"{kind.name} has no range of {wanted} {quantity.unit}; choose one of {limits}")
    return found[0]


def _axes(kind: Sensor, quantity: Quantity, wanted: str) -> tuple[int, ...]:
    chosen = tuple(quantity.letters.find(letter) for letter in wanted or quantity.letters)
    if -1 in chosen or len(set(chosen)) < len(chosen):
        raise BuildError(
            f"{kind.name} has no axes {wanted!r} for {quantity.name}; choose from {quantity.letters}, each once"
        )
    return chosen
