"""Buses and sensors in board files: they are read with all their parts, and what is wrong is named."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile, board_file, names
from bitloop_hil.buses import load_shield, shield, shields
from bitloop_hil.pins import Pin
from tests.hil.test_chips import changed

CATALOG = Path(__file__).resolve().parents[3] / "shared" / "catalog"
IN_CATALOG = {
    "b-l475e-iot01a": "B-L475E-IOT01A1",
    "steval-stwinbx1": "Board_STEVAL-STWINBX1",
    "steval-stwinkt1b": "Board_STEVAL-STWINKT1B",
    "stm32f4discovery": "STM32F407G-DISC1",
}
"""Board file to ST's name, where that is not the same in capitals."""


BUSSED = [name for name in names() if (file := board_file(name)).chip and (file.chip.i2c or file.chip.spi)]


@pytest.fixture(scope="module")
def pins() -> dict[str, dict[str, Any]]:
    """ST's boards: name to MCU and pins, each with signal and label."""
    if not CATALOG.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI has to have ST's catalogue at {CATALOG}")
        pytest.skip("the catalogue (../shared/catalog beside the checkout) is not here")
    content = (CATALOG / "st_board_pins.json").read_text(encoding="utf-8")
    return {board: dict(data) for board, data in json.loads(content).items()}


def signals(file: BoardFile) -> list[tuple[Pin, str]]:
    """Every pin the file uses, with the peripheral's signal it means."""
    assert file.chip is not None
    usart = file.chip.usart
    found = [(usart.tx, f"{usart.name}_TX"), (usart.rx, f"{usart.name}_RX")]
    for i2c in file.chip.i2c:
        found += [(i2c.scl, f"{i2c.name}_SCL"), (i2c.sda, f"{i2c.name}_SDA")]
    for spi in file.chip.spi:
        found += [(spi.sck, f"{spi.name}_SCK"), (spi.miso, f"{spi.name}_MISO"), (spi.mosi, f"{spi.name}_MOSI")]
    for pdm in file.chip.pdm:
        found += [(pdm.ckout, f"S_CKOUT{pdm.name}"), (pdm.datin, f"S_DATAIN{pdm.input}{pdm.name}")]
    return found


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
        ('edge = "rising"', 'edge = "left"', "edge = 'left' is unknown; choose one of rising, falling"),
        ("input = 2", "input = 8", "input = 8 has to be 0 to 7"),
        ("address = 0x6A", "address = 0x5F", "the sensors LSM6DSL and HTS221 have the same place on their bus"),
        ("address = 0x6A", "address = 0x6A\nselect = 1", "the sensor LSM6DSL has the unknown field 'select'"),
        ('name = "LSM6DSL"', 'name = "HTS221"', "[[sensors]] has HTS221 twice"),
        ("alternate = 4", "alternate = 99", "alternate = 99 has to be 0 to 15"),
        ("base = 0x40005800", 'base = "there"', "base is missing or not of type int"),
        ('[arduino]\ni2c = "I2C1"', '[arduino]\ni2c = "I2C4"', "i2c = 'I2C4' is unknown; choose one of I2C2, I2C1"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"mine\.toml") as caught:
        changed(old, new, tmp_path)
    assert says in str(caught.value)


def test_lists_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="sensors has to be tables"):
        changed('title = "', 'sensors = [1]\ntitle = "', tmp_path, "nucleo-l432kc")
    with pytest.raises(BuildError, match="i2c is missing or not of type list"):
        changed("[[chip.i2c]]", "[chip.i2c]", tmp_path, "nucleo-l432kc")


def test_a_shield_brings_its_sensors_to_the_arduino_bus() -> None:
    assert shields() == ("x-nucleo-iks01a2", "x-nucleo-iks01a3", "x-nucleo-iks02a1", "x-nucleo-iks4a1")
    found = shield("x-nucleo-iks01a3").on("I2C1")
    assert {(s.name, s.bus, s.address) for s in found} >= {("LSM6DSO", "I2C1", 0x6B), ("HTS221", "I2C1", 0x5F)}
    with pytest.raises(BuildError, match=r"no shield is called 'x-nucleo'; choose one of x-nucleo-iks01a2"):
        shield("x-nucleo")


@pytest.mark.parametrize("name", BUSSED)
def test_pins_are_those_of_the_board(name: str, pins: dict[str, dict[str, Any]]) -> None:
    file, board = board_file(name), pins[IN_CATALOG.get(name, name.upper())]
    assert file.chip is not None
    assert board["mcu"].startswith(file.chip.part)
    for pin, signal in signals(file):
        known = board["pins"].get(pin.name)
        if known is None:  # ST's set-up of a Nucleo leaves the Arduino connector free, and nothing else may be there
            assert signal.startswith(("I2C1_", "USART2_")), f"{pin.name} is not known as {signal}"
        else:
            assert known[0] == signal, f"{pin.name} is {known[0]}, not {signal}"
        port = file.chip.usart.tx
        assert (pin.port - port.port) == 0x400 * (ord(pin.name[1]) - ord(port.name[1]))


def test_a_shield_has_no_bus_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('title = "mine"\n[[sensors]]\nname = "HTS221"\nbus = "I2C1"\naddress = 0x5F\n', encoding="utf-8")
    with pytest.raises(BuildError, match="bus = 'I2C1' is unknown; choose one of arduino"):
        load_shield(path)
