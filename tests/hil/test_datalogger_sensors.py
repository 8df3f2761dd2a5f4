"""The sensors' tables against constants read from their data sheets once more: identities, scales, register bytes.

Nothing here comes from firmware/sensors; a wrong register, code or scale there shows here.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from bitloop import resources
from bitloop.errors import BuildError
from bitloop_hil.datalogger.sensors import Quantity, load_sensor, sensor, sensor_names

WHO_AM_I = {
    "LSM6DSL": (0x0F, 0x6A),
    "LSM6DSO": (0x0F, 0x6C),
    "ISM330DHCX": (0x0F, 0x6B),
    "LSM6DSV16X": (0x0F, 0x70),
    "LSM6DSO16IS": (0x0F, 0x22),
    "LIS2DUXS12": (0x0F, 0x47),
    "LIS2DW12": (0x0F, 0x44),
    "IIS2DLPC": (0x0F, 0x44),
    "LIS3DSH": (0x0F, 0x3F),
    "LSM303AGR": (0x0F, 0x33),
    "IIS2DH": (0x0F, 0x33),
    "IIS3DWB": (0x0F, 0x7B),
    "IIS2ICLX": (0x0F, 0x6B),
    "LIS2MDL": (0x4F, 0x40),
    "IIS2MDC": (0x4F, 0x40),
    "LIS3MDL": (0x0F, 0x3D),
    "HTS221": (0x0F, 0xBC),
    "STTS22H": (0x01, 0xA0),
    "STTS751": (0xFE, 0x53),
    "LPS22HB": (0x0F, 0xB1),
    "LPS22HH": (0x0F, 0xB3),
    "LPS22DF": (0x0F, 0xB4),
    "ILPS22QS": (0x0F, 0xB4),
}

# Sensitivities in thousandths of a unit per count, by range: mg/LSB, mdps/LSB, mgauss/LSB.
SENSITIVITY = {
    ("LSM6DSL", "acceleration"): {2: "0.061", 4: "0.122", 8: "0.244", 16: "0.488"},
    ("LSM6DSL", "rotation"): {125: "4.375", 250: "8.75", 500: "17.50", 1000: "35", 2000: "70"},
    ("LSM6DSO", "acceleration"): {2: "0.061", 4: "0.122", 8: "0.244", 16: "0.488"},
    ("LSM6DSO", "rotation"): {125: "4.375", 250: "8.75", 500: "17.50", 1000: "35", 2000: "70"},
    ("ISM330DHCX", "acceleration"): {2: "0.061", 4: "0.122", 8: "0.244", 16: "0.488"},
    ("ISM330DHCX", "rotation"): {125: "4.375", 250: "8.75", 500: "17.50", 1000: "35", 2000: "70", 4000: "140"},
    ("IIS3DWB", "acceleration"): {2: "0.061", 4: "0.122", 8: "0.244", 16: "0.488"},
    ("LSM6DSV16X", "acceleration"): {2: "0.061", 4: "0.122", 8: "0.244", 16: "0.488"},
    ("LSM6DSV16X", "rotation"): {125: "4.375", 250: "8.75", 500: "17.50", 1000: "35", 2000: "70", 4000: "140"},
    ("LSM6DSO16IS", "acceleration"): {2: "0.061", 4: "0.122", 8: "0.244", 16: "0.488"},
    ("LSM6DSO16IS", "rotation"): {125: "4.375", 250: "8.75", 500: "17.50", 1000: "35", 2000: "70"},
    ("LIS2DUXS12", "acceleration"): {2: "0.061", 4: "0.122", 8: "0.244", 16: "0.488"},
    ("LIS2DW12", "acceleration"): {2: "0.244", 4: "0.488", 8: "0.976", 16: "1.952"},
    ("IIS2DLPC", "acceleration"): {2: "0.244", 4: "0.488", 8: "0.976", 16: "1.952"},
    ("LIS3DSH", "acceleration"): {2: "0.06", 4: "0.12", 6: "0.18", 8: "0.24", 16: "0.73"},
    ("LSM303AGR", "acceleration"): {2: "0.98", 4: "1.95", 8: "3.9", 16: "11.72"},
    ("IIS2ICLX", "acceleration"): {1: "0.031", 2: "0.061", 3: "0.122"},
    ("LSM303AGR", "magnetic"): {0: "1.5"},
    ("IIS2DH", "acceleration"): {2: "0.98", 4: "1.95", 8: "3.91", 16: "11.72"},
    ("LIS2MDL", "magnetic"): {0: "1.5"},
    ("IIS2MDC", "magnetic"): {0: "1.5"},
    ("LIS3MDL", "magnetic"): {4: "1000/6842", 8: "1000/3421", 12: "1000/2281", 16: "1000/1711"},
    ("LPS22HB", "pressure"): {0: "1000/4096"},
    ("LPS22HH", "pressure"): {0: "1000/4096"},
    ("LPS22DF", "pressure"): {0: "1000/4096"},
    ("ILPS22QS", "pressure"): {1260: "1000/4096", 4060: "1000/2048"},
    ("STTS22H", "temperature"): {0: "10"},
    ("STTS751", "temperature"): {0: "62.5"},
    ("LPS22HB", "temperature"): {0: "10"},
    ("LPS22DF", "temperature"): {0: "10"},
    ("ILPS22QS", "temperature"): {0: "10"},
    ("LPS22HH", "temperature"): {0: "10"},
}

# What the register that starts a sensor holds for a rate and a range, assembled by hand from its bit fields.
STARTED = [
    ("LSM6DSL", "acceleration", 1660, 4, 0x10, 0b1000_1000),
    ("LSM6DSL", "acceleration", 12.5, 16, 0x10, 0b0001_0100),
    ("LSM6DSL", "rotation", 416, 125, 0x11, 0b0110_0010),
    ("LSM6DSL", "rotation", 6660, 2000, 0x11, 0b1010_1100),
    ("LSM6DSO", "acceleration", 6667, 8, 0x10, 0b1010_1100),
    ("LSM6DSO", "rotation", 104, 500, 0x11, 0b0100_0100),
    ("ISM330DHCX", "rotation", 1666, 4000, 0x11, 0b1000_0001),
    ("ISM330DHCX", "acceleration", 833, 2, 0x10, 0b0111_0000),
    ("IIS3DWB", "acceleration", 26667, 16, 0x10, 0b1010_0100),
    ("LSM6DSV16X", "acceleration", 960, 8, 0x10, 0b0000_1001),
    ("LSM6DSV16X", "acceleration", 7.5, 16, 0x17, 0b0000_0011),
    ("LSM6DSV16X", "acceleration", 7680, 2, 0x09, 0b0000_1100),
    ("LSM6DSV16X", "rotation", 240, 4000, 0x11, 0b0000_0111),
    ("LSM6DSV16X", "rotation", 240, 4000, 0x15, 0b0000_1100),
    ("LSM6DSV16X", "rotation", 240, 125, 0x09, 0b0111_0000),
    ("LSM6DSO16IS", "acceleration", 833, 16, 0x10, 0b0111_0100),
    ("LSM6DSO16IS", "rotation", 12.5, 125, 0x11, 0b0001_0010),
    ("LSM6DSO16IS", "rotation", 208, 1000, 0x11, 0b0101_1000),
    ("LIS2DUXS12", "acceleration", 800, 16, 0x14, 0b1011_0011),
    ("LIS2DUXS12", "acceleration", 6, 4, 0x14, 0b0100_0001),
    ("LIS2DUXS12", "acceleration", 6, 4, 0x12, 0b0000_0100),
    ("LIS2DUXS12", "acceleration", 6, 4, 0x13, 0b0010_1000),
    ("LIS2DUXS12", "acceleration", 6, 4, 0x16, 0b1000_0000),
    ("LIS2DW12", "acceleration", 1600, 2, 0x20, 0b1001_0100),
    ("LIS2DW12", "acceleration", 100, 8, 0x25, 0b0010_0000),
    ("IIS2DLPC", "acceleration", 12.5, 16, 0x20, 0b0010_0100),
    ("LIS3DSH", "acceleration", 400, 16, 0x20, 0b0111_1111),
    ("LIS3DSH", "acceleration", 400, 16, 0x24, 0b0010_0000),
    ("LSM303AGR", "acceleration", 400, 4, 0x20, 0b0111_0111),
    ("LSM303AGR", "acceleration", 400, 4, 0x23, 0b1001_1000),
    ("IIS2ICLX", "acceleration", 833, 3, 0x10, 0b0111_0100),
    ("IIS2ICLX", "acceleration", 52, 1, 0x10, 0b0011_1000),
    ("IIS2ICLX", "acceleration", 52, 1, 0x09, 0b0000_0011),
    ("LSM303AGR", "magnetic", 50, 0, 0x60, 0b1000_1000),
    ("IIS2DH", "acceleration", 1344, 16, 0x20, 0b1001_0111),
    ("IIS2DH", "acceleration", 1344, 16, 0x23, 0b1011_1000),
    ("LIS2MDL", "magnetic", 100, 0, 0x60, 0b1000_1100),
    ("IIS2MDC", "magnetic", 20, 0, 0x60, 0b1000_0100),
    ("IIS2MDC", "magnetic", 20, 0, 0x62, 0b0001_0000),
    ("LIS3MDL", "magnetic", 80, 12, 0x20, 0b0111_1100),
    ("LIS3MDL", "magnetic", 80, 12, 0x21, 0b0100_0000),
    ("HTS221", "humidity", 12.5, 0, 0x20, 0b1000_0111),
    ("STTS22H", "temperature", 50, 0, 0x04, 0b0111_1000),
    ("STTS22H", "temperature", 1, 0, 0x04, 0b0100_1000),
    ("STTS751", "temperature", 1, 0, 0x03, 0b0100_1100),
    ("STTS751", "temperature", 10, 0, 0x03, 0b0100_0100),
    ("STTS751", "temperature", 20, 0, 0x03, 0b0100_0000),
    ("LPS22HB", "pressure", 75, 0, 0x10, 0b0101_0010),
    ("LPS22HH", "pressure", 200, 0, 0x10, 0b0111_0010),
    ("LPS22DF", "pressure", 200, 0, 0x10, 0b0100_0000),
    ("LPS22DF", "pressure", 4, 0, 0x10, 0b0001_0000),
    ("LPS22DF", "temperature", 4, 0, 0x11, 0b0000_1000),
    ("ILPS22QS", "pressure", 75, 4060, 0x10, 0b0011_0000),
    ("ILPS22QS", "pressure", 75, 4060, 0x11, 0b0100_1000),
    ("ILPS22QS", "pressure", 75, 1260, 0x11, 0b0000_1000),
]

MEMORY = {  # samples in the FIFO, and the register that counts them
    ("LSM6DSL", "acceleration"): (4096 // 6, 0x3A),
    ("LSM6DSO", "rotation"): (512, 0x3A),
    ("ISM330DHCX", "acceleration"): (512, 0x3A),
    ("IIS3DWB", "acceleration"): (512, 0x3A),
    ("LSM6DSV16X", "rotation"): (1536 // 6, 0x1B),
    ("LSM6DSO16IS", "rotation"): (1, 0x1E),
    ("LIS2DUXS12", "acceleration"): (128, 0x26),
    ("LIS2DW12", "acceleration"): (32, 0x2F),
    ("IIS2ICLX", "acceleration"): (512, 0x3A),
    ("LIS3DSH", "acceleration"): (32, 0x2F),
    ("IIS2DH", "acceleration"): (32, 0x2F),
    ("STTS22H", "temperature"): (1, 0x05),
    ("STTS751", "temperature"): (1, 0x01),
    ("LPS22HB", "pressure"): (32, 0x26),
    ("LPS22HH", "pressure"): (128, 0x25),
    ("LPS22DF", "pressure"): (128, 0x25),
    ("LPS22DF", "temperature"): (1, 0x27),
    ("ILPS22QS", "pressure"): (128, 0x25),
}


def quantity(name: str, measured: str) -> Quantity:
    return next(one for one in sensor(name).quantities if one.name == measured)


def test_every_sensor_has_a_table() -> None:
    assert set(sensor_names()) == set(WHO_AM_I)


@pytest.mark.parametrize("name", WHO_AM_I)
def test_a_sensor_is_known_by_its_identity(name: str) -> None:
    assert sensor(name.lower()).quantities[0].identity == WHO_AM_I[name]
    assert quantity("LSM303AGR", "magnetic").identity == (0x4F, 0x40)
    assert quantity("LSM303AGR", "magnetic").address == 0x1E


@pytest.mark.parametrize(("name", "measured"), SENSITIVITY)
def test_scales_are_the_sensitivities(name: str, measured: str) -> None:
    ranges = {one.limit: one.step for one in quantity(name, measured).ranges}
    wanted = SENSITIVITY[name, measured]
    assert ranges == {limit: Fraction(text) / 1000 for limit, text in wanted.items()}


@pytest.mark.parametrize(("name", "measured", "rate", "limit", "register", "byte"), STARTED)
def test_registers_hold_what_the_bit_fields_say(
    name: str, measured: str, rate: float, limit: int, register: int, byte: int
) -> None:
    found = quantity(name, measured)
    code = next(one.code for one in found.rates if one.hz == Fraction(str(rate)))
    range_code = next(one.code for one in found.ranges if one.limit == limit)
    written = {one.register: one.byte(code, range_code) for one in found.setup}
    assert written[register] == byte


@pytest.mark.parametrize(("name", "measured"), MEMORY)
def test_memories_are_as_deep_as_the_fifos(name: str, measured: str) -> None:
    found = quantity(name, measured)
    assert (found.memory, found.level.register) == MEMORY[name, measured]


@pytest.mark.parametrize("name", ["LSM6DSV16X", "LSM6DSO16IS"])
def test_rates_are_0_before_a_reset_where_the_data_sheet_wants_it(name: str) -> None:
    assert {one.off for one in sensor(name).quantities} == {(0x10, 0x11)}
    assert sensor("LSM6DSL").quantities[0].off == ()


def test_only_the_thermometers_without_a_flag_are_asked_for_every_sample() -> None:
    found = quantity("STTS22H", "temperature")
    assert [(one.register, one.byte(3, 0)) for one in found.ask] == [(0x04, 0b0111_1001)]
    assert (found.level.mask, found.level.busy) == (0x01, 0x01)
    other = quantity("STTS751", "temperature")
    assert [one.register for one in other.ask] == [0x0F]
    assert (other.level.mask, other.level.busy, other.parts) == (0x80, 0x80, (0x02, 0x00))
    asked = {name for name in sensor_names() for one in sensor(name).quantities if one.ask}
    assert asked == {"STTS22H", "STTS751"}


def test_every_setting_is_a_byte_and_every_code_fits() -> None:
    for name in sensor_names():
        for found in sensor(name).quantities:
            codes = [(rate.code, limit.code) for rate in found.rates for limit in found.ranges]
            settings = (*found.setup, *found.restart)
            assert all(0 <= one.byte(*pair) <= 0xFF for one in settings for pair in codes)
            assert len({rate.code for rate in found.rates}) == len(found.rates)
            assert len({one.byte(*pair) for pair in codes for one in settings}) >= len(found.rates)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("places = [0, 2, 4]", "places = [0, 2, 5]", "has to be one offset within the sample for each of 'xyz'"),
        ("identity = {register = 0x0F", "identity = {register = 0x1FF", "register = 511 has to be 0 to 255"),
        ("mask = 0x01}", "mask = 0x01, off = [0x80]}", "off = 128 has to be 0 to 127"),
        ("stride = 6", "stride = 0", "stride = 0 has to be 1 to 64"),
        ('title = "', 'colour = 1\ntitle = "', "the file has the unknown field 'colour'"),
        ("mask = 0x07FF", "mask = 0x107FF", "mask = 67583 has to be 1 to 65535"),
        ("rates = [[12.5, 1]", "rates = [[12.5]", "rates[0] = [12.5] has to be two numbers"),
        ('[2, 0, "0.000061"]', '[2, 0, "much"]', "ranges[0] = [2, 0, 'much'] has to be"),
    ],
)
def test_what_is_wrong_in_a_table_is_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    text = (resources.firmware() / "sensors" / "lsm6dsl.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BuildError, match=r"sensor file .*mine\.toml") as caught:
        load_sensor(path)
    assert says in str(caught.value)
