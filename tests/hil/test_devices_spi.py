"""SPI of versions 1 and 2 with a sensor on it: bytes, time, select lines, FIFOs and what goes wrong."""

from __future__ import annotations

import pytest

from tests.hil.chip_bench import ChipBench
from tests.hil.chip_spi import (
    BSY,
    CR1,
    CR2,
    DR,
    ENABLE,
    MASTER,
    MODE_3,
    MODF,
    OVR,
    RXNE,
    SR,
    SSI,
    SSM,
    TXE,
    SpiDriver,
)
from tests.hil.fitted import on_spi

WHO_AM_I, CTRL1_XL = 0x0F, 0x10
V1, V2 = "nucleo-f412zg", "nucleo-l432kc"


def opened(board: str, **options: int) -> tuple[ChipBench, SpiDriver]:
    bench = ChipBench(on_spi(board, "LSM6DSL"))
    return bench, SpiDriver(bench, **options)


@pytest.mark.parametrize("board", [V1, V2, "nucleo-f103rb", "nucleo-l031k6"])
def test_registers_are_read_and_written_in_bursts(board: str) -> None:
    bench, spi = opened(board)
    assert spi.load(WHO_AM_I) == b"\x6a"
    spi.store(CTRL1_XL, 0x60, 0x4C)
    assert spi.load(CTRL1_XL, 3) == b"\x60\x4c\x04"
    assert bench.notes == []


@pytest.mark.parametrize("board", [V1, V2])
def test_a_byte_takes_eight_clocks(board: str) -> None:
    bench, spi = opened(board)
    spi.choose(True)
    start = bench.seconds()
    assert spi.read(SR) & (TXE | BSY) == TXE
    spi.write(DR, 0x8F, 1)
    assert spi.read(SR) & BSY
    bench.wait(spi.file.base + SR, BSY, 0)
    assert bench.seconds() - start == pytest.approx(8 * 8 / bench.clock.hertz, rel=0.01)


@pytest.mark.parametrize(("board", "holds"), [(V1, 1), (V2, 4)])
def test_bytes_nobody_fetches_are_an_overrun(board: str, holds: int) -> None:
    bench, spi = opened(board)
    spi.choose(True)
    for value in (0x8F, *[0] * holds):
        bench.wait(spi.file.base + SR, TXE, TXE)
        spi.write(DR, value, 1)
    bench.settle()
    assert spi.read(SR) & (OVR | RXNE) == OVR | RXNE
    got = [spi.read(DR, 1) for _ in range(holds)]
    assert got[1:2] == [0x6A][: holds - 1]
    spi.read(SR)
    assert not spi.read(SR) & (OVR | RXNE)


def test_a_wide_access_packs_two_bytes_into_the_fifo() -> None:
    bench, spi = opened(V2)
    spi.choose(True)
    spi.write(DR, 0x008F, 2)
    assert spi.read(SR) >> 11 & 3
    bench.settle()
    assert spi.read(SR) >> 9 & 3 == 2
    assert spi.read(DR, 2) == 0x6AFF
    assert not spi.read(SR) & RXNE


def test_without_frxth_a_single_byte_is_not_announced() -> None:
    bench, spi = opened(V2)
    spi.write(CR2, 7 << 8)
    spi.choose(True)
    spi.write(DR, 0x8F, 1)
    bench.settle()
    assert not spi.read(SR) & RXNE
    spi.write(DR, 0, 1)
    bench.settle()
    assert spi.read(SR) & RXNE


@pytest.mark.parametrize("board", [V1, V2])
def test_frames_of_sixteen_bits_go_high_byte_first(board: str) -> None:
    bench, spi = opened(board)
    if board == V2:
        spi.write(CR2, 15 << 8)
    else:
        spi.write(CR1, MODE_3 | MASTER | SSI | SSM | 1 << 11)
        spi.write(CR1, MODE_3 | MASTER | SSI | SSM | 1 << 11 | ENABLE)
    spi.choose(True)
    spi.write(DR, 0x8F00, 2)
    bench.settle()
    assert spi.read(DR, 2) == 0xFF6A


def test_bytes_to_nobody_are_noted() -> None:
    bench, spi = opened(V1)
    assert spi.exchange(0x8F) == 0xFF
    assert bench.notes == ["SPI1 moves bytes while nothing on it is selected"]


def test_a_wrong_mode_is_noted() -> None:
    bench, spi = opened(V1, mode=1)
    assert spi.load(WHO_AM_I) == b"\xff"
    assert bench.notes == ["SPI1 is in mode 1; the LSM6DSL wants 3 (or 0)"]


def test_software_nss_without_ssi_is_a_mode_fault() -> None:
    bench, spi = opened(V1, control=SSM)
    assert spi.read(SR) & MODF
    assert not spi.read(CR1) & (MASTER | ENABLE)
    assert bench.notes == ["SPI1 sees its own NSS low: set SSI with SSM"]


def test_pins_that_are_not_switched_over_are_named() -> None:
    bench, spi = opened(V1)
    bench.change(0x40020020, 0xF << 24, 0)
    assert spi.load(WHO_AM_I) == b"\xff"
    assert bench.notes == ["PA6 is not switched over to SPI1 (alternate function 5)"]


def test_a_clock_too_fast_for_the_sensor_is_noted() -> None:
    bench, spi = opened(V1)
    bench.change(0x40023800, 1 << 16, 1 << 16)
    bench.write(0x40023804, 8 | 200 << 6 | 0 << 16 | 1 << 22 | 4 << 24)  # 8 MHz / 8 x 200 / 2
    bench.change(0x40023800, 1 << 24, 1 << 24)
    bench.wait(0x40023800, 1 << 25, 1 << 25)
    bench.change(0x40023808, 3, 2)
    bench.settle()
    spi.load(WHO_AM_I)
    assert "SPI1 runs at 12500 kHz; the LSM6DSL allows 10000 kHz" in bench.notes


def test_what_is_not_modelled_says_so() -> None:
    bench, spi = opened(V1)
    spi.write(CR2, 1)
    spi.write(CR1, 1 << 15)
    assert bench.notes == [
        "interrupts and DMA requests of SPI1 are not modelled",
        "SPI1 with one wire, CRC or lowest bit first is not modelled",
    ]
