"""Dataloggers on virtual boards: what comes out of the serial port is, value for value, what the sensor put out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from bitloop_hil.benches.virtual.machine import Machine, Why
from bitloop_hil.datalogger import carry, make
from bitloop_hil.datalogger.plan import Wish, plan
from tests.hil import loggers
from tests.hil.needs import need_compiler

L475 = Wish("B-L475E-IOT01A", "LSM6DSL", 833.0, samples=64, range=4)


def shaken(axes: int = 3) -> np.ndarray:
    """A motion that does not repeat while a test lasts, and goes beyond the range now and then."""
    return np.random.default_rng(5).normal(0, 1.6, (20_000, axes))


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_text_is_exactly_what_the_sensor_put_out(compiler: str) -> None:
    need_compiler(compiler)
    made = plan(L475)
    with loggers.logging(made, shaken(), compiler) as board:
        said = loggers.heard(board, made.baud, lambda said: said.count(b"\n") >= 4)
        produced = board.produced("LSM6DSL", "acceleration").words
        assert board.notes() == ""
    last = -1
    for line in said.decode("ascii").split("\n")[:4]:
        assert not line.endswith(" ")
        values = [Fraction(text) for text in line.split(" ")]
        raw = [value / Fraction("0.000122") for value in values]
        assert all(one.denominator == 1 for one in raw)
        found = loggers.places(produced, np.array(raw, dtype=np.int64).reshape(64, 3))
        assert len(found) == 1
        assert found[0] > last
        last = found[0] + 63
    assert (abs(produced) == 32767).any() or (produced == -32768).any()


def test_a_continuous_text_logger_prints_every_sample() -> None:
    made = plan(replace(L475, continuous=True, samples=0, axes="zx", baud=921_600))
    with loggers.logging(made, shaken()) as board:
        said = loggers.heard(board, made.baud, lambda said: said.count(b"\n") >= 200)
        produced = board.produced("LSM6DSL", "acceleration").words
    rows = [
        [Fraction(text) / Fraction("0.000122") for text in line.split()] for line in said.decode().split("\n")[:-1]
    ]
    assert loggers.places(produced[:, [2, 0]], np.array(rows, dtype=np.int64))


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_a_continuous_logger_loses_nothing_and_measures_the_true_rate(compiler: str) -> None:
    need_compiler(compiler)
    made = plan(replace(L475, rate=1660.0, binary=True, continuous=True))
    with loggers.logging(made, shaken(), compiler) as board:
        recorded = loggers.record(board, 1500)
        produced = board.produced("LSM6DSL", "acceleration").words
        assert board.notes() == ""
    info = recorded.info
    assert (info.sensor, info.quantity, info.unit, info.letters) == ("LSM6DSL", "acceleration", "g", "xyz")
    assert (info.rate, info.range, info.samples, info.width) == (1660.0, 4, 0, 2)
    assert all(axis.value(1) == Fraction("0.000122") for axis in info.axes)
    assert recorded.reply["samples"] == 1500
    assert recorded.reply["overruns"] == 0
    (run,) = recorded.runs()
    assert len(run) == 1500
    assert len(loggers.places(produced, run)) == 1
    assert [block.index for block in recorded.blocks] == list(
        np.cumsum([0, *(len(block.raw) for block in recorded.blocks)])[:-1]
    )
    assert recorded.rate() == pytest.approx(1660 * (1 + loggers.DEVIATION), rel=5e-4)


def test_signals_are_whole_and_apart() -> None:
    made = plan(replace(L475, binary=True, samples=100, quantity="rotation", range=500, axes="y"))
    with loggers.logging(made, 200 * shaken()) as board:
        recorded = loggers.record(board, 250)
        produced = board.produced("LSM6DSL", "rotation").words
    runs = recorded.runs()
    assert [len(run) for run in runs] == [100, 100, 100]
    found = [loggers.places(produced[:, [1]], run) for run in runs]
    assert [len(places) for places in found] == [1, 1, 1]
    assert found[0][0] + 100 < found[1][0] < found[2][0]
    assert recorded.info.axes[0].value(2) == Fraction("0.035")


def test_a_board_that_is_reset_while_it_records_resets_its_sensor_as_the_data_sheet_asks() -> None:
    made = plan(Wish("NUCLEO-L432KC", "LSM6DSV16X", 240.0, range=8, binary=True, continuous=True))
    with loggers.logging(made, shaken()) as board:
        for _ in range(2):
            recorded = loggers.record(board, 40)
            produced = board.produced("LSM6DSV16X", "acceleration").words
            assert len(loggers.places(produced, recorded.runs()[0])) == 1
        assert board.notes() == ""


def test_a_sensor_that_keeps_one_sample_and_is_asked_too_late_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carry, "_FETCH_CYCLES", 1)
    made = plan(Wish("NUCLEO-L031K6", "LSM6DSO16IS", 833.0, range=16, binary=True, continuous=True))
    with loggers.logging(made, shaken()) as board:
        recorded = loggers.record(board, 40)
        produced = board.produced("LSM6DSO16IS", "acceleration").words
    runs = recorded.runs()
    assert len(runs) > 1
    first = [loggers.places(produced, run)[0] for run in runs]
    assert all(later >= earlier + len(run) for earlier, later, run in zip(first, first[1:], runs, strict=False))


def test_a_sensor_that_is_not_there_is_told() -> None:
    wrong = plan(replace(L475, samples=8))
    sensor = loggers.fitted(wrong)
    assert sensor.mounted.address == 0x6A
    absent = replace(wrong, source=replace(sensor, mounted=replace(sensor.mounted, address=0x6B)))
    with loggers.logging(absent, shaken()) as board:
        said = loggers.heard(board, absent.baud, lambda said: said.count(b"\n") > 1)
    assert said.split(b"\n")[1] == b"# LSM6DSL does not answer on I2C2"


@pytest.mark.parametrize(
    ("name", "rate", "others"), [("IIS3DWB", 26667.0, ("F13", "D15")), ("ISM330DHCX", 104.0, ("F5", "D15"))]
)
def test_the_other_sensors_on_an_spi_bus_are_not_selected(name: str, rate: float, others: tuple[str, ...]) -> None:
    """The pins are the catalogue's: CS_DHC PF13, CS_ADWB PF5, CS_DH PD15; the registers RM0432's, 8.4: MODER, ODR."""
    made = plan(Wish("steval-stwinkt1b", name, rate, axes="z", binary=True, continuous=True))
    machine = Machine(made.board)
    machine.load_image(make.build(made).path)
    machine.reset()
    while machine.run() is not Why.IDLE:
        pass
    for pin in others:
        port, number = 0x48000000 + 0x400 * (ord(pin[0]) - ord("A")), int(pin[1:])
        mode, level = (int.from_bytes(machine.debug.read(port + offset, 4), "little") for offset in (0x00, 0x14))
        assert (mode >> 2 * number & 3, level >> number & 1) == (1, 1)
