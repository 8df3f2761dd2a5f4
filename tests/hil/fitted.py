"""Board files with buses and sensors of the tests' own choice, beside what their files say."""

from __future__ import annotations

from dataclasses import replace

from bitloop_hil.boards import BoardFile, board_file
from bitloop_hil.buses import FittedSensor, I2c, Spi
from bitloop_hil.pins import Enable, Pin


def _pin(name: str, ports: int, step: int, alternate: int, register: int, first: int) -> Pin:
    letter = ord(name[1]) - ord("A")
    return Pin(name, ports + step * letter, alternate, Enable(register, first + letter))


def _pins(names: str, ports: int, step: int, alternate: int, register: int, first: int) -> list[Pin]:
    return [_pin(name, ports, step, alternate, register, first) for name in names.split()]


_F1 = (0x40010800, 0x400, 0, 0x40021018, 2)
_F4_I2C, _F4_SPI = (0x40020000, 0x400, 4, 0x40023830, 0), (0x40020000, 0x400, 5, 0x40023830, 0)
_L0 = (0x50000000, 0x400, 0, 0x4002102C, 0)
_H7 = (0x58020000, 0x400, 5, 0x580244E0, 0)
_L4 = (0x48000000, 0x400, 5, 0x4002104C, 0)


def _i2c(version: int, enable: Enable, pins: list[Pin]) -> I2c:
    return I2c("I2C1", 0x40005400, version, 1, enable, *pins)


def _spi(version: int, base: int, enable: Enable, pins: list[Pin], name: str = "SPI1", clock_hz: int = 1) -> Spi:
    return Spi(name, base, version, clock_hz, enable, *pins)


I2C = {
    "nucleo-f103rb": _i2c(1, Enable(0x4002101C, 21), _pins("PB8 PB9", *_F1)),
    "nucleo-f412zg": _i2c(1, Enable(0x40023840, 21), _pins("PB8 PB9", *_F4_I2C)),
    "nucleo-l031k6": _i2c(2, Enable(0x40021038, 21), _pins("PB6 PB7", *_L0[:2], 1, *_L0[3:])),
}
SPI = {
    "nucleo-f103rb": _spi(1, 0x40013000, Enable(0x40021018, 12), _pins("PA5 PA6 PA7", *_F1)),
    "nucleo-f412zg": _spi(1, 0x40013000, Enable(0x40023844, 12), _pins("PA5 PA6 PA7", *_F4_SPI)),
    "nucleo-h743zi": _spi(3, 0x40013400, Enable(0x580244F0, 13), _pins("PE2 PE5 PE6", *_H7), "SPI4", 100_000_000),
    "nucleo-l031k6": _spi(1, 0x40013000, Enable(0x40021034, 12), _pins("PA5 PA6 PA7", *_L0)),
    "nucleo-l432kc": _spi(2, 0x40013000, Enable(0x40021060, 12), _pins("PA5 PA6 PA7", *_L4)),
}
SELECTS = {
    "nucleo-f103rb": _pin("PA4", *_F1),
    "nucleo-f412zg": _pin("PA4", *_F4_SPI),
    "nucleo-h743zi": _pin("PE4", *_H7),
    "nucleo-l031k6": _pin("PA4", *_L0),
    "nucleo-l432kc": _pin("PA4", *_L4),
}


def on_i2c(board: str, name: str, address: int) -> BoardFile:
    """The board with one bus and one sensor on it."""
    file = board_file(board)
    assert file.chip is not None
    chip = replace(file.chip, i2c=(I2C[board],), spi=())
    return replace(file, chip=chip, sensors=(FittedSensor(name, "I2C1", address, None),))


def on_spi(board: str, name: str) -> BoardFile:
    """The same with SPI."""
    file = board_file(board)
    assert file.chip is not None
    chip = replace(file.chip, i2c=(), spi=(SPI[board],))
    return replace(file, chip=chip, sensors=(FittedSensor(name, SPI[board].name, None, SELECTS[board]),))
