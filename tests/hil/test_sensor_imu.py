"""LSM6DSO, ISM330DHCX, IIS3DWB, IIS2ICLX and LSM6DSO16IS against their data sheets, whose tables stand here.

DS12140, DS13012, DS12569, and those of the IIS2ICLX, which has two axes, and of the LSM6DSO16IS, which has no FIFO.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.hil.sensor_bench import SensorBench

IDENTITIES = {"LSM6DSO": 0x6C, "ISM330DHCX": 0x6B, "IIS3DWB": 0x7B, "IIS2ICLX": 0x6B}
SIX_AXES = ["LSM6DSO", "ISM330DHCX", "LSM6DSO16IS"]
ODR = [12.5, 26, 52, 104, 208, 416, 833, 1667, 3333, 6667]  # codes from 1
G_RANGES = [(0, 2, 0.061), (2, 4, 0.122), (3, 8, 0.244), (1, 16, 0.488)]
DPS_RANGES = [(0, 250, 8.75), (4, 500, 17.5), (8, 1000, 35.0), (12, 2000, 70.0), (2, 125, 4.375)]
FIFO_CTRL1, FIFO_CTRL2, FIFO_CTRL3, FIFO_CTRL4 = 0x07, 0x08, 0x09, 0x0A
CTRL1_XL, CTRL2_G, CTRL3_C, CTRL5_C, CTRL6_C, CTRL8_XL, CTRL10_C = 0x10, 0x11, 0x12, 0x14, 0x15, 0x17, 0x19
STATUS, GYROSCOPE, ACCELEROMETER, FIFO_STATUS, TAG = 0x1E, 0x22, 0x28, 0x3A, 0x78


def level(chip: SensorBench) -> int:
    low, high = chip.burst(FIFO_STATUS, 2)
    return low | (high & 3) << 8


def fetch(chip: SensorBench) -> tuple[int, list[int]]:
    return chip.fifo_word(TAG)


@pytest.mark.parametrize(("name", "identity"), IDENTITIES.items())
def test_they_say_what_they_are_and_start_as_the_data_sheet_says(name: str, identity: int) -> None:
    chip = SensorBench(name)
    assert [chip.read(address) for address in (0x0F, 0x02, CTRL3_C, 0x18, CTRL1_XL)] == [identity, 0x3F, 4, 0xE0, 0]
    chip.write(0x0F, 0)
    chip.write(0x03, 0x55)  # reserved
    assert [chip.read(0x0F), chip.read(0x03)] == [identity, 0]
    assert fetch(chip) == (0, [0, 0, 0])


@pytest.mark.parametrize("name", SIX_AXES)
@pytest.mark.parametrize(("code", "hertz"), list(enumerate(ODR, 1)))
def test_every_rate_gives_its_number_of_samples(name: str, code: int, hertz: float) -> None:
    chip = SensorBench(name)
    chip.write(CTRL1_XL, code << 4, code << 4)
    assert chip.count("acceleration", 2.0) == pytest.approx(2 * hertz, abs=1)
    assert len(chip.produced("rotation")) == len(chip.produced("acceleration"))


@pytest.mark.parametrize("name", ["LSM6DSO", "LSM6DSO16IS"])
def test_the_slowest_rate_needs_low_power(name: str) -> None:
    chip = SensorBench(name)
    chip.write(CTRL1_XL, 11 << 4)
    assert chip.count("acceleration", 10) == 125
    chip.write(CTRL6_C, 0x10)
    assert chip.count("acceleration", 10) == 16


def test_the_wide_band_has_one_rate() -> None:
    chip = SensorBench("IIS3DWB")
    assert chip.count("acceleration", 0.1) == 0
    chip.write(CTRL1_XL, 0b101 << 5)
    assert chip.count("acceleration", 1.0) == pytest.approx(26667, abs=1)
    assert list(chip.model.outputs) == ["acceleration", "temperature"]


@pytest.mark.parametrize("name", [*SIX_AXES, "IIS3DWB"])
@pytest.mark.parametrize(("code", "full", "step"), G_RANGES)
def test_every_range_of_the_accelerometer(name: str, code: int, full: float, step: float) -> None:
    chip = SensorBench(name)
    chip.write(CTRL1_XL, 0xA0 | code << 2)
    chip.hold("acceleration", 100 * step * 1e-3, -full / 2, 1.1 * full)
    chip.wait(0.1)
    assert chip.words(ACCELEROMETER, 3) == [100, round(-full / 2 / step * 1e3), 32767]


@pytest.mark.parametrize("name", SIX_AXES)
@pytest.mark.parametrize(("code", "full", "step"), DPS_RANGES)
def test_every_range_of_the_gyroscope(name: str, code: int, full: float, step: float) -> None:
    chip = SensorBench(name)
    chip.write(CTRL2_G, 0x40 | code)
    chip.hold("rotation", 100 * step * 1e-3, -full / 2, -1.3 * full)
    chip.wait(0.1)
    assert chip.words(GYROSCOPE, 3) == [100, round(-full / 2 / step * 1e3), -32768]


def test_only_the_industrial_one_reaches_4000_degrees_a_second() -> None:
    for name, expected in (("ISM330DHCX", 25), ("LSM6DSO", 400)):
        chip = SensorBench(name)
        chip.write(CTRL2_G, 0x41)
        chip.hold("rotation", 3.5, 0, 0)
        chip.wait(0.1)
        assert chip.words(GYROSCOPE, 1) == [expected]


def test_the_range_of_16_g_can_be_excluded() -> None:
    chip = SensorBench("LSM6DSO")
    chip.write(CTRL8_XL, 0x02)
    chip.write(CTRL1_XL, 0x44)
    chip.wait(0.1)
    assert chip.words(ACCELEROMETER, 3) == [0, 0, round(1 / 0.061e-3)]


def test_words_in_the_fifo_carry_their_sensor_their_slot_and_their_parity() -> None:
    chip = SensorBench("LSM6DSO")
    chip.feel("acceleration", np.arange(30).reshape(10, 3) * 0.061e-3, 104)
    chip.feel("rotation", -np.arange(30).reshape(10, 3) * 8.75e-3, 104)
    chip.write(FIFO_CTRL3, 0x44, 0x06)
    chip.write(CTRL1_XL, 0x40, 0x40)
    chip.wait(4 / 104)
    assert level(chip) == 8
    tags = []
    for sample in range(1, 5):
        for kind, sign in ((1, -1), (2, 1)):
            tag, values = fetch(chip)
            tags.append(tag)
            assert tag >> 3 == kind
            assert values == [sign * (3 * sample + axis) for axis in range(3)]
    assert [tag >> 1 & 3 for tag in tags] == [1, 1, 2, 2, 3, 3, 0, 0]
    assert all(tag.bit_count() % 2 == 0 for tag in tags)
    assert fetch(chip)[0] == 0


@pytest.mark.parametrize("name", ["LSM6DSO", "ISM330DHCX", "IIS3DWB"])
def test_the_fifo_gives_every_sample_in_order(name: str) -> None:
    chip = SensorBench(name)
    wide = name == "IIS3DWB"
    hertz = 26667 if wide else 6667
    motion = np.random.default_rng(9).normal(0, 0.7, (3000, 3))
    chip.feel("acceleration", motion, hertz)
    chip.write(FIFO_CTRL3, 0x0A, 0x06)
    chip.write(CTRL1_XL, 0b101 << 5 if wide else 0xA0)
    got = []
    for _ in range(20):
        chip.wait(300 / hertz)
        got += [fetch(chip)[1] for _ in range(level(chip))]
    assert np.array_equal(got, chip.produced("acceleration"))
    assert len(got) == pytest.approx(6000, abs=1)


def test_batching_may_be_slower_than_sampling() -> None:
    chip = SensorBench("ISM330DHCX")
    chip.write(FIFO_CTRL3, 0x04, 0x36)  # accelerometer at 104 Hz, temperature at 52 Hz
    chip.write(CTRL1_XL, 0x80)
    chip.hold("temperature", 26.0)
    chip.wait(1.0)
    words = [fetch(chip) for _ in range(level(chip))]
    assert sum(tag >> 3 == 2 for tag, _ in words) == 104
    assert [values for tag, values in words if tag >> 3 == 3] == [[256, 0, 0]] * 52


def test_a_batch_cannot_be_faster_than_its_sensor() -> None:
    chip = SensorBench("LSM6DSO")
    chip.write(FIFO_CTRL3, 0x0A, 0x06)
    chip.write(CTRL1_XL, 0x40)
    chip.wait(1.0)
    assert level(chip) == 104


def test_the_watermark_and_overruns_are_told() -> None:
    chip = SensorBench("LSM6DSO")
    chip.write(FIFO_CTRL1, 0x2C, 0x01, 0x04, 0x06)  # 300 words
    chip.write(CTRL1_XL, 0x40)
    chip.wait(299.5 / 104)
    assert not chip.read(FIFO_STATUS + 1) & 0xF8
    chip.wait(1 / 104)
    assert chip.read(FIFO_STATUS + 1) & 0xF8 == 0x80
    chip.wait(3)
    assert level(chip) == 512
    assert chip.read(FIFO_STATUS + 1) & 0x60 == 0x60
    fetch(chip)
    assert not chip.read(FIFO_STATUS + 1) & 0x68
    newest = chip.produced("acceleration")
    assert len(newest) > 512


def test_in_fifo_mode_the_oldest_stay() -> None:
    chip = SensorBench("LSM6DSO")
    chip.feel("acceleration", np.arange(3000).reshape(1000, 3) * 0.061e-3, 104)
    chip.write(FIFO_CTRL2, 0x80)
    chip.write(FIFO_CTRL1, 20)
    chip.write(FIFO_CTRL3, 0x04, 0x01)
    chip.write(CTRL1_XL, 0x40)
    chip.wait(5)
    assert level(chip) == 20  # it stops at its watermark
    assert fetch(chip)[1] == [3, 4, 5]
    chip.write(FIFO_CTRL4, 0)
    assert level(chip) == 0


def test_bytes_of_one_sample_stay_together_and_data_ready_falls_when_they_are_read() -> None:
    chip = SensorBench("LSM6DSO")
    chip.write(CTRL3_C, 0x44)
    chip.write(CTRL1_XL, 0x40)
    chip.feel("acceleration", np.array([[0x00FF, 0, 0], [0x0100, 0, 0]]) * 0.061e-3, 104)
    chip.wait(2 / 104)
    low = chip.read(ACCELEROMETER)
    assert chip.read(STATUS) & 1
    chip.wait(1 / 104)
    assert chip.read(ACCELEROMETER + 1) << 8 | low == 0x00FF
    assert not chip.read(STATUS) & 1


def test_a_software_reset_clears_itself() -> None:
    chip = SensorBench("ISM330DHCX")
    chip.write(CTRL1_XL, 0x40)
    chip.write(CTRL3_C, 0x01)
    assert (chip.read(CTRL3_C), chip.read(CTRL1_XL)) == (0x05, 0)
    chip.wait(51e-6)
    assert chip.read(CTRL3_C) == 0x04


def test_the_timestamp_counts_25_microseconds() -> None:
    chip = SensorBench("LSM6DSO")
    chip.wait(2.0)
    assert chip.burst(0x40, 4) == bytes(4)
    chip.write(CTRL10_C, 0x20)
    assert int.from_bytes(chip.burst(0x40, 4), "little") == 80_000


def test_what_is_not_modelled_says_so() -> None:
    chip = SensorBench("IIS3DWB")
    chip.write(0x01, 0x80)
    chip.write(FIFO_CTRL2, 0x40)
    chip.write(CTRL6_C, 0x01)
    assert len(chip.notes) == 3


def test_lsm6dso16is_keeps_one_sample_and_says_when_there_is_a_new_one() -> None:
    chip = SensorBench("LSM6DSO16IS")
    assert [chip.read(address) for address in (0x0F, 0x02, CTRL3_C, CTRL1_XL)] == [0x22, 0x3F, 4, 0]
    chip.write(CTRL3_C, 0x44)
    chip.write(CTRL1_XL, 0x40, 0x40)
    chip.feel("acceleration", np.array([[0x00FF, 0, 0], [0x0100, 0, 0]]) * 0.061e-3, 104)
    assert chip.read(STATUS) == 0
    chip.wait(2 / 104)
    assert chip.read(STATUS) == 0x07
    low = chip.read(ACCELEROMETER)
    chip.wait(1 / 104)
    assert chip.read(ACCELEROMETER + 1) << 8 | low == 0x00FF
    chip.burst(ACCELEROMETER + 2, 4)
    chip.burst(GYROSCOPE, 6)
    assert chip.read(STATUS) == 0x04
    assert chip.read(FIFO_STATUS) == chip.read(TAG) == 0  # nothing is there


def test_lsm6dso16is_wants_to_be_powered_down_before_a_reset() -> None:
    chip = SensorBench("LSM6DSO16IS")
    chip.write(CTRL2_G, 0x40)
    chip.write(CTRL3_C, 0x05)
    assert (chip.read(CTRL2_G), len(chip.notes)) == (0, 1)
    chip.wait(51e-6)
    assert chip.read(CTRL3_C) == 0x04
    chip.write(0x01, 0x80)
    assert len(chip.notes) == 2


@pytest.mark.parametrize(("code", "hertz"), [*enumerate(ODR[:7], 1), (8, 0), (10, 0), (11, 0)])
def test_the_inclinometer_has_the_slower_rates(code: int, hertz: float) -> None:
    chip = SensorBench("IIS2ICLX")
    chip.write(FIFO_CTRL3, code, 0x06)
    chip.write(CTRL1_XL, code << 4)
    chip.wait(0.5)
    assert level(chip) == pytest.approx(hertz / 2, abs=1)
    assert list(chip.model.outputs) == ["acceleration", "temperature"]


@pytest.mark.parametrize(("code", "full", "step"), [(0, 0.5, 0.015), (2, 1, 0.031), (3, 2, 0.061), (1, 3, 0.122)])
def test_the_inclinometer_has_two_axes_and_ranges_of_its_own(code: int, full: float, step: float) -> None:
    chip = SensorBench("IIS2ICLX")
    chip.write(FIFO_CTRL3, 4, 0x06)
    chip.write(CTRL1_XL, 0x40 | code << 2)
    chip.hold("acceleration", 100 * step * 1e-3, -full / 2, 1.0)
    chip.wait(1.5 / 104)
    expected = [100, round(-full / 2 / step * 1e3)]
    assert chip.read(STATUS) & 1
    assert chip.words(ACCELEROMETER, 3) == [*expected, 0]
    assert not chip.read(STATUS) & 1
    tag, values = fetch(chip)
    assert (tag >> 3, values) == (2, [*expected, 0])
    assert chip.produced("acceleration").shape == (1, 2)
