"""Buses and sensors in board files: they are read with all their parts, and what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile, board_file
from tests.hil.test_chips import changed

_PIN = "enable = {register = 0x4002104C, bit = 1}}"
_SPI = f"""[[chip.spi]]
name = "SPI3"
base = 0x40003C00
version = 2
clock_hz = 80_000_000
enable = {{register = 0x40021058, bit = 15}}
sck = {{pin = "PB3", port = 0x48000400, alternate = 6, {_PIN}
miso = {{pin = "PB4", port = 0x48000400, alternate = 6, {_PIN}
mosi = {{pin = "PB5", port = 0x48000400, alternate = 6, {_PIN}

[[sensors]]
name = "IIS3DWB"
bus = "SPI3"
select = {{pin = "PB0", port = 0x48000400, {_PIN}

[probe]
"""


def test_a_board_says_which_sensors_it_has_and_where() -> None:
    file = board_file("b-l475e-iot01a")
    assert file.chip is not None
    bus = file.chip.i2c[0]
    assert (bus.name, bus.version, bus.scl.name, bus.sda.name, bus.sda.alternate) == ("I2C2", 2, "PB10", "PB11", 4)
    places = {(one.name, one.bus, one.address) for one in file.sensors}
    assert places >= {("LSM6DSL", "I2C2", 0x6A), ("HTS221", "I2C2", 0x5F)}
    assert board_file("generic-cortex-m0").sensors == ()


def test_a_sensor_on_spi_is_selected_by_a_pin(tmp_path: Path) -> None:
    file: BoardFile = changed("[probe]\n", _SPI, tmp_path)
    sensor = file.sensors[-1]
    assert file.chip is not None
    assert file.chip.spi[0].miso.name == "PB4"
    assert (sensor.bus, sensor.address) == ("SPI3", None)
    assert sensor.select is not None
    assert sensor.select.number == 0


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('bus = "I2C2"', 'bus = "I2C9"', "bus = 'I2C9' is unknown; choose one of I2C2"),
        ("address = 0x6A", "address = 0xD4", "address = 212 has to be 8 to 119"),
        ("address = 0x6A", "address = 0x5F", "the sensors LSM6DSL and HTS221 have the same place on their bus"),
        ("address = 0x6A", "address = 0x6A\nselect = 1", "the sensor LSM6DSL has the unknown field 'select'"),
        ('name = "LSM6DSL"', 'name = "HTS221"', "[[sensors]] has HTS221 twice"),
        ("alternate = 4", "alternate = 99", "alternate = 99 has to be 0 to 15"),
        ("base = 0x40005800", 'base = "there"', "base is missing or not of type int"),
        ("[[chip.i2c]]", "[chip.i2c]", "i2c is missing or not of type list"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"mine\.toml") as caught:
        changed(old, new, tmp_path)
    assert says in str(caught.value)


def test_lists_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="sensors has to be tables"):
        changed('title = "', 'sensors = [1]\ntitle = "', tmp_path, "nucleo-l432kc")
