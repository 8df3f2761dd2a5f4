"""I²C of version 2 with a sensor on it: what firmware sees, flag by flag, and the time the bus takes."""

from __future__ import annotations

import pytest

from tests.hil.chip_bench import ChipBench
from tests.hil.chip_i2c import (
    AUTOEND,
    BUSY,
    CR1,
    CR2,
    ICR,
    ISR,
    NACKF,
    READS,
    RELOAD,
    RXDR,
    RXNE,
    START,
    STOP,
    STOPF,
    TC,
    TCR,
    TXDR,
    TXE,
    TXIS,
    I2cV2Driver,
)

BOARD = "b-l475e-iot01a"
SENSOR, NOBODY, WHO_AM_I = 0x6A, 0x2C, 0x0F
CTRL1_XL = 0x10
AT_100_KHZ = 0x00001010  # of the 4 MHz the chip starts with: 17 + 17 ticks, 4 to see the edges, 140 ns of filter


def opened(timing: int = AT_100_KHZ, **options: bool) -> tuple[ChipBench, I2cV2Driver]:
    bench = ChipBench(BOARD)
    return bench, I2cV2Driver(bench, timing, **options)


def test_a_register_is_read_after_a_repeated_start() -> None:
    bench, i2c = opened()
    assert i2c.load(SENSOR, WHO_AM_I) == b"\x6a"
    assert i2c.read(ISR) == TXE
    assert bench.notes == []


def test_registers_are_written_and_read_back_in_a_burst() -> None:
    _, i2c = opened()
    i2c.store(SENSOR, CTRL1_XL, 0x60, 0x4C)
    assert i2c.load(SENSOR, CTRL1_XL, 3) == b"\x60\x4c\x04"


def test_bytes_take_the_time_timingr_gives_them() -> None:
    bench, i2c = opened()
    start = bench.seconds()
    i2c.load(SENSOR, WHO_AM_I, 6)
    clocks = (1 + 9 + 9) + (1 + 9 + 6 * 9) + 1  # START, address, register; START, address, six bytes; STOP
    assert bench.seconds() - start == pytest.approx(clocks * (38 / 4e6 + 140e-9), rel=0.01)


def test_prescaler_digital_filter_and_analog_filter_count() -> None:
    bench = ChipBench(BOARD)
    i2c = I2cV2Driver(bench, 0x30000101)  # 4 x (2 + 2) ticks
    i2c.write(CR1, 0)
    i2c.write(CR1, 1 << 12 | 3 << 8 | 1)  # no analog filter, three cycles of digital filter
    start = bench.seconds()
    i2c.load(SENSOR, WHO_AM_I)
    assert bench.seconds() - start == pytest.approx((19 + 19 + 1) * (16 + 10) / 4e6, rel=0.01)


def test_a_target_that_is_not_there_is_not_acknowledged_and_the_bus_is_freed() -> None:
    bench, i2c = opened()
    assert not i2c.send(NOBODY, b"\x0f")
    assert not i2c.read(ISR) & (BUSY | NACKF | STOPF | TXIS)
    assert bench.notes == ["nothing on I2C2 answers at address 0x2C"]
    assert i2c.load(SENSOR, WHO_AM_I) == b"\x6a"


def test_the_clock_is_held_until_there_is_a_byte_to_send() -> None:
    bench, i2c = opened()
    i2c.write(CR2, SENSOR << 1 | 1 << 16 | START)
    assert i2c.read(CR2) & START
    i2c.wait(TXIS)
    assert not i2c.read(CR2) & START
    assert i2c.read(ISR) & (BUSY | TXE) == BUSY | TXE
    bench.settle()
    assert not i2c.read(ISR) & TC
    i2c.write(TXDR, WHO_AM_I)
    assert not i2c.read(ISR) & TXIS
    i2c.wait(TC)
    assert i2c.read(ISR) & BUSY


def test_the_clock_is_held_until_a_byte_was_fetched() -> None:
    bench, i2c = opened()
    i2c.send(SENSOR, b"\x0f", end=0)
    i2c.write(CR2, SENSOR << 1 | 2 << 16 | READS | START | AUTOEND)
    bench.settle()
    assert i2c.read(ISR) & (RXNE | STOPF) == RXNE
    assert i2c.read(RXDR) == 0x6A
    i2c.wait(RXNE)
    assert i2c.read(RXDR) == 0x00
    i2c.wait(STOPF)


def test_a_byte_written_ahead_goes_first_and_can_be_flushed() -> None:
    _, i2c = opened()
    i2c.write(TXDR, 0x55)
    assert not i2c.read(ISR) & TXE
    i2c.write(ISR, TXE)
    assert i2c.read(ISR) & TXE
    i2c.write(TXDR, WHO_AM_I)
    i2c.write(CR2, SENSOR << 1 | 1 << 16 | START)
    i2c.wait(TC)
    assert i2c.receive(SENSOR, 1) == b"\x6a"


def test_more_than_255_bytes_go_by_reloading() -> None:
    _, i2c = opened()
    i2c.send(SENSOR, b"\x0f", end=0)
    i2c.write(CR2, SENSOR << 1 | 1 << 16 | READS | START | RELOAD)
    i2c.wait(RXNE)
    data = [i2c.read(RXDR)]
    i2c.wait(TCR)
    i2c.write(CR2, SENSOR << 1 | 2 << 16 | READS | AUTOEND)
    assert not i2c.read(ISR) & TCR
    for _ in range(2):
        i2c.wait(RXNE)
        data.append(i2c.read(RXDR))
    i2c.wait(STOPF)
    assert bytes(data) == b"\x6a\x00\x00"


def test_stop_is_sent_when_firmware_asks_for_it() -> None:
    _, i2c = opened()
    i2c.send(SENSOR, b"\x0f", end=0)
    i2c.write(CR2, STOP)
    assert i2c.read(CR2) & STOP
    i2c.wait(STOPF)
    assert not i2c.read(ISR) & (BUSY | TC)
    assert not i2c.read(CR2) & STOP
    i2c.write(ICR, STOPF)
    assert i2c.read(ISR) == TXE


def test_switching_it_off_frees_the_bus_and_clears_the_flags() -> None:
    bench, i2c = opened()
    i2c.write(CR2, SENSOR << 1 | 1 << 16 | START)
    i2c.wait(TXIS)
    i2c.write(CR1, 0)
    assert i2c.read(ISR) == TXE
    bench.settle()
    i2c.write(CR1, 1)
    assert i2c.load(SENSOR, WHO_AM_I) == b"\x6a"


def test_a_reset_of_the_peripheral_ends_everything() -> None:
    bench, i2c = opened()
    i2c.write(CR2, SENSOR << 1 | 1 << 16 | START)
    bench.change(0x40021038, 1 << 22, 1 << 22)  # APB1RSTR1
    bench.change(0x40021038, 1 << 22, 0)
    bench.settle()
    assert (i2c.read(ISR), i2c.read(CR1)) == (TXE, 0)


def test_pins_that_are_not_ready_are_named() -> None:
    bench, i2c = opened(drain=False)
    assert not i2c.send(SENSOR, b"\x0f")
    assert bench.notes == ["PB10 drives I2C2 both ways; a pin of I2C has to be open drain"]
    bench = ChipBench(BOARD)
    i2c = I2cV2Driver(bench, AT_100_KHZ)
    bench.change(0x48000424, 0xF << 12, 0)  # PB11 to alternate function 0
    assert not i2c.send(SENSOR, b"\x0f")
    assert bench.notes == ["PB11 is not switched over to I2C2 (alternate function 4)"]


def test_a_bus_too_fast_for_a_sensor_is_noted() -> None:
    bench, i2c = opened(0)
    i2c.load(SENSOR, WHO_AM_I)
    assert bench.notes == ["I2C2 runs at 610 kHz; the LSM6DSL allows 400 kHz"]


def test_interrupts_and_dma_say_that_they_are_not_modelled() -> None:
    bench, i2c = opened()
    i2c.write(CR1, 1 | 1 << 1 | 1 << 15)
    assert [note for note in bench.notes if "not modelled" in note] == [
        "firmware asks for interrupts of I2C2, which are not modelled",
        "firmware asks for DMA requests of I2C2, which are not modelled",
    ]


def test_the_kernel_clock_is_the_one_that_is_chosen() -> None:
    bench, i2c = opened()
    bench.change(0x40021000, 1 << 8, 1 << 8)
    bench.wait(0x40021000, 1 << 10, 1 << 10)
    bench.change(0x40021088, 3 << 14, 2 << 14)  # HSI16 for I2C2
    start = bench.seconds()
    i2c.load(SENSOR, WHO_AM_I)
    assert bench.seconds() - start == pytest.approx((19 + 19 + 1) * (38 / 16e6 + 140e-9), rel=0.01)


def test_a_loop_that_polls_may_skip_time_and_a_look_in_passing_may_not() -> None:
    bench, i2c = opened()
    i2c.write(CR2, SENSOR << 1 | 1 << 16 | START)
    device = next(one.device for one in bench.devices if one.base == i2c.file.base)
    assert not device.awaited(ISR)
    assert device.awaited(ISR)
    assert not device.awaited(CR2)
    bench.pass_time(20e-6)
    assert not device.awaited(ISR)
    bench.settle()  # nothing is under way any more
    assert not device.awaited(ISR)
    assert not device.awaited(ISR)
