"""Dataloggers of F4 and L4 boards boot in QEMU's STM32F405 and log what the sensor's model put out, value for value.

QEMU has no STM32's I²C, DMA or SPI sensor, so port and bus go through semihosting; everything above them is what the
boards run. `-m slow` takes every sensor of every such board.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from bitloop.errors import BuildError
from bitloop_hil.benches.qemu import QemuBoard
from bitloop_hil.benches.qemu_sensors import STM32F4, QemuSensor, in_qemu
from bitloop_hil.boards import board_file
from bitloop_hil.datalogger import make
from bitloop_hil.datalogger.plan import Plan, Wish, plan
from tests.hil import loggers
from tests.hil.needs import need_compiler, need_qemu
from tests.hil.test_datalogger_pairs import Pair, felt, pairs, wished

FEW: list[Pair] = [
    ("b-l475e-iot01a", "LSM6DSL", "rotation"),  # I²C, a memory
    ("stm32f4discovery", "LIS3DSH", "acceleration"),  # SPI
    ("nucleo-f412zg", "LSM303AGR", "magnetic"),  # an address of its own, no memory
    ("nucleo-l432kc", "HTS221", "humidity"),  # calibrated by its own registers
]


def on_m4(pair: Pair) -> bool:
    return board_file(pair[0]).core == board_file(STM32F4).core


def check(pair: Pair, compiler: str = "zig") -> None:
    need_qemu()
    made = in_qemu(wished(pair, binary=True))
    samples = 120 if made.source.hz > 20 else 6
    sensor = QemuSensor(made)
    sensor.replay(made.source.measured.quantity, felt(made), float(made.source.hz))
    with QemuBoard(board_file(STM32F4), sensor) as board:
        board.flash(make.build(made, compiler).path)
        recorded = loggers.record(board, samples)
        produced = sensor.produced(made.source.measured.quantity).words
    loggers.whole(made, recorded, produced, samples)
    assert recorded.info.sensor == pair[1]
    if sum(len(block.raw) > 0 for block in recorded.blocks) > 2:  # fewer say nothing of the rate
        assert recorded.rate() == pytest.approx(float(made.source.hz), rel=0.05)
    assert sensor.notes == []


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
@pytest.mark.parametrize("pair", FEW, ids="-".join)
def test_a_logger_boots_and_logs_in_qemu(pair: Pair, compiler: str) -> None:
    need_compiler(compiler)
    check(pair, compiler)


@pytest.mark.slow
@pytest.mark.parametrize("pair", [pair for pair in pairs() if on_m4(pair)], ids="-".join)
def test_every_logger_of_an_f4_or_l4_boots_and_logs_in_qemu(pair: Pair) -> None:
    check(pair)


def text_lines(made: Plan, sensor: QemuSensor, count: int) -> list[str]:
    with QemuBoard(board_file(STM32F4), sensor) as board:
        board.flash(make.build(made).path)
        board.reset()
        said = b""
        while said.count(b"\n") < count:
            said += board.run.read(5.0)
    return said.decode("ascii").split("\n")[:count]


def test_text_in_qemu_is_exactly_what_the_sensor_put_out() -> None:
    need_qemu()
    made = in_qemu(plan(Wish("B-L475E-IOT01A", "LSM6DSL", 833.0, samples=64, range=4)))
    sensor = QemuSensor(made)
    sensor.replay("acceleration", np.random.default_rng(5).normal(0, 1.6, (20_000, 3)), 833.0)
    lines = text_lines(made, sensor, 3)
    produced = sensor.produced("acceleration").words
    for line in lines:
        raw = [Fraction(text) / Fraction("0.000122") for text in line.split(" ")]
        assert all(one.denominator == 1 for one in raw)
        assert len(loggers.places(produced, np.array(raw, dtype=np.int64).reshape(64, 3))) == 1


def test_a_sensor_that_is_another_one_is_told_in_qemu() -> None:
    need_qemu()
    lsm6dsl = in_qemu(plan(Wish("B-L475E-IOT01A", "LSM6DSL", 104.0, samples=8)))
    lis3mdl = QemuSensor(in_qemu(plan(Wish("B-L475E-IOT01A", "LIS3MDL", 80.0, samples=8))))
    assert text_lines(lsm6dsl, lis3mdl, 1) == ["# LSM6DSL does not answer on I2C2"]


def test_qemu_has_no_stm32_with_another_core() -> None:
    with pytest.raises(BuildError, match="QEMU has no STM32 with the cortex-m0plus of nucleo-l031k6"):
        in_qemu(wished(("nucleo-l031k6", "HTS221", "humidity"), binary=True))
