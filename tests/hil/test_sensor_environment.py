"""HTS221, LPS22HB, LPS22HH, STTS22H and STTS751 against the tables of their data sheets.

DocID026333, DocID027083, DS12503, DS12606, DocID16483.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.hil.sensor_bench import SensorBench

CTRL_REG1, CTRL_REG2, STATUS = 0x20, 0x21, 0x27  # of the HTS221
CTRL1, CTRL2, PRESSURE, TEMPERATURE = 0x10, 0x11, 0x28, 0x2B  # of the barometers
BAROMETERS = {"LPS22HB": 0xB1, "LPS22HH": 0xB3}
RATES = {"LPS22HB": [1, 10, 25, 50, 75], "LPS22HH": [1, 10, 25, 50, 75, 100, 200]}


def interpolate(chip: SensorBench, humidity: int, temperature: int) -> tuple[float, float]:
    """Physical values of counts, as section 8 of the data sheet has it."""
    h0, h1 = chip.read(0x30) / 2, chip.read(0x31) / 2
    high = chip.read(0x35)
    t0 = (chip.read(0x32) | (high & 3) << 8) / 8
    t1 = (chip.read(0x33) | (high >> 2 & 3) << 8) / 8
    h0_out, h1_out = chip.words(0x36, 1)[0], chip.words(0x3A, 1)[0]
    t0_out, t1_out = chip.words(0x3C, 1)[0], chip.words(0x3E, 1)[0]
    return (
        h0 + (h1 - h0) * (humidity - h0_out) / (h1_out - h0_out),
        t0 + (t1 - t0) * (temperature - t0_out) / (t1_out - t0_out),
    )


def pressure(chip: SensorBench, address: int = PRESSURE) -> int:
    return int.from_bytes(chip.burst(address, 3), "little", signed=True)


def test_hts221_says_what_it_is_and_every_byte_of_its_calibration_counts() -> None:
    chip = SensorBench("HTS221")
    assert [chip.read(address) for address in (0x0F, 0x10, CTRL_REG1, STATUS)] == [0xBC, 0x1B, 0, 0]
    chip.write(0x30, 0)
    assert chip.read(0x30) > 0
    assert chip.read(0x35) == 4  # one temperature of the calibration is beyond 31.9 °C


@pytest.mark.parametrize(("code", "hertz"), [(1, 1), (2, 7), (3, 12.5)])
def test_hts221_samples_at_every_rate(code: int, hertz: float) -> None:
    chip = SensorBench("HTS221")
    chip.write(CTRL_REG1, code)
    assert chip.count("humidity", 4) == 0  # it is switched off
    chip.write(CTRL_REG1, 0x80 | code)
    assert chip.count("humidity", 20) == pytest.approx(20 * hertz, abs=1)


@pytest.mark.parametrize(("humidity", "temperature"), [(12.0, -20.0), (45.0, 25.0), (95.0, 85.0)])
def test_hts221_gives_what_is_felt_after_interpolation(humidity: float, temperature: float) -> None:
    chip = SensorBench("HTS221")
    chip.hold("humidity", humidity)
    chip.hold("temperature", temperature)
    chip.write(CTRL_REG1, 0x83)
    chip.wait(0.1)
    assert chip.read(STATUS) == 3
    felt = interpolate(chip, *chip.words(0x28, 2))
    assert felt == pytest.approx((humidity, temperature), abs=0.02)
    assert chip.read(STATUS) == 0


def test_hts221_converts_once_when_it_is_asked_to() -> None:
    chip = SensorBench("HTS221")
    chip.write(CTRL_REG2, 1)
    assert chip.read(STATUS) == 0
    chip.write(CTRL_REG1, 0x80)
    chip.write(CTRL_REG2, 1)
    assert (chip.read(CTRL_REG2), chip.read(STATUS)) == (0, 3)
    assert len(chip.produced("humidity")) == 1


def test_hts221_goes_on_where_the_address_says_so() -> None:
    model = SensorBench("HTS221").model
    assert [model.sub_address(value) for value in (0x28, 0xA8)] == [(0x28, False), (0x28, True)]
    assert [model.command(value) for value in (0x28, 0x68)] == [(0x28, False), (0x28, True)]


@pytest.mark.parametrize(("name", "identity"), BAROMETERS.items())
def test_barometers_say_what_they_are(name: str, identity: int) -> None:
    chip = SensorBench(name)
    assert [chip.read(address) for address in (0x0F, CTRL1, CTRL2, 0x26)] == [identity, 0, 0x10, 0]
    assert chip.model.sub_address(0x28) == (0x28, True)
    chip.write(CTRL2, 0)
    assert chip.model.sub_address(0x28) == (0x28, False)


@pytest.mark.parametrize("name", BAROMETERS)
def test_barometers_sample_at_every_rate(name: str) -> None:
    for code, hertz in enumerate(RATES[name], 1):
        chip = SensorBench(name)
        chip.write(CTRL1, code << 4)
        assert chip.count("pressure", 4) == pytest.approx(4 * hertz, abs=1)
        assert len(chip.produced("temperature")) == len(chip.produced("pressure"))


@pytest.mark.parametrize("name", BAROMETERS)
def test_barometers_have_4096_counts_a_hectopascal_and_100_a_degree(name: str) -> None:
    chip = SensorBench(name)
    chip.write(CTRL1, 0x52)
    chip.hold("pressure", 987.125)
    chip.hold("temperature", -12.34)
    chip.wait(0.1)
    assert chip.read(0x27) & 3 == 3
    assert pressure(chip) == 987.125 * 4096
    assert chip.words(TEMPERATURE, 1) == [-1234]
    assert chip.read(0x27) & 3 == 0
    for felt, shown in ((100.0, 260), (2000.0, 1260)):
        chip.hold("pressure", felt)
        chip.wait(0.1)
        assert pressure(chip) == shown * 4096


@pytest.mark.parametrize("name", BAROMETERS)
def test_block_data_update_keeps_three_bytes_together(name: str) -> None:
    chip = SensorBench(name)
    chip.write(CTRL1, 0x22)
    chip.feel("pressure", [[1000.0], [1000.0 + 0x010101 / 4096]], 10)
    chip.wait(0.2)
    low = chip.read(PRESSURE)
    chip.wait(0.1)
    assert low | chip.read(PRESSURE + 1) << 8 | chip.read(PRESSURE + 2) << 16 == 1000 * 4096
    assert pressure(chip) == 1000 * 4096 + 0x010101


@pytest.mark.parametrize(("name", "reset"), [("LPS22HB", 0x04), ("LPS22HH", 0x04)])
def test_barometers_start_over_and_convert_once(name: str, reset: int) -> None:
    chip = SensorBench(name)
    chip.write(CTRL1, 0x50)
    chip.write(CTRL2, 0x10 | reset)
    assert (chip.read(CTRL1), chip.read(CTRL2)) == (0, 0x10 | reset)
    chip.wait(11e-6)
    assert chip.read(CTRL2) == 0x10
    chip.write(CTRL2, 0x11)
    assert chip.read(CTRL2) == 0x10
    assert len(chip.produced("pressure")) == 1
    assert pressure(chip) == 1013.25 * 4096


def test_the_fifo_of_lps22hb_is_read_through_its_output_registers() -> None:
    chip = SensorBench("LPS22HB")
    chip.feel("pressure", np.arange(1000.0, 1200.0)[:, np.newaxis], 50)
    chip.write(CTRL2, 0x50)
    chip.write(0x14, 2 << 5 | 8)
    chip.write(CTRL1, 0x40)
    chip.wait(0.161)
    assert chip.read(0x26) == 0x80 | 8
    data = chip.burst(PRESSURE, 40)
    entries = [data[at : at + 5] for at in range(0, 40, 5)]
    assert [int.from_bytes(entry[:3], "little") for entry in entries] == [4096 * (1001 + n) for n in range(8)]
    assert all(int.from_bytes(entry[3:], "little") == 2500 for entry in entries)
    assert chip.read(0x26) == 0
    chip.wait(1)
    assert chip.read(0x26) & 0x7F == 0x40 | 32
    assert pressure(chip) == chip.produced("pressure")[-32, 0]


def test_lps22hb_can_stop_at_its_watermark() -> None:
    chip = SensorBench("LPS22HB")
    chip.write(CTRL2, 0x70)
    chip.write(0x14, 1 << 5 | 10)
    chip.write(CTRL1, 0x50)
    chip.wait(1)
    assert chip.read(0x26) & 0x3F == 10


def test_the_fifo_of_lps22hh_has_registers_of_its_own() -> None:
    chip = SensorBench("LPS22HH")
    chip.feel("pressure", np.arange(1000.0, 1200.0)[:, np.newaxis], 200)
    chip.write(0x13, 2)
    chip.write(0x14, 100)
    chip.write(CTRL1, 0x70)
    chip.wait(0.5)
    assert (chip.read(0x25), chip.read(0x26)) == (100, 0x80)
    data = chip.burst(0x78, 500)
    first = [int.from_bytes(data[at : at + 3], "little") for at in range(0, 500, 5)]
    assert first == [4096 * (1001 + n) for n in range(100)]
    assert chip.read(0x25) == 0
    chip.wait(1)
    assert (chip.read(0x25), chip.read(0x26)) == (128, 0xE0)
    assert pressure(chip, 0x78) == chip.produced("pressure")[-128, 0]
    chip.write(0x13, 0)
    assert chip.read(0x25) == 0


def test_stts22h_says_what_it_is_and_goes_on_where_its_bit_says_so() -> None:
    chip = SensorBench("STTS22H")
    assert [chip.read(address) for address in (0x01, 0x04, 0x05)] == [0xA0, 0, 0]
    assert chip.model.sub_address(0x06) == (0x06, False)
    chip.write(0x04, 0x08)
    assert chip.model.sub_address(0x06) == (0x06, True)
    assert chip.count("temperature", 2) == 0


@pytest.mark.parametrize(("control", "hertz"), [(0x04, 25), (0x14, 50), (0x24, 100), (0x34, 200), (0x80, 1)])
def test_stts22h_runs_freely_at_the_rate_of_its_averages_or_once_a_second(control: int, hertz: int) -> None:
    chip = SensorBench("STTS22H")
    chip.write(0x04, control)
    assert chip.count("temperature", 3) == 3 * hertz
    assert chip.read(0x05) == 0  # nothing tells a new sample


@pytest.mark.parametrize(("averages", "milliseconds"), [(0, 40), (1, 20), (2, 10), (3, 5)])
def test_stts22h_converts_when_it_is_asked_to_and_is_busy_meanwhile(averages: int, milliseconds: int) -> None:
    chip = SensorBench("STTS22H")
    chip.hold("temperature", -12.34)
    chip.write(0x04, 0x49 | averages << 4)
    chip.wait((milliseconds - 0.1) / 1000)
    assert (chip.read(0x05), chip.words(0x06, 1)) == (1, [0])
    chip.wait(0.2e-3)
    assert (chip.read(0x05), chip.read(0x04)) == (0, 0x48 | averages << 4)
    assert chip.words(0x06, 1) == [-1234]
    chip.wait(1)
    assert len(chip.produced("temperature")) == 1


def test_stts751_says_what_it_is_and_its_registers_are_read_one_by_one() -> None:
    chip = SensorBench("STTS751")
    assert [chip.read(address) for address in (0xFD, 0xFE, 0xFF, 0x03, 0x04)] == [0, 0x53, 1, 0, 4]
    assert chip.model.sub_address(0xFE) == (0xFE, False)
    assert chip.count("temperature", 3) == 3  # it runs from the start


@pytest.mark.parametrize(("code", "hertz"), [(0, 0.0625), (3, 0.5), (5, 2), (7, 8), (9, 32), (10, 0)])
def test_stts751_runs_at_every_rate_and_not_in_standby(code: int, hertz: float) -> None:
    chip = SensorBench("STTS751")
    chip.write(0x04, code)
    assert chip.count("temperature", 16) == 16 * hertz
    chip.write(0x03, 0x40)
    assert chip.count("temperature", 16) == 0


@pytest.mark.parametrize(
    ("resolution", "bits", "milliseconds"), [(2, 9, 10.5), (0, 10, 21), (1, 11, 42), (3, 12, 84)]
)
def test_stts751_converts_when_it_is_asked_to_in_standby(resolution: int, bits: int, milliseconds: float) -> None:
    chip = SensorBench("STTS751")
    chip.hold("temperature", -12.3)
    chip.write(0x03, 0x40 | resolution << 2)
    chip.write(0x0F, 0xAA)
    chip.wait((milliseconds - 0.1) / 1000)
    assert (chip.read(0x01), chip.read(0x00), chip.read(0x02)) == (0x80, 0, 0)
    chip.wait(0.2e-3)
    assert chip.read(0x01) == 0
    word = chip.read(0x00) << 8 | chip.read(0x02)
    assert word - 0x10000 == round(-12.3 * 2 ** (bits - 8)) << 16 - bits
    assert len(chip.produced("temperature")) == 1


def test_stts751_has_to_stand_by_to_be_asked() -> None:
    chip = SensorBench("STTS751")
    chip.write(0x04, 0)
    chip.write(0x0F, 1)
    assert chip.read(0x01) == 0
    assert chip.count("temperature", 1) == 0
