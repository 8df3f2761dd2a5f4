"""The model of the LSM6DSL against the tables of its data sheet (DocID028475) and AN5040, repeated here."""

from __future__ import annotations

import numpy as np
import pytest

from tests.hil.sensor_bench import SensorBench

FIFO_CTRL1, FIFO_CTRL2, FIFO_CTRL3, FIFO_CTRL4, FIFO_CTRL5 = 0x06, 0x07, 0x08, 0x09, 0x0A
CTRL1_XL, CTRL2_G, CTRL3_C, CTRL4_C, CTRL6_C = 0x10, 0x11, 0x12, 0x13, 0x15
STATUS, TEMPERATURE, GYROSCOPE, ACCELEROMETER = 0x1E, 0x20, 0x22, 0x28
FIFO_STATUS1, FIFO_STATUS2, FIFO_STATUS3, FIFO_DATA = 0x3A, 0x3B, 0x3C, 0x3E
ODR = [(1, 12.5), (2, 26), (3, 52), (4, 104), (5, 208), (6, 416), (7, 833), (8, 1660), (9, 3330), (10, 6660)]
G_RANGES = [(0, 2, 0.061), (2, 4, 0.122), (3, 8, 0.244), (1, 16, 0.488)]  # code, g, mg per count (table 3)
DPS_RANGES = [(0, 245, 8.75), (1, 500, 17.5), (2, 1000, 35.0), (3, 2000, 70.0)]  # mdps per count


@pytest.fixture
def chip() -> SensorBench:
    return SensorBench("LSM6DSL")


def level(chip: SensorBench) -> int:
    low, high = chip.burst(FIFO_STATUS1, 2)
    return low | (high & 7) << 8


def ramp(count: int) -> np.ndarray:
    """Three axes that tell samples apart, in g at ±2 g."""
    step = np.arange(count)[:, np.newaxis]
    return (step + np.array([0, 1000, -1000])) * 0.061e-3


def start_fifo(chip: SensorBench, mode: int, threshold: int = 0, code: int = 4, decimation: int = 0x01) -> None:
    chip.write(FIFO_CTRL1, threshold & 0xFF, threshold >> 8, decimation)
    chip.write(CTRL1_XL, code << 4)
    chip.write(FIFO_CTRL5, code << 3 | mode)


def test_it_says_what_it_is_and_starts_as_the_data_sheet_says(chip: SensorBench) -> None:
    assert chip.read(0x0F) == 0x6A
    assert {address: chip.read(address) for address in (CTRL1_XL, CTRL2_G, CTRL3_C, 0x18, FIFO_CTRL5)} == {
        CTRL1_XL: 0,
        CTRL2_G: 0,
        CTRL3_C: 0x04,
        0x18: 0xE0,
        FIFO_CTRL5: 0,
    }
    chip.wait(1)
    assert chip.read(STATUS) == 0
    assert chip.burst(TEMPERATURE, 14) == bytes(14)


def test_identity_and_reserved_registers_cannot_be_written(chip: SensorBench) -> None:
    chip.write(0x0F, 0x55)
    chip.write(0x02, 0x55)
    chip.write(STATUS, 0xFF)
    assert (chip.read(0x0F), chip.read(0x02), chip.read(STATUS)) == (0x6A, 0, 0)


@pytest.mark.parametrize(("code", "hertz"), ODR)
def test_every_rate_gives_its_number_of_samples(chip: SensorBench, code: int, hertz: float) -> None:
    chip.write(CTRL1_XL, code << 4, code << 4)
    assert chip.count("acceleration", 2.0) == pytest.approx(2 * hertz, abs=1)
    assert len(chip.produced("rotation")) == len(chip.produced("acceleration"))


def test_the_slowest_rate_needs_low_power(chip: SensorBench) -> None:
    chip.write(CTRL1_XL, 11 << 4)
    assert chip.count("acceleration", 10) == 125
    chip.write(CTRL6_C, 0x10)
    assert chip.count("acceleration", 10) == 16
    chip.write(CTRL1_XL, 12 << 4)
    assert chip.count("acceleration", 10) == 0


def test_its_oscillator_may_be_off(chip: SensorBench) -> None:
    chip.model.detune(0.013)
    chip.write(CTRL1_XL, 7 << 4)
    assert chip.count("acceleration", 10) == pytest.approx(8330 * 1.013, abs=1)


@pytest.mark.parametrize(("code", "full", "step"), G_RANGES)
def test_every_range_of_the_accelerometer(chip: SensorBench, code: int, full: float, step: float) -> None:
    chip.write(CTRL1_XL, 4 << 4 | code << 2)
    chip.hold("acceleration", full / 2, -full / 2, 100 * step * 1e-3)
    chip.wait(0.1)
    assert chip.words(ACCELEROMETER, 3) == pytest.approx(
        [full / 2 / step * 1e3, -full / 2 / step * 1e3, 100], abs=0.5
    )
    chip.hold("acceleration", 1.1 * full, -1.1 * full, 0)
    chip.wait(0.1)
    assert chip.words(ACCELEROMETER, 3) == [32767, -32768, 0]


@pytest.mark.parametrize(("code", "full", "step"), DPS_RANGES)
def test_every_range_of_the_gyroscope(chip: SensorBench, code: int, full: float, step: float) -> None:
    chip.write(CTRL2_G, 4 << 4 | code << 2)
    chip.hold("rotation", full / 2, 100 * step * 1e-3, -1.3 * full)
    chip.wait(0.1)
    assert chip.words(GYROSCOPE, 3) == [round(full / 2 / step * 1e3), 100, -32768]
    chip.write(CTRL2_G, 4 << 4 | 2)  # 125 dps: 4.375 mdps per count
    chip.wait(0.1)
    assert chip.words(GYROSCOPE, 2)[1] == pytest.approx(100 * step / 4.375, abs=0.5)


def test_temperature_has_256_counts_a_degree_from_25_degrees(chip: SensorBench) -> None:
    chip.hold("temperature", 31.5)
    chip.write(CTRL1_XL, 0x40)
    chip.wait(0.1)
    assert chip.words(TEMPERATURE, 1) == [6.5 * 256]
    assert chip.count("temperature", 1) == 52


def test_data_ready_rises_with_a_sample_and_falls_with_its_high_byte(chip: SensorBench) -> None:
    chip.write(CTRL1_XL, 0x40, 0x40)
    assert chip.read(STATUS) == 0
    chip.wait(1 / 104)
    assert chip.read(STATUS) == 3
    chip.read(ACCELEROMETER)
    assert chip.read(STATUS) == 3
    chip.read(ACCELEROMETER + 1)
    assert chip.read(STATUS) == 2
    chip.burst(GYROSCOPE, 6)
    assert chip.read(STATUS) == 0
    chip.wait(1 / 104)
    assert chip.read(STATUS) & 3 == 3


@pytest.mark.parametrize("together", [False, True])
def test_block_data_update_keeps_bytes_of_one_sample_together(chip: SensorBench, together: bool) -> None:
    chip.write(CTRL3_C, 0x44 if together else 0x04)
    chip.write(CTRL1_XL, 0x40)
    chip.feel("acceleration", np.array([[0x00FF, 0, 0], [0x0100, 0, 0]]) * 0.061e-3, 104)
    chip.wait(2 / 104)
    first = chip.read(ACCELEROMETER)
    chip.wait(1 / 104)
    value = chip.read(ACCELEROMETER + 1) << 8 | first
    assert value in ((0x00FF, 0x0100) if together else (0x0000, 0x01FF))
    assert chip.words(ACCELEROMETER, 1) == [int(chip.produced("acceleration")[-1, 0])]


def test_bursts_go_on_unless_they_are_told_to_stay(chip: SensorBench) -> None:
    assert chip.model.sub_address(0x28) == (0x28, True)
    chip.write(CTRL3_C, 0)
    assert chip.model.sub_address(0x28) == (0x28, False)


def test_a_software_reset_takes_50_microseconds_and_clears_everything(chip: SensorBench) -> None:
    start_fifo(chip, 6)
    chip.wait(0.5)
    chip.write(CTRL3_C, 0x45)
    assert chip.read(CTRL3_C) == 0x05
    assert (chip.read(CTRL1_XL), chip.read(FIFO_CTRL5), level(chip)) == (0, 0, 0)
    chip.wait(51e-6)
    assert chip.read(CTRL3_C) == 0x04


def test_a_switched_off_interface_is_deaf(chip: SensorBench) -> None:
    assert not chip.model.deaf
    chip.write(CTRL4_C, 0x04)
    assert chip.model.deaf


def test_the_fifo_gives_every_sample_in_order(chip: SensorBench) -> None:
    chip.feel("acceleration", ramp(1000), 104)
    start_fifo(chip, 6)
    assert chip.read(FIFO_STATUS2) & 0x10
    chip.wait(1.0)
    count = level(chip)
    assert count == 3 * 104
    got = np.array([chip.words(FIFO_DATA, 1)[0] for _ in range(count)]).reshape(-1, 3)
    assert np.array_equal(got, chip.produced("acceleration"))
    assert np.array_equal(got[:, 0], np.arange(1, 105))
    assert chip.read(FIFO_STATUS2) & 0x10
    assert level(chip) == 0


def test_a_burst_goes_round_within_the_two_registers_of_the_fifo(chip: SensorBench) -> None:
    chip.feel("acceleration", ramp(100), 104)
    start_fifo(chip, 6)
    chip.wait(0.2)
    assert chip.words(FIFO_DATA, 30) == chip.produced("acceleration")[:10].ravel().tolist()


def test_the_pattern_follows_from_the_decimation(chip: SensorBench) -> None:
    chip.feel("acceleration", ramp(100), 104)
    chip.write(CTRL2_G, 0x40)
    chip.hold("rotation", 0.0875, 0.175, 0.2625)
    start_fifo(chip, 6, decimation=2 << 3 | 1)  # the gyroscope every second time
    chip.wait(0.1)
    places, values = [], []
    for _ in range(18):
        places.append(chip.read(FIFO_STATUS3))
        values.append(chip.words(FIFO_DATA, 1)[0])
    assert places == [0, 1, 2, 3, 4, 5, 6, 7, 8] * 2
    assert values[:3] == values[9:12] == [10, 20, 30]
    assert np.array_equal(np.reshape(values[3:9] + values[12:], (4, 3)), chip.produced("acceleration")[:4])


def test_the_fifo_has_a_rate_of_its_own(chip: SensorBench) -> None:
    chip.feel("acceleration", ramp(3000), 1660)
    chip.write(CTRL1_XL, 8 << 4)
    chip.write(FIFO_CTRL3, 1)
    chip.write(FIFO_CTRL5, 4 << 3 | 6)
    chip.wait(1.0)
    assert level(chip) == 3 * 104
    got = [chip.words(FIFO_DATA, 3)[0] for _ in range(104)]
    assert np.allclose(np.diff(got), 1660 / 104, atol=1)


@pytest.mark.parametrize("threshold", [30, 300, 1998])
def test_the_watermark_rises_at_the_threshold(chip: SensorBench, threshold: int) -> None:
    start_fifo(chip, 6, threshold)
    chip.wait((threshold // 3 - 1) / 104 + 0.001)
    assert not chip.read(FIFO_STATUS2) & 0x80
    chip.wait(1 / 104 + 0.001)
    assert chip.read(FIFO_STATUS2) & 0x80
    chip.words(FIFO_DATA, 3)
    assert not chip.read(FIFO_STATUS2) & 0x80


def test_in_fifo_mode_the_oldest_stay_and_in_continuous_mode_the_newest(chip: SensorBench) -> None:
    chip.feel("acceleration", ramp(4000), 104)
    start_fifo(chip, 1)
    chip.wait(10)
    assert level(chip) == 2046  # 682 data sets are what fits into four kilobytes
    assert chip.read(FIFO_STATUS2) & 0x60 == 0x60
    assert chip.words(FIFO_DATA, 1) == [1]
    chip.write(FIFO_CTRL5, 4 << 3)
    assert level(chip) == 0
    chip.write(FIFO_CTRL5, 4 << 3 | 6)
    chip.wait(10)
    assert chip.read(FIFO_STATUS2) & 0x40
    newest = chip.produced("acceleration")[-682:]
    assert chip.words(FIFO_DATA, 3 * 682) == newest.ravel().tolist()
    chip.wait(0.05)
    assert not chip.read(FIFO_STATUS2) & 0x40


def test_the_fifo_can_stop_at_its_threshold(chip: SensorBench) -> None:
    start_fifo(chip, 1, 60)
    chip.write(FIFO_CTRL4, 0x80)
    chip.wait(2)
    assert level(chip) == 60


def test_sampling_does_not_depend_on_how_often_one_looks(chip: SensorBench) -> None:
    other = SensorBench("LSM6DSL")
    noise = np.random.default_rng(5).normal(0, 0.5, (777, 3))
    for one, looks in ((chip, 1), (other, 397)):
        one.feel("acceleration", noise, 1000)
        one.write(CTRL1_XL, 8 << 4)
        for _ in range(looks):
            one.wait(1.0 / looks)
            one.read(STATUS)
    assert np.array_equal(chip.produced("acceleration")[:1650], other.produced("acceleration")[:1650])


def test_of_a_long_run_the_newest_samples_are_kept_with_their_index(chip: SensorBench) -> None:
    chip.write(CTRL1_XL, 10 << 4)
    chip.feel("acceleration", np.arange(3000).reshape(1000, 3) * 0.061e-3, 6660)
    for _ in range(90):
        chip.wait(2.5)
        chip.read(STATUS)
    produced = chip.model.produced("acceleration")
    taken = 90 * 2.5 * 6660
    assert produced.first > 0
    assert 1 << 20 <= len(produced.words) <= taken - produced.first + 1
    assert produced.first + len(produced.words) == pytest.approx(taken, abs=1)
    number = produced.first + np.arange(5)
    assert np.array_equal(produced.words[:5, 0], 3 * ((number + 1) % 1000))


def test_what_is_not_modelled_says_so(chip: SensorBench) -> None:
    chip.write(0x01, 0x80)
    chip.write(FIFO_CTRL4, 0x01)
    chip.write(FIFO_CTRL2, 0x80)
    chip.write(CTRL3_C, 0x06)
    assert len(chip.notes) == 4
    assert all("model" in note for note in chip.notes)
