"""What a datalogger is to do, and whether sensor, bus, board and link carry it; what they do not is one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile, board_file
from bitloop_hil.buses import FittedSensor, I2c, Spi, shield, shields
from bitloop_hil.chips import Chip
from bitloop_hil.datalogger import carry
from bitloop_hil.datalogger.sensors import Quantity, Range, Rate, Sensor, sensor, sensor_names

TEXT_BAUD = 115_200
MOST_VALUES = 16_383
_CLOSE = Fraction(1, 100)
"""How far a rate may be from the sensor's to be meant: data sheets of one family say 1660, 1666 and 1667 Hz."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user asks for; empty and 0 mean the usual: the sensor's first quantity and range, all its axes.

    `samples` is the length of a signal per axis, which a continuous logger does not have.
    """

    board: str
    sensor: str
    rate: float
    samples: int = 0
    quantity: str = ""
    range: int = 0
    axes: str = ""
    binary: bool = False
    continuous: bool = False
    baud: int = 0
    shield: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A datalogger that works as far as arithmetic can tell. `axes` are indices into the quantity's letters.

    `shield` brings the sensor, empty where it is the board's own.
    """

    board: BoardFile
    chip: Chip
    sensor: Sensor
    quantity: Quantity
    mounted: FittedSensor
    shield: str
    bus: I2c | Spi
    rate: Rate
    range: Range
    axes: tuple[int, ...]
    samples: int
    binary: bool
    continuous: bool
    baud: int
    payload: int

    @property
    def bus_driver(self) -> str:
        """Name of the bus's driver in firmware/drivers."""
        if self.board.image is not None and self.board.image.driver == "semihost":
            return "semihost_bus"
        if isinstance(self.bus, I2c):
            return f"stm32_i2c_v{self.bus.version}"
        return "stm32_spi_v3" if self.bus.version == 3 else "stm32_spi"

    @property
    def letters(self) -> str:
        """One letter per chosen axis."""
        return "".join(self.quantity.letters[axis] for axis in self.axes)

    @property
    def bus_hz(self) -> int:
        """Bits per second on the bus: fast mode on I²C, the fastest clock that controller and sensor have on SPI."""
        if isinstance(self.bus, I2c) or self.sensor.spi is None:
            return carry.I2C_HZ
        return self.bus.clock_hz >> (carry.spi_divider(self.bus.clock_hz, self.sensor.spi.hz) + 1)

    @property
    def sample_bytes(self) -> int:
        """Bytes of a sample as it is sent."""
        return self.quantity.width * len(self.axes)

    @property
    def burst(self) -> int:
        """Samples of one transfer over the bus."""
        return min(carry.TRANSFER // self.quantity.stride, self.quantity.memory)

    @property
    def per_look(self) -> int:
        """Samples that gather between two looks at the sensor: a hundredth of a second, a quarter of its memory."""
        quantity = self.quantity
        return max(1, min(self.burst, quantity.memory // 4, int(self.rate.hz / 100)))

    @property
    def look_ticks(self) -> int:
        """Ticks between two looks; a sensor without a memory is looked at four times a sample."""
        looks = 4 if self.quantity.memory == 1 else 1
        return int(self.board.clock_hz * self.per_look / (self.rate.hz * looks))

    @property
    def block_samples(self) -> int:
        """Samples of a full block: a tenth of a second, or what fits into a frame."""
        most = (self.payload - carry.BLOCK_HEAD) // self.sample_bytes
        return max(1, min(most, int(self.rate.hz / 10)))

    @property
    def decimals(self) -> int:
        """Decimals of printed values: with a step, enough to tell every raw value exactly."""
        if self.quantity.decimals is not None or self.range.step is None:
            return self.quantity.decimals or 0
        return next(digits for digits in range(10) if (self.range.step * 10**digits).denominator == 1)


def plan(wish: Wish) -> Plan:
    """What a wish comes to; BuildError says in a sentence what is not possible, and what is."""
    board, kind = board_file(wish.board.lower()), sensor(wish.sensor)
    if board.chip is None or board.image is None:
        raise BuildError(f"bitloop has no drivers for {board.name}; choose a board with a [chip] section in its file")
    mounted, brought = _mounted(board, kind, wish.shield)
    quantity = _quantity(kind, wish.quantity)
    made = Plan(
        board,
        board.chip,
        kind,
        quantity,
        mounted,
        brought,
        _bus(board.chip, kind, mounted.bus),
        _rate(kind, quantity, wish.rate),
        _range(kind, quantity, wish.range),
        _axes(kind, quantity, wish.axes),
        0 if wish.continuous else wish.samples,
        wish.binary,
        wish.continuous,
        _baud(board, board.chip, wish),
        board.image.payload,
    )
    _check_samples(made)
    carry.check_bus(made)
    carry.check_link(made)
    return made


def carried(board: BoardFile) -> dict[str, tuple[FittedSensor, str]]:
    """Sensors a board can have by name, with where they sit and the shield that brings them (empty: its own)."""
    found = {one.name: (one, "") for one in board.sensors}
    if board.arduino:
        for name in shields():
            for one in shield(name).on(board.arduino):
                found.setdefault(one.name, (one, name))
    return {name: place for name, place in found.items() if name in sensor_names()}


def _mounted(board: BoardFile, kind: Sensor, wanted: str) -> tuple[FittedSensor, str]:
    if wanted and not board.arduino:
        raise BuildError(f"{board.name} has no Arduino connector for a shield; leave --shield out")
    known = {one.name: (one, wanted) for one in shield(wanted).on(board.arduino)} if wanted else carried(board)
    if kind.name in known:
        return known[kind.name]
    where = f"{wanted} on {board.name}" if wanted else board.name
    has = []
    for brought in dict.fromkeys(brought for _, brought in known.values()):
        names = ", ".join(name for name, (_, by) in known.items() if by == brought)
        has.append(f"with {brought} {names}" if brought and not wanted else names)
    raise BuildError(f"{where} has no {kind.name}; it can have {'; '.join(has) or 'none that bitloop knows'}")


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


def _rate(kind: Sensor, quantity: Quantity, wanted: float) -> Rate:
    nearest = min(quantity.rates, key=lambda rate: abs(float(rate.hz) - wanted))
    if not abs(float(nearest.hz) - wanted) <= _CLOSE * nearest.hz:
        rates = ", ".join(f"{float(rate.hz):g}" for rate in quantity.rates)
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


def _baud(board: BoardFile, chip: Chip, wish: Wish) -> int:
    own = board.image.defines["BL_BAUD"] if board.image else TEXT_BAUD
    baud, clock = wish.baud or (own if wish.binary else TEXT_BAUD), chip.usart.clock_hz
    divisor = round(clock / baud) if baud > 0 else 0
    if not 16 <= divisor <= 0xFFFF or abs(clock / divisor / baud - 1) > 0.01:
        raise BuildError(
            f"{chip.usart.name} of {board.name} divides {clock} Hz by 16 to 65535, which meets no {baud} baud to a"
            f" percent; choose {TEXT_BAUD}, {own} or {clock // 16}"
        )
    return baud


def _check_samples(made: Plan) -> None:
    if made.continuous:
        return
    axes, samples = len(made.axes), made.samples
    most = MOST_VALUES // axes
    if not 1 <= samples <= most:
        raise BuildError(
            f"a signal has 1 to {most} samples per axis with {axes} axes, as a line may have {MOST_VALUES} values,"
            f" not {samples}; choose --samples in between, or --continuous"
        )
    if not made.binary:
        carry.check_memory(made)
