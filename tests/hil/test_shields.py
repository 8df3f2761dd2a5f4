"""Shields of sensors in the Arduino connectors of virtual boards: every sensor answers with its identity."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bitloop.errors import BuildError
from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.boards import board_file, names, with_shield
from tests.hil.chip_bench import ChipBench
from tests.hil.chip_i2c import I2cV1Driver, I2cV2Driver

IKS01A3 = "x-nucleo-iks01a3"
IDENTITIES = [(0x6B, 0x0F, 0x6C), (0x19, 0x0F, 0x44), (0x1E, 0x4F, 0x40), (0x5F, 0x0F, 0xBC), (0x5D, 0x0F, 0xB3)]
"""LSM6DSO, LIS2DW12, LIS2MDL, HTS221, LPS22HH: address, register, value."""
BOARDS = [name for name in names() if board_file(name).arduino and "virtual" in board_file(name).benches]


def on_connector(name: str) -> tuple[ChipBench, I2cV1Driver | I2cV2Driver]:
    """A board with the shield, whose bus runs at about 100 kHz of the clock the chip starts with."""
    file = with_shield(board_file(name), IKS01A3)
    assert file.chip is not None
    bus = next(one for one in file.chip.i2c if one.name == file.arduino)
    bench = ChipBench(replace(file, chip=replace(file.chip, i2c=(bus,))))
    if bus.remap is not None:
        bench.change(0x40021018, 1, 1)  # AFIO of the F1
        bench.change(bus.remap.register, 1 << bus.remap.bit, 1 << bus.remap.bit)
    half = bench.clock.hertz // 200_000
    if bus.version == 1:
        return bench, I2cV1Driver(bench, half)
    return bench, I2cV2Driver(bench, 3 << 28 | half // 4 << 8 | half // 4)


@pytest.mark.parametrize("name", BOARDS)
def test_every_sensor_of_the_shield_answers_on_every_board(name: str) -> None:
    bench, i2c = on_connector(name)
    for address, register, identity in IDENTITIES:
        assert i2c.load(address, register) == bytes((identity,))
    assert bench.notes == []


def test_a_boards_own_sensor_of_the_same_name_stays_where_it_is() -> None:
    bench = ChipBench(with_shield(board_file("b-l475e-iot01a"), IKS01A3))
    own = I2cV2Driver(bench, 0x1010)
    assert own.file.name == "I2C2"
    assert own.load(0x5F, 0x0F) == b"\xbc"
    own.store(0x5F, 0x20, 0x83)
    bench.pass_time(1.0)
    assert len(bench.sensors["HTS221"].produced("humidity").words) == 0  # that of the shield


def test_wrong_shields_are_refused() -> None:
    with pytest.raises(BuildError, match="no shield is called 'x-nucleo'"):
        VirtualBoard(board_file("nucleo-l432kc"), shield="x-nucleo")
    with pytest.raises(BuildError, match="has no Arduino connector"):
        with_shield(board_file("generic-cortex-m0"), IKS01A3)


def test_a_running_board_has_the_shield() -> None:
    with VirtualBoard(board_file("nucleo-l432kc"), shield=IKS01A3) as board:
        assert len(board.produced("LSM6DSO", "rotation").words) == 0
