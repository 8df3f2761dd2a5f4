"""LSM6DSV16X against its data sheet (DS13510) and AN5763, whose tables stand here."""

from __future__ import annotations

import numpy as np
import pytest

from tests.hil.sensor_bench import SensorBench

FIFO_CTRL1, FIFO_CTRL2, FIFO_CTRL3, FIFO_CTRL4 = 0x07, 0x08, 0x09, 0x0A
CTRL1, CTRL2, CTRL3, CTRL6, CTRL8, HAODR_CFG = 0x10, 0x11, 0x12, 0x15, 0x17, 0x62
FIFO_STATUS, STATUS, TEMPERATURE, GYROSCOPE, ACCELEROMETER, TAG = 0x1B, 0x1E, 0x20, 0x22, 0x28, 0x78
ODR = [
    (2, 7.5),
    (3, 15),
    (4, 30),
    (5, 60),
    (6, 120),
    (7, 240),
    (8, 480),
    (9, 960),
    (10, 1920),
    (11, 3840),
    (12, 7680),
]
G_RANGES = [(0, 2, 0.061), (1, 4, 0.122), (2, 8, 0.244), (3, 16, 0.488)]  # FS_XL, g, mg per count
DPS_RANGES = [  # FS_G, degrees/s, thousandths of them per count
    (0, 125, 4.375),
    (1, 250, 8.75),
    (2, 500, 17.5),
    (3, 1000, 35.0),
    (4, 2000, 70.0),
    (12, 4000, 140.0),
]


def on(code: int) -> SensorBench:
    """With its accelerometer at this rate, high performance."""
    chip = SensorBench("LSM6DSV16X")
    chip.write(CTRL1, code)
    return chip


def level(chip: SensorBench) -> int:
    low, high = chip.burst(FIFO_STATUS, 2)
    return low | (high & 1) << 8


def test_it_says_what_it_is_and_starts_as_the_data_sheet_says() -> None:
    chip = SensorBench("LSM6DSV16X")
    assert [chip.read(address) for address in (0x0F, 0x02, CTRL3, 0x54, CTRL1, CTRL8)] == [0x70, 0x23, 0x44, 4, 0, 0]
    chip.write(0x0F, 0)
    assert chip.read(0x0F) == 0x70
    assert not chip.model.deaf
    chip.write(0x03, 0x01)
    assert chip.model.deaf


@pytest.mark.parametrize(("code", "hertz"), ODR)
def test_every_rate_gives_its_number_of_samples(code: int, hertz: float) -> None:
    chip = SensorBench("LSM6DSV16X")
    chip.write(CTRL1, code, code)
    assert chip.count("acceleration", 4.0) == pytest.approx(4 * hertz, abs=1)
    assert len(chip.produced("rotation")) == len(chip.produced("acceleration"))


@pytest.mark.parametrize(
    ("mode", "code", "hertz"),
    [
        (0, 1, 0),  # 1.875 Hz is for low power
        (4, 1, 1.875),
        (5, 7, 240),
        (6, 8, 0),
        (7, 10, 1920),
        (7, 11, 0),
        (0, 13, 0),
        (2, 6, 0),  # reserved
    ],
)
def test_a_rate_that_its_mode_does_not_have_gives_nothing(mode: int, code: int, hertz: float) -> None:
    assert on(mode << 4 | code).count("acceleration", 16) == 16 * hertz


@pytest.mark.parametrize(("selected", "code", "hertz"), [(1, 3, 15.625), (1, 12, 8000), (2, 3, 12.5), (2, 12, 6400)])
def test_high_accuracy_has_rates_of_its_own(selected: int, code: int, hertz: float) -> None:
    chip = SensorBench("LSM6DSV16X")
    chip.write(HAODR_CFG, selected)
    chip.write(FIFO_CTRL3, code, 0x06)
    chip.write(CTRL1, 1 << 4 | code)
    assert chip.count("acceleration", 8) == pytest.approx(8 * hertz, abs=1)
    assert level(chip) == min(256, len(chip.produced("acceleration")))


@pytest.mark.parametrize(("code", "full", "step"), G_RANGES)
def test_every_range_of_the_accelerometer(code: int, full: float, step: float) -> None:
    chip = on(6)
    chip.write(CTRL8, code)
    chip.hold("acceleration", 100 * step * 1e-3, -full / 2, 1.1 * full)
    chip.wait(0.1)
    assert chip.words(ACCELEROMETER, 3) == [100, round(-full / 2 / step * 1e3), 32767]


@pytest.mark.parametrize(("code", "full", "step"), DPS_RANGES)
def test_every_range_of_the_gyroscope(code: int, full: float, step: float) -> None:
    chip = SensorBench("LSM6DSV16X")
    chip.write(CTRL6, code)
    chip.write(CTRL2, 6)
    chip.hold("rotation", 100 * step * 1e-3, -full / 2, -1.3 * full)
    chip.wait(0.1)
    assert chip.words(GYROSCOPE, 3) == [100, round(-full / 2 / step * 1e3), -32768]


def test_words_in_the_fifo_carry_their_sensor_and_their_slot_and_no_parity() -> None:
    chip = SensorBench("LSM6DSV16X")
    chip.feel("acceleration", np.arange(30).reshape(10, 3) * 0.061e-3, 120)
    chip.feel("rotation", -np.arange(30).reshape(10, 3) * 4.375e-3, 120)
    chip.write(FIFO_CTRL3, 0x66, 0x06)
    chip.write(CTRL1, 6, 6)
    chip.wait(4 / 120)
    assert level(chip) == 8
    tags = []
    for sample in range(1, 5):
        for kind, sign in ((1, -1), (2, 1)):  # gyroscope, accelerometer
            tag, values = chip.fifo_word(TAG)
            tags.append(tag)
            assert tag >> 3 == kind
            assert values == [sign * (3 * sample + axis) for axis in range(3)]
    assert [tag & 7 for tag in tags] == [2, 2, 4, 4, 6, 6, 0, 0]
    assert chip.fifo_word(TAG) == (0, [0, 0, 0])


def test_the_fifo_gives_every_sample_in_order() -> None:
    chip = SensorBench("LSM6DSV16X")
    chip.feel("acceleration", np.random.default_rng(9).normal(0, 0.7, (3000, 3)), 7680)
    chip.write(FIFO_CTRL3, 0x0C, 0x06)
    chip.write(CTRL1, 12)
    got = []
    for _ in range(20):
        chip.wait(200 / 7680)
        got += [chip.fifo_word(TAG)[1] for _ in range(level(chip))]
    assert np.array_equal(got, chip.produced("acceleration"))
    assert len(got) == pytest.approx(4000, abs=1)


def test_a_full_fifo_has_256_words_and_tells_what_it_lost() -> None:
    chip = on(9)
    chip.write(FIFO_CTRL1, 200)
    chip.write(FIFO_CTRL3, 0x09, 0x06)
    chip.wait(199.5 / 960)
    assert not chip.read(FIFO_STATUS + 1) & 0xF8
    chip.wait(1 / 960)
    assert chip.read(FIFO_STATUS + 1) & 0xF8 == 0x80
    chip.wait(56 / 960)
    assert (level(chip), chip.read(FIFO_STATUS + 1)) == (256, 0xA1)
    chip.wait(1 / 960)
    assert chip.burst(FIFO_STATUS, 2) == b"\x00\xe9"
    assert chip.fifo_word(TAG)[1] == chip.produced("acceleration")[-256].tolist()
    assert not chip.read(FIFO_STATUS + 1) & 0x48
    chip.write(FIFO_CTRL4, 0)
    assert level(chip) == 0


def test_in_fifo_mode_it_stops_at_its_watermark() -> None:
    chip = on(6)
    chip.write(FIFO_CTRL1, 20, 0x80, 0x06, 0x01)
    chip.wait(5)
    assert level(chip) == 20
    assert chip.fifo_word(TAG)[1] == chip.produced("acceleration")[0].tolist()


def test_temperature_goes_into_the_fifo_at_a_rate_of_its_own() -> None:
    chip = on(7)
    chip.hold("temperature", 26.5)
    chip.write(FIFO_CTRL4, 0x26)  # 15 Hz
    chip.wait(1.0)
    assert [chip.fifo_word(TAG) for _ in range(level(chip))][-1][1] == [384, 0, 0]
    chip.wait(1.0)
    assert level(chip) == 15
    assert chip.words(TEMPERATURE, 1) == [384]


def test_bytes_of_one_sample_stay_together_from_the_start() -> None:
    chip = on(6)
    chip.feel("acceleration", np.array([[0x00FF, 0, 0], [0x0100, 0, 0]]) * 0.061e-3, 120)
    chip.wait(2 / 120)
    low = chip.read(ACCELEROMETER)
    assert chip.read(STATUS) & 1
    chip.wait(1 / 120)
    assert chip.read(ACCELEROMETER + 1) << 8 | low == 0x00FF
    assert not chip.read(STATUS) & 1


def test_a_software_reset_wants_the_power_down_before() -> None:
    chip = on(6)
    chip.write(CTRL3, 0x45)
    assert (chip.read(CTRL3), chip.read(CTRL1)) == (0x45, 0)
    chip.wait(51e-6)
    assert chip.read(CTRL3) == 0x44
    assert chip.notes == ["the LSM6DSV16X is to be powered down before a software reset"]
    chip.write(CTRL3, 0x45)
    assert len(chip.notes) == 1


def test_the_timestamp_counts_21_750_nanoseconds() -> None:
    chip = SensorBench("LSM6DSV16X")
    chip.wait(2.0)
    assert chip.burst(0x40, 4) == bytes(4)
    chip.write(0x50, 0x40)
    assert int.from_bytes(chip.burst(0x40, 4), "little") == 91_954


def test_what_is_not_modelled_says_so() -> None:
    chip = SensorBench("LSM6DSV16X")
    chip.write(0x01, 0x80)
    chip.write(FIFO_CTRL2, 0x40)
    chip.write(FIFO_CTRL4, 0x02)
    chip.write(CTRL1, 0x36)
    assert len(chip.notes) == 4
