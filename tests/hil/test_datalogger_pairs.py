"""Every sensor on every virtual board that can have it: built by both compilers, and recorded without a wrong value.

Each run takes a few pairs, so that every board and every kind of driver is among them; `-m slow` takes all.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bitloop.errors import BuildError
from bitloop_hil.benches.virtual.sensors.motion import AT_REST
from bitloop_hil.boards import board_file, names
from bitloop_hil.buses import I2c, Spi
from bitloop_hil.datalogger import make
from bitloop_hil.datalogger.plan import Plan, Wish, carried, plan
from bitloop_hil.datalogger.sensors import sensor
from tests.hil import loggers
from tests.hil.needs import need_compiler

Pair = tuple[str, str, str]
"""Board, sensor, quantity."""

DESK = {  # what the sensors feel: middle and spread, in their units
    "acceleration": (0.0, 1.0),
    "rotation": (0.0, 60.0),
    "magnetic": (0.0, 2.0),
    "humidity": (45.0, 10.0),
    "temperature": (25.0, 5.0),
    "pressure": (1000.0, 20.0),
}
_SAMPLES = {True: 120, False: 6}
"""Of a recording, for sensors that give more than 20 a second or not."""


def pairs() -> list[Pair]:
    """All there are on virtual boards."""
    boards = [file for name in names() if (file := board_file(name)).chip and "virtual" in file.benches]
    return [
        (file.name, name, one.name) for file in boards for name in carried(file) for one in sensor(name).quantities
    ]


FEW: list[Pair] = [
    ("b-l475e-iot01a", "LPS22HB", "temperature"),
    ("nucleo-f412zg", "LSM6DSO", "rotation"),
    ("nucleo-f429zi", "LIS2MDL", "magnetic"),
    ("nucleo-l432kc", "LSM303AGR", "magnetic"),
    ("nucleo-f103rb", "LIS2DW12", "acceleration"),
    ("nucleo-l031k6", "HTS221", "humidity"),
    ("nucleo-c031c6", "LSM6DSO", "acceleration"),
    ("steval-stwinkt1b", "IIS3DWB", "acceleration"),
    ("stm32f4discovery", "LIS3DSH", "acceleration"),
    ("nucleo-l476rg", "LSM6DSV16X", "acceleration"),
    ("b-u585i-iot02a", "IIS2MDC", "magnetic"),
    ("steval-stwinbx1", "IIS3DWB", "acceleration"),
]
BUILT = [pair for number, pair in enumerate(pairs()) if number % 31 == 0]


def wished(pair: Pair, binary: bool) -> Plan:
    """The fastest logger that bus, line and core carry up to 1000 Hz; of a sensor that is always faster, one axis."""
    board, name, measured = pair
    found = next(one for one in sensor(name).quantities if one.name == measured)
    limit = found.ranges[-1].limit
    wish = Wish(board, name, 0, samples=16, quantity=measured, range=limit, binary=binary, continuous=binary)
    rates = sorted((float(one.hz) for one in found.rates), reverse=True)
    if rates[-1] > 1000:
        return plan(replace(wish, rate=rates[-1], axes=found.letters[-1]))
    for rate in (hz for hz in rates if hz <= 1000):
        try:
            return plan(replace(wish, rate=rate))
        except BuildError as error:
            refused = error
    raise refused


def felt(made: Plan) -> np.ndarray:
    quantity = made.source.measured.quantity
    middle, spread = DESK[quantity]
    return middle + spread * np.random.default_rng(7).normal(0, 1, (5000, len(AT_REST[quantity])))


def check(pair: Pair) -> None:
    made = wished(pair, binary=True)
    samples = _SAMPLES[made.source.hz > 20]
    with loggers.logging(made, felt(made)) as board:
        recorded = loggers.record(board, samples)
        produced = board.produced(made.source.name, made.source.measured.quantity).words
        assert board.notes() == ""
    run = loggers.whole(made, recorded, produced, samples)
    assert recorded.info.sensor == pair[1]
    middle, spread = DESK[made.source.measured.quantity]
    assert abs(recorded.info.values(run).mean() - middle) < spread


def test_there_are_many_pairs() -> None:
    assert len(pairs()) >= 50
    assert {board for board, _, _ in FEW} <= {board for board, _, _ in pairs()}
    assert all(pair in pairs() for pair in FEW)


@pytest.mark.parametrize("pair", FEW, ids="-".join)
def test_a_pair_records_without_a_wrong_value(pair: Pair) -> None:
    check(pair)


@pytest.mark.slow
@pytest.mark.parametrize("pair", pairs(), ids="-".join)
def test_every_pair_records_without_a_wrong_value(pair: Pair) -> None:
    check(pair)


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
@pytest.mark.parametrize("pair", BUILT, ids="-".join)
def test_a_pair_builds(pair: Pair, compiler: str) -> None:
    need_compiler(compiler)
    for binary in (False, True):
        assert make.build(wished(pair, binary), compiler).path.is_file()


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["zig", "gcc"])
@pytest.mark.parametrize("pair", pairs(), ids="-".join)
def test_every_pair_builds(pair: Pair, compiler: str) -> None:
    need_compiler(compiler)
    for binary in (False, True):
        assert make.build(wished(pair, binary), compiler).path.is_file()


def test_every_kind_of_controller_is_among_the_few() -> None:
    buses = [loggers.fitted(wished(pair, binary=True)).bus for pair in FEW]
    assert {(type(bus), bus.version) for bus in buses} == {(I2c, 1), (I2c, 2), (Spi, 1), (Spi, 2), (Spi, 3)}
