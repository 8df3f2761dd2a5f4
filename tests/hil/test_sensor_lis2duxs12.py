"""LIS2DUXS12 against its data sheet and AN5812 (power modes, FIFO), whose tables stand here."""

from __future__ import annotations

import numpy as np
import pytest

from tests.hil.chip_bench import ChipBench
from tests.hil.chip_i2c import I2cV2Driver
from tests.hil.fitted import on_i2c
from tests.hil.sensor_bench import SensorBench

CTRL1, CTRL3, CTRL4, CTRL5, FIFO_CTRL, FIFO_WTM = 0x10, 0x12, 0x13, 0x14, 0x15, 0x16
STATUS, FIFO_STATUS, DATA, TEMPERATURE, SLEEP, TAG, FIFO_BATCH_DEC = 0x25, 0x26, 0x28, 0x2E, 0x3D, 0x40, 0x47
ODR = [(1, 1.6), (2, 3), (3, 25), (4, 6), (5, 12.5), (6, 25), (7, 50), (8, 100), (9, 200), (10, 400), (11, 800)]
RANGES = [(0, 2, 0.061), (1, 4, 0.122), (2, 8, 0.244), (3, 16, 0.488)]  # FS, g, mg per count
HIGH_PERFORMANCE, FIFO_ON, ONLY_ACCELERATION, CONTINUOUS = 0x04, 0x08, 0x80, 0x06


def running(code: int, watermark: int = 0, mode: int = CONTINUOUS) -> SensorBench:
    """High performance at this rate, 16 bits of acceleration in the FIFO."""
    chip = SensorBench("LIS2DUXS12")
    chip.write(CTRL3, HIGH_PERFORMANCE)
    chip.write(CTRL4, FIFO_ON)
    chip.write(FIFO_WTM, ONLY_ACCELERATION | watermark)
    chip.write(FIFO_CTRL, mode)
    chip.write(CTRL5, code << 4)
    return chip


def test_it_says_what_it_is() -> None:
    chip = SensorBench("LIS2DUXS12")
    assert [chip.read(address) for address in (0x0F, CTRL1, CTRL4, CTRL5, FIFO_STATUS + 1)] == [0x47, 0x10, 0, 0, 0]
    chip.write(0x0F, 0)
    assert chip.read(0x0F) == 0x47


def test_it_sleeps_until_it_is_called_and_answers_25_ms_later() -> None:
    bench = ChipBench(on_i2c("nucleo-l031k6", "LIS2DUXS12", 0x19))
    i2c = I2cV2Driver(bench, 0x00000707)
    model = bench.sensors["LIS2DUXS12"]
    bench.pass_time(1.0)
    assert not model.called()  # as somebody else called it
    bench.pass_time(0.0245)
    assert not model.called()
    bench.pass_time(0.001)
    assert i2c.load(0x19, 0x0F) == b"\x47"
    i2c.store(0x19, SLEEP, 0x01)
    assert not model.called()
    bench.pass_time(0.026)
    assert i2c.load(0x19, 0x0F) == b"\x47"


@pytest.mark.parametrize(("code", "hertz"), ODR)
def test_every_rate_gives_its_number_of_samples(code: int, hertz: float) -> None:
    assert running(code).count("acceleration", 10) == pytest.approx(10 * hertz, abs=1)


@pytest.mark.parametrize(("code", "full", "step"), RANGES)
def test_every_range(code: int, full: float, step: float) -> None:
    chip = SensorBench("LIS2DUXS12")
    chip.write(CTRL5, 8 << 4 | code)
    chip.hold("acceleration", 100 * step * 1e-3, -full / 2, 1.1 * full)
    chip.wait(0.1)
    assert chip.read(STATUS) == 1
    assert chip.words(DATA, 3) == [100, round(-full / 2 / step * 1e3), 32767]
    assert chip.read(STATUS) == 0


def test_the_fifo_gives_every_sample_in_order() -> None:
    chip = running(11)
    chip.feel("acceleration", np.random.default_rng(9).normal(0, 0.7, (2000, 3)), 800)
    got = []
    for _ in range(20):
        chip.wait(100 / 800)
        words = [chip.fifo_word(TAG) for _ in range(chip.read(FIFO_STATUS + 1))]
        assert {tag for tag, _ in words} == {2 << 3}
        got += [values for _, values in words]
    assert np.array_equal(got, chip.produced("acceleration"))
    assert len(got) == 2000
    assert chip.fifo_word(TAG) == (0, [0, 0, 0])


def test_words_are_read_in_one_go() -> None:
    chip = running(8)
    chip.wait(0.105)
    words = np.frombuffer(chip.burst(TAG, 70), np.uint8).reshape(10, 7)
    assert (words[:, 0] == 0x10).all()
    assert np.array_equal(np.ascontiguousarray(words[:, 1:]).view("<i2"), chip.produced("acceleration"))


def test_without_the_bit_for_acceleration_only_words_have_twelve_bits_and_the_temperature() -> None:
    chip = running(8)
    chip.write(FIFO_WTM, 0)
    chip.hold("acceleration", 0x123 * 16 * 0.061e-3, -0x456 * 16 * 0.061e-3, 1.0)
    chip.hold("temperature", 35.0)
    chip.wait(0.015)
    _, *data = chip.burst(TAG, 7)
    packed = int.from_bytes(bytes(data), "little")
    twelve = [packed >> 12 * place & 0xFFF for place in range(4)]
    assert twelve[:2] == [0x123, 0x1000 - 0x456]
    assert twelve[2] == round(1 / 0.061e-3) >> 4
    assert twelve[3] == round(10 * 355.5 / 16)
    assert chip.words(TEMPERATURE, 1) == [16 * twelve[3]]


def test_a_full_fifo_has_128_words_and_tells_what_it_lost() -> None:
    chip = running(8, watermark=100)
    chip.wait(0.995)
    assert chip.burst(FIFO_STATUS, 2) == bytes((0, 99))
    chip.wait(0.01)
    assert chip.burst(FIFO_STATUS, 2) == bytes((0x80, 100))
    chip.wait(0.28)
    assert chip.burst(FIFO_STATUS, 2) == bytes((0x80, 128))
    chip.wait(0.01)
    assert chip.burst(FIFO_STATUS, 2) == bytes((0xC0, 128))
    assert chip.fifo_word(TAG)[1] == chip.produced("acceleration")[-128].tolist()
    assert chip.read(FIFO_STATUS) & 0x40 == 0
    chip.write(FIFO_CTRL, 0)
    assert chip.burst(FIFO_STATUS, 2) == bytes(2)


def test_in_fifo_mode_it_stops_at_its_watermark_and_is_off_without_its_bit() -> None:
    chip = running(8, watermark=20, mode=0x09)
    chip.wait(1)
    assert chip.read(FIFO_STATUS + 1) == 20
    assert chip.fifo_word(TAG)[1] == chip.produced("acceleration")[0].tolist()
    chip.write(CTRL4, 0)
    assert chip.read(FIFO_STATUS + 1) == 0


@pytest.mark.parametrize(("decimation", "words"), [(1, 50), (3, 12), (7, 0)])
def test_batching_may_be_slower_than_sampling(decimation: int, words: int) -> None:
    chip = running(8)
    chip.write(FIFO_BATCH_DEC, decimation)
    chip.wait(1)
    assert chip.read(FIFO_STATUS + 1) == words


def test_block_data_update_and_reset() -> None:
    chip = running(8)
    chip.write(CTRL4, 0x20)
    chip.feel("acceleration", np.array([[0x00FF, 0, 0], [0x0100, 0, 0]]) * 0.061e-3, 100)
    chip.wait(0.02)
    low = chip.read(DATA)
    chip.wait(0.01)
    assert chip.read(DATA + 1) << 8 | low == 0x00FF
    chip.write(CTRL1, 0x30)
    assert (chip.read(CTRL1), chip.read(CTRL5)) == (0x30, 0)
    chip.wait(51e-6)
    assert chip.read(CTRL1) == 0x10
    chip.write(CTRL1, 0)
    assert chip.model.sub_address(DATA) == (DATA, False)


@pytest.mark.parametrize(
    ("register", "value"),
    [(CTRL5, 0xE0), (CTRL5, 4 << 4 | 2 << 2), (0x3F, 0x80), (FIFO_CTRL, 0x40), (FIFO_BATCH_DEC, 0x08)],
)
def test_what_is_not_modelled_or_not_possible_says_so(register: int, value: int) -> None:
    chip = SensorBench("LIS2DUXS12")
    chip.write(register, value)
    assert len(chip.notes) == 1
