"""I²C of version 1 with a sensor on it: receptions of every length, and the flags that hold the clock."""

from __future__ import annotations

import pytest

from tests.hil.chip_bench import ChipBench
from tests.hil.chip_i2c import I2cV1Driver
from tests.hil.fitted import I2C, on_i2c

SENSOR, NOBODY, WHO_AM_I, CTRL1_XL = 0x6A, 0x2C, 0x0F, 0x10
F1, F4 = "nucleo-f103rb", "nucleo-f412zg"


def opened(board: str = F1) -> tuple[ChipBench, I2cV1Driver]:
    """At 100 kHz of the clock the chip starts with (8 and 16 MHz)."""
    bench = ChipBench(on_i2c(board, "LSM6DSL", SENSOR))
    if board == F1:
        bench.change(0x40021018, 1, 1)
        bench.change(0x40010004, 2, 2)  # I2C1 to PB8 and PB9
    return bench, I2cV1Driver(bench, bench.clock.hertz // 200_000)


@pytest.mark.parametrize("board", [F1, F4])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_any_number_of_bytes_is_received(board: str, count: int) -> None:
    bench, i2c = opened(board)
    i2c.store(SENSOR, CTRL1_XL, 0x11, 0x22, 0x44, 0x50, 0x55, 0x62, 0x74)
    assert i2c.load(SENSOR, CTRL1_XL, count) == b"\x11\x22\x44\x50\x55\x62\x74"[:count]
    bench.settle()
    assert not i2c.read(i2c.SR2) & 3
    assert not i2c.read(i2c.SR1)
    assert i2c.load(SENSOR, WHO_AM_I) == b"\x6a"
    assert bench.notes == []


def test_bytes_take_their_time() -> None:
    bench, i2c = opened()
    start = bench.seconds()
    i2c.send(SENSOR, bytes((CTRL1_XL, 0x60)))
    assert bench.seconds() - start == pytest.approx((1 + 9 + 2 * 9 + 1) / 100e3, rel=0.01)
    i2c.control(0, i2c.PE)
    i2c.write(i2c.CCR, 1 << 15 | 7)  # fast: 3 x 7 ticks of 8 MHz
    i2c.control(i2c.PE)
    start = bench.seconds()
    i2c.send(SENSOR, bytes((CTRL1_XL, 0x60)))
    assert bench.seconds() - start == pytest.approx(29 * 21 / 8e6, rel=0.01)


def test_nobody_answers_at_another_address() -> None:
    bench, i2c = opened()
    assert not i2c.send(NOBODY, b"\x0f")
    assert not i2c.read(i2c.SR2) & 3
    assert i2c.load(SENSOR, WHO_AM_I) == b"\x6a"
    assert bench.notes == ["nothing on I2C1 answers at address 0x2C"]


def test_addr_holds_the_clock_until_both_status_registers_were_read() -> None:
    bench, i2c = opened()
    i2c.control(i2c.ACK)
    i2c.send(SENSOR, bytes((WHO_AM_I,)), stop=False)
    assert i2c.address(SENSOR, True)
    i2c.read(i2c.SR1)
    bench.settle()
    assert not i2c.read(i2c.SR1) & i2c.RXNE
    assert i2c.read(i2c.SR2) & 7 == 3
    i2c.wait(i2c.RXNE)
    assert not i2c.read(i2c.SR1) & i2c.ADDR


def test_two_bytes_wait_and_the_third_does_not_come_before_one_was_fetched() -> None:
    bench, i2c = opened()
    i2c.store(SENSOR, CTRL1_XL, 1, 2, 4)
    i2c.control(i2c.ACK)
    i2c.send(SENSOR, bytes((CTRL1_XL,)), stop=False)
    i2c.address(SENSOR, True)
    i2c.seen()
    bench.settle()
    assert i2c.read(i2c.SR1) & (i2c.BTF | i2c.RXNE) == i2c.BTF | i2c.RXNE
    assert i2c.read(i2c.DR) == 1
    assert i2c.read(i2c.SR1) & (i2c.BTF | i2c.RXNE) == i2c.RXNE
    bench.settle()
    assert i2c.read(i2c.DR) == 2
    assert i2c.read(i2c.DR) == 4


def test_forgetting_to_refuse_the_last_byte_reads_one_too_many() -> None:
    bench, i2c = opened()
    i2c.control(i2c.ACK)
    i2c.send(SENSOR, bytes((WHO_AM_I,)), stop=False)
    i2c.address(SENSOR, True)
    i2c.seen()
    i2c.wait(i2c.RXNE)
    i2c.control(i2c.STOP)
    bench.settle()
    assert i2c.read(i2c.DR) == 0x6A
    assert i2c.read(i2c.SR1) & i2c.RXNE  # what the sensor sent after it


def test_a_wrong_freq_and_a_missing_remap_are_noted() -> None:
    bench, i2c = opened()
    i2c.write(i2c.CR2, 36)
    i2c.load(SENSOR, WHO_AM_I)
    bench.change(0x40010004, 2, 0)
    assert not i2c.send(SENSOR, b"\x0f")
    assert bench.notes == ["FREQ of I2C1 says 36 MHz, and its clock is 8 MHz", "AFIO_MAPR moves I2C1 away from PB8"]


def test_a_software_reset_frees_the_bus() -> None:
    bench, i2c = opened()
    i2c.control(i2c.START)
    i2c.wait(i2c.SB)
    i2c.write(i2c.CR1, 1 << 15)
    assert (i2c.read(i2c.SR1), i2c.read(i2c.SR2), i2c.read(i2c.CCR)) == (0, 0, 0)
    i2c.write(i2c.CR1, 0)
    i2c.write(i2c.CR2, 8)
    i2c.write(i2c.CCR, 40)
    i2c.write(i2c.CR1, i2c.PE)
    assert i2c.load(SENSOR, WHO_AM_I) == b"\x6a"
    bench.settle()


def test_what_is_not_modelled_says_so() -> None:
    bench, i2c = opened()
    i2c.write(i2c.CR2, 1 << 11 | 1 << 9 | 8)
    assert [note.partition(" of ")[0] for note in bench.notes] == [
        "firmware asks for interrupts",
        "firmware asks for DMA requests",
    ]


def test_every_bus_of_the_tests_has_a_clock_in_its_family() -> None:
    for board, file in I2C.items():
        bench = ChipBench(on_i2c(board, "LSM6DSL", SENSOR))
        bench.write(file.base + 0x04, 0)
        assert any("while its clock is off" in note for note in bench.notes)
