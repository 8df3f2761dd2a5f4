"""LIS2MDL, IIS2MDC, LIS3MDL, LSM303AGR and IIS2DH against the tables of their data sheets.

DS12144, that of the IIS2MDC, DocID024204, DocID027765; the IIS2DH's accelerometer is inside the LSM303AGR.
"""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.errors import ProbeError
from tests.hil.chip_bench import ChipBench
from tests.hil.chip_i2c import I2cV2Driver
from tests.hil.fitted import on_i2c
from tests.hil.sensor_bench import SensorBench

TWINS = ["LIS2MDL", "IIS2MDC"]
CFG_REG_A, CFG_REG_C, FIELD = 0x60, 0x62, 0x68  # of both
CTRL_REG1, CTRL_REG2, CTRL_REG3, CTRL_REG5, STATUS, DATA = 0x20, 0x21, 0x22, 0x24, 0x27, 0x28  # of the LIS3MDL
CTRL_REG4_A, FIFO_CTRL, FIFO_SRC = 0x23, 0x2E, 0x2F  # of the LSM303AGR
SENSITIVITIES = {  # mg per count at 2, 4, 8, 16 g, by bits
    ("LSM303AGR", 12): (0.98, 1.95, 3.9, 11.72),
    ("LSM303AGR", 10): (3.9, 7.82, 15.63, 46.9),
    ("LSM303AGR", 8): (15.63, 31.26, 62.52, 188.68),
    ("IIS2DH", 12): (0.98, 1.95, 3.91, 11.72),
    ("IIS2DH", 10): (3.91, 7.81, 15.63, 46.95),
    ("IIS2DH", 8): (15.63, 31.25, 62.5, 188.68),
}
ACCELEROMETERS = ["LSM303AGR", "IIS2DH"]


@pytest.mark.parametrize("name", TWINS)
def test_the_twins_say_what_they_are(name: str) -> None:
    chip = SensorBench(name)
    assert [chip.read(address) for address in (0x4F, CFG_REG_A, 0x63, 0x67)] == [0x40, 0x03, 0xE0, 0]
    assert chip.count("magnetic", 1) == 0  # it starts idle


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize(("code", "hertz"), [(0, 10), (1, 20), (2, 50), (3, 100)])
def test_the_twins_sample_at_every_rate(name: str, code: int, hertz: int) -> None:
    chip = SensorBench(name)
    chip.write(CFG_REG_A, code << 2)
    assert chip.count("magnetic", 3) == 3 * hertz


@pytest.mark.parametrize("name", TWINS)
def test_the_twins_have_one_and_a_half_milligauss_a_count(name: str) -> None:
    chip = SensorBench(name)
    chip.write(CFG_REG_C, 0x10)
    chip.write(CFG_REG_A, 0x0C)
    chip.hold("magnetic", 0.15, -0.3, 60.0)
    chip.hold("temperature", 26.5)
    chip.wait(0.011)
    assert chip.read(0x67) == 0x0F
    assert chip.words(FIELD, 3) == [100, -200, 32767]
    assert chip.read(0x67) == 0
    assert chip.words(0x6E, 1) == [12]


@pytest.mark.parametrize("name", TWINS)
def test_the_twins_convert_once_and_start_over(name: str) -> None:
    chip = SensorBench(name)
    chip.write(CFG_REG_A, 0x01)
    assert chip.read(CFG_REG_A) == 0x03
    assert len(chip.produced("magnetic")) == 1
    chip.write(CFG_REG_A, 0x20)
    chip.wait(6e-6)
    assert chip.read(CFG_REG_A) == 0x03
    chip.write(CFG_REG_C, 0x20)
    assert chip.model.deaf


def test_only_lis2mdl_has_a_bit_for_spi_with_four_wires() -> None:
    for name, kept in (("LIS2MDL", 0x04), ("IIS2MDC", 0x00)):
        chip = SensorBench(name)
        chip.write(CFG_REG_C, 0x04)
        assert chip.read(CFG_REG_C) == kept


@pytest.mark.parametrize(("code", "hertz"), list(enumerate([0.625, 1.25, 2.5, 5, 10, 20, 40, 80])))
def test_lis3mdl_samples_at_every_rate(code: int, hertz: float) -> None:
    chip = SensorBench("LIS3MDL")
    assert [chip.read(address) for address in (0x0F, CTRL_REG1, CTRL_REG3)] == [0x3D, 0x10, 0x03]
    chip.write(CTRL_REG1, code << 2)
    chip.write(CTRL_REG3, 0)
    assert chip.count("magnetic", 16) == pytest.approx(16 * hertz, abs=1)


@pytest.mark.parametrize(("mode", "hertz"), list(enumerate([1000, 560, 300, 155])))
def test_lis3mdl_can_be_faster(mode: int, hertz: int) -> None:
    chip = SensorBench("LIS3MDL")
    chip.write(CTRL_REG1, mode << 5 | 2)
    chip.write(CTRL_REG3, 0)
    assert chip.count("magnetic", 2) == pytest.approx(2 * hertz, abs=1)


@pytest.mark.parametrize(("code", "full", "counts"), [(0, 4, 6842), (1, 8, 3421), (2, 12, 2281), (3, 16, 1711)])
def test_lis3mdl_has_four_ranges(code: int, full: float, counts: int) -> None:
    chip = SensorBench("LIS3MDL")
    chip.write(CTRL_REG2, code << 5)
    chip.write(CTRL_REG1, 0x1C)
    chip.write(CTRL_REG3, 0)
    chip.hold("magnetic", 1.0, -full / 2, 2 * full)
    chip.wait(0.1)
    assert chip.words(DATA, 3) == [counts, round(-full / 2 * counts), 32767]
    assert chip.model.sub_address(0xA8) == (0x28, True)


def test_an_overrun_is_told_however_late_anybody_looks() -> None:
    chip = SensorBench("LIS3MDL")
    chip.write(CTRL_REG1, 0x1C)
    chip.write(CTRL_REG3, 0)
    chip.wait(1.5 / 80)
    assert chip.read(STATUS) == 0x0F
    chip.words(DATA, 3)
    chip.wait(2 / 80)
    assert chip.read(STATUS) == 0xFF


def test_lis3mdl_starts_over() -> None:
    chip = SensorBench("LIS3MDL")
    chip.write(CTRL_REG5, 0x40)
    chip.write(CTRL_REG2, 0x04)
    assert (chip.read(CTRL_REG2), chip.read(CTRL_REG5)) == (0x04, 0)
    chip.wait(6e-6)
    assert chip.read(CTRL_REG2) == 0


def accelerometer_rates() -> list[tuple[int, int, float]]:
    """Low-power bit, code, rate."""
    both = [(low, code, hertz) for low in (0, 1) for code, hertz in enumerate([1, 10, 25, 50, 100, 200, 400], 1)]
    return [*both, (1, 8, 1620), (0, 8, 0), (0, 9, 1344), (1, 9, 5376)]


@pytest.mark.parametrize("name", ACCELEROMETERS)
@pytest.mark.parametrize(("low", "code", "hertz"), accelerometer_rates())
def test_both_accelerometers_sample_at_every_rate(name: str, low: int, code: int, hertz: float) -> None:
    chip = SensorBench(name)
    chip.write(CTRL_REG1, code << 4 | low << 3 | 7)
    assert chip.count("acceleration", 3) == pytest.approx(3 * hertz, abs=1)


@pytest.mark.parametrize(("name", "bits"), SENSITIVITIES)
@pytest.mark.parametrize("code", range(4))
def test_both_accelerometers_have_three_resolutions_of_four_ranges(name: str, bits: int, code: int) -> None:
    chip = SensorBench(name)
    full, step = 2 << code, SENSITIVITIES[name, bits][code] * 1e-3
    chip.write(CTRL_REG4_A, code << 4 | (bits == 12) << 3)
    chip.write(CTRL_REG1, 0x57 | (bits == 8) << 3)
    chip.hold("acceleration", 10 * step, -full / 2, 2 * full)
    chip.wait(0.05)
    one = 1 << 16 - bits
    assert chip.words(DATA, 3) == [10 * one, round(-full / 2 / step) * one, 32768 - one]


@pytest.mark.parametrize("name", ACCELEROMETERS)
def test_the_fifo_of_both_accelerometers(name: str) -> None:
    chip = SensorBench(name)
    assert chip.read(0x0F) == 0x33
    chip.feel("acceleration", np.arange(300).reshape(100, 3) * 0.98e-3, 100)
    chip.write(CTRL_REG4_A, 0x88)
    chip.write(0x24, 0x40)
    chip.write(FIFO_CTRL, 2 << 6 | 9)
    chip.write(CTRL_REG1, 0x57)
    chip.wait(0.0905)
    assert chip.read(FIFO_SRC) == 9
    chip.wait(0.01)
    assert chip.read(FIFO_SRC) == 0x80 | 10
    assert chip.words(DATA, 30) == [16 * (3 + place) for place in range(30)]
    assert chip.read(FIFO_SRC) == 0x20
    chip.wait(0.5)
    assert chip.read(FIFO_SRC) & 0x7F == 0x40 | 31
    assert chip.words(DATA, 3) == chip.produced("acceleration")[-32].tolist()


def test_iis2dh_goes_on_where_the_first_byte_says_so() -> None:
    model = SensorBench("IIS2DH").model
    assert [model.sub_address(value) for value in (DATA, 0x80 | DATA)] == [(DATA, False), (DATA, True)]
    assert [model.command(value) for value in (DATA, 0x40 | DATA)] == [(DATA, False), (DATA, True)]


def test_lsm303agr_has_a_thermometer_that_wants_to_be_switched_on() -> None:
    chip = SensorBench("LSM303AGR")
    chip.hold("temperature", 31.0)
    chip.write(CTRL_REG1, 0x57)
    assert chip.count("temperature", 1) == 0
    chip.write(0x1F, 0xC0)
    chip.wait(0.1)
    assert chip.read(0x07) & 4
    assert chip.words(0x0C, 1) == [6 * 256]


def test_the_magnetometer_of_lsm303agr_answers_at_its_own_address() -> None:
    bench = ChipBench(on_i2c("nucleo-l031k6", "LSM303AGR", 0x19))
    i2c = I2cV2Driver(bench, 0x00000707)
    assert i2c.load(0x19, 0x0F) == b"\x33"
    assert i2c.load(0x1E, 0x4F) == b"\x40"
    i2c.store(0x1E, CFG_REG_A, 0x0C)
    bench.pass_time(0.1)
    field = np.frombuffer(i2c.load(0x1E, 0x80 | FIELD, 6), "<i2")
    assert np.array_equal(field, bench.sensors["LSM303AGR"].produced("magnetic").words[-1])
    assert field.tolist() == [133, 0, -267]
    with pytest.raises(ProbeError, match="does not measure 'pressure'"):
        bench.sensors["LSM303AGR"].produced("pressure")
