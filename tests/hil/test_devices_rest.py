"""Ports, CRC unit, watchdog, identity: what boot code and debuggers touch beside clocks and USART."""

from __future__ import annotations

import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitloop.errors import BuildError
from bitloop_hil.benches.virtual.clock import Clock
from bitloop_hil.benches.virtual.devices import Wire, board_devices
from bitloop_hil.benches.virtual.devices.family import family
from bitloop_hil.boards import board_file
from tests.hil.chip_bench import ChipBench
from tests.hil.test_devices_clocks import BOARDS

IDCODES = {"nucleo-f412zg": 0x441, "nucleo-f429zi": 0x419, "nucleo-f103rb": 0x410, "stm32f0discovery": 0x440}
IDCODES |= {"b-l475e-iot01a": 0x415, "nucleo-l432kc": 0x435, "nucleo-l031k6": 0x425}
IDCODES |= {"nucleo-f767zi": 0x451, "nucleo-h743zi": 0x450, "nucleo-c031c6": 0x453, "steval-stwinkt1b": 0x470}
IDCODES |= {"b-u585i-iot02a": 0x482}


@pytest.mark.parametrize("board", BOARDS)
def test_a_chip_says_what_it_is(board: str) -> None:
    bench = ChipBench(board)
    tables = family(bench.chip.family, bench.chip.part)
    if bench.chip.family == "stm32c0":
        bench.change(0x4002103C, 1 << 27, 1 << 27)  # RCC_APBENR1: DBGEN
    assert bench.read(tables.dbgmcu) & 0xFFF == IDCODES[board]
    bench.write(tables.dbgmcu, 0)
    assert bench.read(tables.dbgmcu) & 0xFFF == IDCODES[board]
    assert bench.read(tables.identity["flash_size"], 2) == bench.file.flash.size >> 10
    words = [bench.read(tables.identity["uid"] + offset) for offset in tables.identity.get("offsets", (0, 4, 8))]
    assert all(words)
    bench.write(tables.dbgmcu + 4, 7)
    assert bench.read(tables.dbgmcu + 4) == 7


@pytest.mark.parametrize("board", BOARDS)
def test_no_two_devices_answer_at_an_address(board: str) -> None:
    mapped = sorted(ChipBench(board).devices, key=lambda one: one.base)
    for one, next_one in pairwise(mapped):
        assert one.base + one.size <= next_one.base


def test_a_board_without_a_chip_has_no_such_devices() -> None:
    bench = ChipBench("nucleo-l432kc")
    clock = Clock(lambda: 0, 1)
    with pytest.raises(BuildError, match="no \\[chip\\]"):
        board_devices(board_file("generic-cortex-m0"), bench, Wire(clock, 1))


def port(board: str) -> tuple[ChipBench, int]:
    bench = ChipBench(board)
    pin = bench.chip.usart.tx
    bench.change(pin.enable.register, 1 << pin.enable.bit, 1 << pin.enable.bit)
    return bench, pin.port


def test_outputs_are_set_reset_and_read_back() -> None:
    bench, at = port("nucleo-l432kc")
    bench.change(at, 3 << 8, 1 << 8)
    bench.write(at + 0x18, 1 << 4)
    assert bench.read(at + 0x14) & 1 << 4
    assert bench.read(at + 0x10) & 1 << 4
    bench.write(at + 0x18, 1 << 4 | 1 << 20)  # setting wins
    assert bench.read(at + 0x14) & 1 << 4
    bench.write(at + 0x28, 1 << 4)
    assert not bench.read(at + 0x10) & 1 << 4


def test_inputs_read_their_pulls_and_the_line_idles_high() -> None:
    bench, at = port("nucleo-l432kc")
    bench.change(at, 0xFF, 0)
    assert bench.read(at + 0x10) & 0xF == 1 << 2  # PA2: the line
    bench.change(at + 0x0C, 3, 1)
    assert bench.read(at + 0x10) & 1
    bench.change(at + 0x0C, 3, 2)
    assert not bench.read(at + 0x10) & 1
    bench.change(at, 3 << 4, 3 << 4)
    assert not bench.read(at + 0x10) & 1 << 2  # analog


def test_ports_of_the_f1() -> None:
    bench, at = port("nucleo-f103rb")
    bench.change(at, 0xF, 0x3)
    bench.write(at + 0x10, 1)
    assert bench.read(at + 0x08) & 1
    bench.write(at + 0x14, 1)
    assert not bench.read(at + 0x0C) & 1
    bench.change(at, 0xF << 20, 0x8 << 20)  # PA5: input with pull
    assert not bench.read(at + 0x08) & 1 << 5
    bench.write(at + 0x10, 1 << 5)
    assert bench.read(at + 0x08) & 1 << 5


def test_bytes_and_half_words_reach_their_lane() -> None:
    bench, at = port("nucleo-l432kc")
    bench.write(at + 0x0C, 0x11223344)
    bench.write(at + 0x0D, 0xAB, 1)
    bench.write(at + 0x0E, 0xCDEF, 2)
    assert bench.read(at + 0x0C) == 0xCDEFAB44
    assert bench.read(at + 0x0D, 1) == 0xAB
    assert bench.read(at + 0x0E, 2) == 0xCDEF


def crc_unit(board: str) -> tuple[ChipBench, int]:
    bench = ChipBench(board)
    register, bit = {"b-l475e-iot01a": (0x40021048, 12), "nucleo-f103rb": (0x40021014, 6)}[board]
    bench.change(register, 1 << bit, 1 << bit)
    return bench, 0x40023000


@given(data=st.binary(max_size=40))
@settings(max_examples=40, deadline=None)
def test_the_crc_unit_with_both_reversals_is_zlibs(data: bytes) -> None:
    bench, at = crc_unit("b-l475e-iot01a")
    bench.write(at + 8, 1 << 7 | 1 << 5 | 1)
    for value in data:
        bench.write(at, value, 1)
    assert bench.read(at) ^ 0xFFFFFFFF == zlib.crc32(data)


def test_the_crc_unit_of_the_f1_knows_its_published_word() -> None:
    bench, at = crc_unit("nucleo-f103rb")
    bench.write(at + 8, 1)
    bench.write(at, 0x12345678)
    assert bench.read(at) == 0xDF8A8A2B  # of 0x12345678, as application notes on this unit have it
    bench.write(at + 8, 1)
    assert bench.read(at) == 0xFFFFFFFF


def test_a_crc_of_sixteen_bits() -> None:
    bench, at = crc_unit("b-l475e-iot01a")
    bench.write(at + 0x14, 0x1021)
    bench.write(at + 0x10, 0xFFFF)
    bench.write(at + 8, 1 << 3 | 1)
    for value in b"123456789":
        bench.write(at, value, 1)
    assert bench.read(at) == 0x29B1  # CRC-16/CCITT-FALSE's check value


def test_a_watchdog_wants_food() -> None:
    bench = ChipBench("b-l475e-iot01a")
    at = 0x40003000
    bench.write(at, 0x5555)
    bench.write(at + 4, 0)
    bench.write(at + 8, 31)  # 32 * 4 / 32 kHz
    bench.write(at, 0xCCCC)
    for _ in range(5):
        bench.pass_time(0.0035)
        bench.write(at, 0xAAAA)
    assert bench.resets == 0
    bench.pass_time(0.0045)
    assert bench.resets == 1
    assert any("watchdog was not fed" in note for note in bench.notes)


def test_a_watchdog_that_was_not_started_sleeps() -> None:
    bench = ChipBench("b-l475e-iot01a")
    bench.write(0x40003000, 0xAAAA)
    bench.write(0x40003008, 1)
    assert bench.read(0x40003008) == 0xFFF  # locked
    assert not bench.next()
