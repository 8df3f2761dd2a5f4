"""LPS22DF and ILPS22QS against the tables of their data sheets (DS13316 and that of the ILPS22QS)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.hil.sensor_bench import SensorBench

NAMES = ["LPS22DF", "ILPS22QS"]
IF_CTRL, CTRL1, CTRL2, CTRL3, FIFO_CTRL, FIFO_WTM = 0x0E, 0x10, 0x11, 0x12, 0x14, 0x15
FIFO_STATUS, STATUS, PRESSURE, TEMPERATURE, FIFO = 0x25, 0x27, 0x28, 0x2B, 0x78
RATES = [1, 4, 10, 25, 50, 75, 100, 200]  # by ODR from 1 on, which is in bits 3 to 6
NARROW, WIDE = 4096, 2048  # counts per hPa up to 1260 and 4060 hPa


def pressures(chip: SensorBench, address: int, count: int = 1) -> list[int]:
    data = chip.burst(address, 3 * count)
    return [int.from_bytes(data[at : at + 3], "little", signed=True) for at in range(0, 3 * count, 3)]


@pytest.mark.parametrize("name", NAMES)
def test_they_say_what_they_are(name: str) -> None:
    chip = SensorBench(name)
    assert [chip.read(address) for address in (0x0F, CTRL1, CTRL2, CTRL3, FIFO_STATUS)] == [0xB4, 0, 0, 1, 0]
    assert chip.model.sub_address(PRESSURE) == (PRESSURE, True)
    chip.write(CTRL3, 0)
    assert chip.model.sub_address(PRESSURE) == (PRESSURE, False)
    chip.write(IF_CTRL, 0x40)
    assert chip.model.deaf


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("code", "hertz"), list(enumerate(RATES, 1)))
def test_every_rate_gives_its_number_of_samples(name: str, code: int, hertz: int) -> None:
    chip = SensorBench(name)
    chip.write(CTRL1, code << 3)
    assert chip.count("pressure", 4) == 4 * hertz
    assert len(chip.produced("temperature")) == 4 * hertz


@pytest.mark.parametrize(
    ("name", "control", "counts", "full"),
    [
        ("LPS22DF", 0, NARROW, 1260),
        ("LPS22DF", 0x40, NARROW, 1260),  # it does not have that bit
        ("ILPS22QS", 0, NARROW, 1260),
        ("ILPS22QS", 0x40, WIDE, 4060),
    ],
)
def test_counts_of_a_hectopascal_and_of_a_degree(name: str, control: int, counts: int, full: int) -> None:
    chip = SensorBench(name)
    chip.write(CTRL2, control)
    chip.write(CTRL1, 5 << 3)
    chip.hold("pressure", 987.125)
    chip.hold("temperature", -12.34)
    chip.wait(0.03)
    assert chip.read(STATUS) == 0x03
    assert pressures(chip, PRESSURE) == [987.125 * counts]
    assert chip.words(TEMPERATURE, 1) == [-1234]
    assert chip.read(STATUS) == 0
    for felt, shown in ((100.0, 260), (5000.0, full)):
        chip.hold("pressure", felt)
        chip.wait(0.03)
        assert pressures(chip, PRESSURE) == [shown * counts]
    chip.wait(0.05)
    assert chip.read(STATUS) == 0x33


@pytest.mark.parametrize("name", NAMES)
def test_block_data_update_keeps_three_bytes_together(name: str) -> None:
    chip = SensorBench(name)
    chip.write(CTRL2, 0x08)
    chip.write(CTRL1, 3 << 3)
    chip.feel("pressure", [[1000.0], [1000.0 + 0x010101 / NARROW]], 10)
    chip.wait(0.2)
    low = chip.read(PRESSURE)
    chip.wait(0.1)
    assert low | chip.read(PRESSURE + 1) << 8 | chip.read(PRESSURE + 2) << 16 == 1000 * NARROW
    assert pressures(chip, PRESSURE) == [1000 * NARROW + 0x010101]


@pytest.mark.parametrize("name", NAMES)
def test_they_start_over_and_convert_once(name: str) -> None:
    chip = SensorBench(name)
    chip.write(CTRL1, 0x28)
    chip.write(CTRL2, 0x0C)
    assert (chip.read(CTRL1), chip.read(CTRL2)) == (0, 0x04)
    chip.wait(11e-6)
    assert chip.read(CTRL2) == 0
    chip.write(CTRL2, 0x01)
    assert chip.read(CTRL2) == 0
    assert pressures(chip, PRESSURE) == [1013.25 * NARROW]


@pytest.mark.parametrize("name", NAMES)
def test_the_fifo_has_128_pressures_and_no_temperatures(name: str) -> None:
    chip = SensorBench(name)
    chip.feel("pressure", np.arange(1000.0, 1200.0)[:, np.newaxis], 200)
    chip.write(FIFO_CTRL, 2)
    chip.write(FIFO_WTM, 100)
    chip.write(CTRL1, 8 << 3)
    chip.wait(0.5)
    assert chip.burst(FIFO_STATUS, 2) == bytes((100, 0x80))
    assert pressures(chip, FIFO, 100) == [NARROW * (1001 + n) for n in range(100)]
    assert chip.read(FIFO_STATUS) == 0
    chip.wait(1)
    assert chip.burst(FIFO_STATUS, 2) == bytes((128, 0xE0))
    assert pressures(chip, FIFO) == [chip.produced("pressure")[-128, 0]]
    assert chip.burst(FIFO_STATUS, 2) == bytes((127, 0x80))
    chip.write(FIFO_CTRL, 0)
    assert chip.read(FIFO_STATUS) == 0


@pytest.mark.parametrize("name", NAMES)
def test_in_fifo_mode_they_can_stop_at_the_watermark(name: str) -> None:
    chip = SensorBench(name)
    chip.write(FIFO_WTM, 10)
    chip.write(FIFO_CTRL, 0x09)
    chip.write(CTRL1, 8 << 3)
    chip.wait(1)
    assert chip.read(FIFO_STATUS) == 10
    assert pressures(chip, FIFO) == [chip.produced("pressure")[0, 0]]


def test_charge_sensing_is_not_modelled() -> None:
    chip = SensorBench("ILPS22QS")
    chip.write(CTRL3, 0x81)
    chip.write(FIFO_CTRL, 0x12)
    assert len(chip.notes) == 2
