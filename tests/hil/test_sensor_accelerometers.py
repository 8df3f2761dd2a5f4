"""LIS2DW12, IIS2DLPC and LIS3DSH against the tables of their data sheets (DS11900, DS12263, DocID022405)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.hil.sensor_bench import SensorBench

LOW_POWER_CHIPS = ["LIS2DW12", "IIS2DLPC"]
CTRL1, CTRL2, CTRL6, STATUS, DATA, FIFO_CTRL, FIFO_SAMPLES = 0x20, 0x21, 0x25, 0x27, 0x28, 0x2E, 0x2F
CTRL_REG4, CTRL_REG3, CTRL_REG5, CTRL_REG6 = 0x20, 0x23, 0x24, 0x25  # of the LIS3DSH
HIGH_PERFORMANCE = [(2, 12.5), (3, 25), (4, 50), (5, 100), (6, 200), (7, 400), (8, 800), (9, 1600)]
LOW_POWER = [(1, 1.6), (2, 12.5), (3, 25), (4, 50), (5, 100), (6, 200), (7, 200), (9, 200)]
LIS3DSH_RANGES = [(0, 2, 0.06), (1, 4, 0.12), (2, 6, 0.18), (3, 8, 0.24), (4, 16, 0.73)]
LIS3DSH_ODR = [3.125, 6.25, 12.5, 25, 50, 100, 400, 800, 1600]


@pytest.mark.parametrize("name", LOW_POWER_CHIPS)
def test_the_small_ones_say_what_they_are(name: str) -> None:
    chip = SensorBench(name)
    assert [chip.read(address) for address in (0x0F, CTRL1, CTRL2, CTRL6, FIFO_SAMPLES)] == [0x44, 0, 4, 0, 0]
    chip.write(0x0F, 0)
    chip.write(0x10, 0x55)  # reserved
    assert (chip.read(0x0F), chip.read(0x10)) == (0x44, 0)


@pytest.mark.parametrize(("mode", "table"), [(1, HIGH_PERFORMANCE), (0, LOW_POWER)])
def test_the_small_ones_sample_at_the_rate_of_their_mode(mode: int, table: list[tuple[int, float]]) -> None:
    for code, hertz in table:
        chip = SensorBench("LIS2DW12")
        chip.write(CTRL1, code << 4 | mode << 2)
        assert chip.count("acceleration", 10) == pytest.approx(10 * hertz, abs=1)
    chip.write(CTRL1, 0)
    assert chip.count("acceleration", 10) == 0


@pytest.mark.parametrize(("code", "full", "step"), [(0, 2, 0.244), (1, 4, 0.488), (2, 8, 0.976), (3, 16, 1.952)])
@pytest.mark.parametrize(("mode", "bits"), [(0b0100, 14), (0b0001, 14), (0b0011, 14), (0b0000, 12)])
def test_the_small_ones_have_14_bits_and_12_in_the_lowest_power_mode(
    code: int, full: float, step: float, mode: int, bits: int
) -> None:
    chip = SensorBench("IIS2DLPC")
    chip.write(CTRL6, code << 4)
    chip.write(CTRL1, 0x50 | mode)
    step *= 1e-3 * 4 ** (bits == 12)
    chip.hold("acceleration", 100 * step, -full / 2, 1.2 * full)
    chip.wait(0.1)
    one = 1 << 16 - bits  # to the left of 16 bits
    assert chip.words(DATA, 3) == [100 * one, round(-full / 2 / step) * one, 32768 - one]


def test_temperature_of_the_small_ones() -> None:
    chip = SensorBench("LIS2DW12")
    chip.write(CTRL1, 0x54)
    chip.hold("temperature", 27.0)
    chip.wait(0.1)
    assert chip.words(0x0D, 1) == [2 * 256]
    assert chip.read(0x26) == 2


def test_the_fifo_of_the_small_ones_gives_every_sample_in_order() -> None:
    chip = SensorBench("LIS2DW12")
    chip.feel("acceleration", np.arange(300).reshape(100, 3) * 0.244e-3, 100)
    chip.write(FIFO_CTRL, 0xC0 | 10)
    chip.write(CTRL1, 0x54)
    chip.wait(0.095)
    assert chip.read(FIFO_SAMPLES) == 9
    assert chip.read(STATUS) & 0x80 == 0
    chip.wait(0.01)
    assert chip.read(FIFO_SAMPLES) == 0x80 | 10
    assert chip.read(STATUS) & 0x80
    assert chip.words(DATA, 30) == [4 * (3 + place) for place in range(30)]  # bursts go round
    assert chip.read(FIFO_SAMPLES) == 0


@pytest.mark.parametrize(("mode", "first"), [(1, 1), (6, 69)])
def test_a_full_fifo_keeps_the_oldest_or_the_newest(mode: int, first: int) -> None:
    chip = SensorBench("LIS2DW12")
    chip.feel("acceleration", np.arange(300).reshape(100, 3) * 0.244e-3, 100)
    chip.write(FIFO_CTRL, mode << 5)
    chip.write(CTRL1, 0x54)
    chip.wait(1.0)
    assert chip.read(FIFO_SAMPLES) == 0x40 | 32
    assert chip.words(DATA, 3)[0] == 4 * 3 * first
    assert chip.read(FIFO_SAMPLES) == 31
    chip.write(FIFO_CTRL, 0)
    assert chip.read(FIFO_SAMPLES) == 0


def test_block_data_update_and_reset_of_the_small_ones() -> None:
    chip = SensorBench("LIS2DW12")
    chip.write(CTRL2, 0x0C)
    chip.write(CTRL1, 0x54)
    chip.feel("acceleration", np.array([[0x3F, 0, 0], [0x40, 0, 0]]) * 0.244e-3, 100)
    chip.wait(0.02)
    low = chip.read(DATA)
    chip.wait(0.01)
    assert chip.read(DATA + 1) << 8 | low == 0x3F * 4
    chip.write(CTRL2, 0x44)
    assert chip.read(CTRL1) == 0
    chip.wait(6e-6)
    assert chip.read(CTRL2) == 0x04
    chip.write(CTRL2, 0x02)
    assert chip.model.deaf


def test_lis3dsh_says_what_it_is() -> None:
    chip = SensorBench("LIS3DSH")
    assert [chip.read(address) for address in (0x0D, 0x0E, 0x0F, CTRL_REG4, CTRL_REG6)] == [0x21, 0, 0x3F, 7, 0x10]
    chip.write(0x0F, 0)
    assert chip.read(0x0F) == 0x3F


@pytest.mark.parametrize(("code", "hertz"), list(enumerate(LIS3DSH_ODR, 1)))
def test_lis3dsh_samples_at_every_rate(code: int, hertz: float) -> None:
    chip = SensorBench("LIS3DSH")
    chip.write(CTRL_REG4, code << 4 | 7)
    assert chip.count("acceleration", 4) == pytest.approx(4 * hertz, abs=1)


@pytest.mark.parametrize(
    ("code", "full", "step"), [(0, 2, 0.06), (1, 4, 0.12), (2, 6, 0.18), (3, 8, 0.24), (4, 16, 0.73)]
)
def test_lis3dsh_has_five_ranges(code: int, full: float, step: float) -> None:
    chip = SensorBench("LIS3DSH")
    chip.write(CTRL_REG4, 0x67)
    chip.write(CTRL_REG5, code << 3)
    chip.hold("acceleration", 100 * step * 1e-3, -full / 2, 2 * full)
    chip.wait(0.1)
    assert chip.words(DATA, 3) == [100, round(-full / 2 / step * 1e3), 32767]


def test_lis3dsh_tells_what_is_new_and_what_was_lost_by_axis() -> None:
    chip = SensorBench("LIS3DSH")
    chip.write(CTRL_REG4, 0x67)
    assert chip.read(STATUS) == 0
    chip.wait(0.011)
    assert chip.read(STATUS) == 0x0F
    chip.words(DATA, 1)
    assert chip.read(STATUS) == 0x06
    chip.wait(0.01)
    assert chip.read(STATUS) == 0x6F
    chip.words(DATA, 3)
    assert chip.read(STATUS) == 0


def test_the_fifo_of_lis3dsh() -> None:
    chip = SensorBench("LIS3DSH")
    chip.feel("acceleration", np.arange(300).reshape(100, 3) * 0.06e-3, 100)
    chip.write(CTRL_REG6, 0x50)
    chip.write(FIFO_CTRL, 2 << 5 | 5)
    assert chip.read(FIFO_SAMPLES) == 0x20
    chip.write(CTRL_REG4, 0x67)
    chip.wait(0.051)
    assert chip.read(FIFO_SAMPLES) == 0x80 | 5
    assert chip.words(DATA, 15) == list(range(3, 18))
    chip.wait(0.5)
    assert chip.read(FIFO_SAMPLES) == 0xC0 | 31  # 32 samples wait
    assert chip.words(DATA, 3) == chip.produced("acceleration")[-32].tolist()


def test_lis3dsh_starts_over() -> None:
    chip = SensorBench("LIS3DSH")
    chip.write(CTRL_REG4, 0x67)
    chip.write(CTRL_REG3, 0x01)
    assert (chip.read(CTRL_REG4), chip.read(CTRL_REG3)) == (7, 0)
    chip.write(CTRL_REG4, 0x61)
    assert len(chip.notes) == 1
