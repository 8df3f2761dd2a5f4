"""SPI of version 3 with a sensor on it: counted transfers, time, FIFOs, what goes wrong, and the datalogger."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from bitloop_hil.benches.virtual.machine import Machine
from bitloop_hil.benches.virtual.sensors.motion import Motion
from bitloop_hil.datalogger import make
from bitloop_hil.datalogger.plan import Wish, plan
from tests.hil import loggers
from tests.hil.chip_bench import ChipBench
from tests.hil.chip_serial import switch_pin
from tests.hil.fitted import on_spi

# RM0433 50.11: SPI registers
CR1, CR2, CFG1, CFG2, IER, SR, IFCR, TXDR, RXDR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18, 0x20, 0x30
SPE, MASRX, CSTART, CSUSP, SSI = 1, 1 << 8, 1 << 9, 1 << 10, 1 << 12
MASTER, CPHA, CPOL, SSM = 1 << 22, 1 << 24, 1 << 25, 1 << 26
RXP, TXP, EOT, TXTF, OVR, MODF, SUSP, TXC = 1, 2, 8, 16, 64, 1 << 9, 1 << 11, 1 << 12
BOARD, WHO_AM_I, CTRL1_XL = "nucleo-h743zi", 0x0F, 0x10


class Driver:
    """Register by register; SCK is an eighth of the kernel clock."""

    def __init__(self, mode: int = CPHA | CPOL, control: int = SSI, config: int = 2 << 28 | 7) -> None:
        self.bench = ChipBench(on_spi(BOARD, "LSM6DSL"))
        self.file, self.control = self.bench.chip.spi[0], control
        for pin in (self.file.sck, self.file.mosi, self.file.miso):
            switch_pin(self.bench, pin, pin is self.file.miso)
        select = self.bench.file.sensors[0].select
        assert select is not None
        self.port, self.number = select.port, select.number
        self.choose(False)
        self.bench.change(self.port, 3 << 2 * self.number, 1 << 2 * self.number)
        self.bench.change(self.file.enable.register, 1 << self.file.enable.bit, 1 << self.file.enable.bit)
        self.write(CR1, control)
        self.write(CFG1, config)
        self.write(CFG2, MASTER | SSM | mode)

    def read(self, register: int, size: int = 4) -> int:
        return self.bench.read(self.file.base + register, size)

    def write(self, register: int, value: int, size: int = 4) -> None:
        self.bench.write(self.file.base + register, value, size)

    def choose(self, on: bool) -> None:
        """The select line; low is on."""
        self.bench.write(self.port + 0x18, 1 << self.number + 16 if on else 1 << self.number)

    def begin(self, count: int, more: int = 0) -> None:
        self.choose(True)
        self.write(CR2, count)
        self.write(CR1, self.control | more | SPE)
        self.write(CR1, self.control | more | SPE | CSTART)

    def exchange(self, *values: int) -> bytes:
        """A counted transfer, byte by byte."""
        self.begin(len(values))
        got = bytearray()
        for value in values:
            self.bench.wait(self.file.base + SR, TXP, TXP)
            self.write(TXDR, value, 1)
            self.bench.wait(self.file.base + SR, RXP, RXP)
            got.append(self.read(RXDR, 1))
        self.bench.wait(self.file.base + SR, EOT, EOT)
        self.write(IFCR, EOT | TXTF)
        self.write(CR1, self.control)
        self.choose(False)
        return bytes(got)


def test_registers_are_read_and_written_in_bursts() -> None:
    spi = Driver()
    assert spi.exchange(0x80 | WHO_AM_I, 0) == b"\xff\x6a"
    spi.exchange(CTRL1_XL, 0x60, 0x4C)
    assert spi.exchange(0x80 | CTRL1_XL, 0, 0, 0)[1:] == b"\x60\x4c\x04"
    assert spi.bench.notes == []


def test_a_transfer_ends_where_its_size_says() -> None:
    spi = Driver()
    spi.begin(3)
    assert spi.read(SR) >> 16 == 3
    for value in (0x80 | WHO_AM_I, 0, 0, 0):
        spi.write(TXDR, value, 1)  # the fourth is one too many
    assert spi.read(SR) & (TXTF | TXP) == TXTF
    spi.bench.settle()
    status = spi.read(SR)
    assert status & (EOT | TXC) == EOT | TXC and status >> 16 == 0
    assert not spi.read(CR1) & CSTART
    assert [spi.read(SR) >> 13 & 3, *(spi.read(RXDR, 1) for _ in range(3)), spi.read(SR) & RXP] == [
        3,
        0xFF,
        0x6A,
        0,
        0,
    ]
    spi.write(IFCR, EOT)
    assert spi.read(SR) & (EOT | TXTF) == TXTF


def test_nothing_moves_before_it_is_started_or_while_it_is_off() -> None:
    spi = Driver()
    spi.write(TXDR, 0x80 | WHO_AM_I, 1)  # off: lost
    spi.write(CR1, SSI | CSTART)
    assert not spi.read(CR1) & CSTART
    spi.write(CR1, SSI | SPE)
    spi.write(TXDR, 0x80 | WHO_AM_I, 1)
    spi.bench.settle()
    assert not spi.read(SR) & (RXP | TXC)
    spi.choose(True)
    spi.write(CR1, SSI | SPE | CSTART)
    spi.bench.settle()
    assert spi.read(SR) & (RXP | TXC) == RXP | TXC


def test_a_byte_takes_eight_clocks_and_the_pause_between_two() -> None:
    spi = Driver(mode=CPHA | CPOL | 5 << 4)
    spi.begin(1)
    start = spi.bench.seconds()
    spi.write(TXDR, 0x80 | WHO_AM_I, 1)
    spi.bench.wait(spi.file.base + SR, EOT, EOT)
    assert spi.bench.seconds() - start == pytest.approx((8 + 5) * 8 / 64e6, rel=0.01)  # HSI as after reset


def test_bytes_nobody_fetches_are_an_overrun_unless_the_master_waits() -> None:
    for more, lost in ((0, True), (MASRX, False)):
        spi = Driver()
        spi.begin(12, more)
        for value in (0x80 | WHO_AM_I, *[0] * 11):
            spi.bench.wait(spi.file.base + SR, TXP, TXP)
            spi.write(TXDR, value, 1)
        spi.bench.settle()
        assert bool(spi.read(SR) & OVR) == lost
        assert bool(spi.read(SR) & EOT) == lost
        assert [spi.read(RXDR, 1) for _ in range(8)][1] == 0x6A
        spi.bench.settle()
        assert spi.read(SR) & EOT


def test_wide_accesses_pack_bytes() -> None:
    spi = Driver()
    spi.begin(4)
    spi.write(TXDR, 0x80 | WHO_AM_I)
    spi.bench.settle()
    assert spi.read(SR) & 1 << 15
    assert spi.read(RXDR) & 0xFFFF == 0x6AFF


def test_frames_of_sixteen_bits_go_high_byte_first() -> None:
    spi = Driver(config=2 << 28 | 15)
    spi.begin(1)
    spi.write(TXDR, 0x8F00, 2)
    spi.bench.settle()
    assert spi.read(RXDR, 2) == 0xFF6A


def test_a_suspended_transfer_stands_and_goes_on() -> None:
    spi = Driver()
    spi.begin(0)
    spi.write(CR1, SSI | SPE | CSUSP)
    assert spi.read(SR) & SUSP
    spi.write(TXDR, 0x80 | WHO_AM_I, 1)
    spi.bench.settle()
    assert not spi.read(SR) & RXP
    spi.write(CR1, SSI | SPE | CSTART)
    spi.bench.settle()
    assert spi.read(SR) & RXP


def test_software_nss_without_ssi_is_a_mode_fault() -> None:
    spi = Driver(control=0)
    spi.begin(1)
    assert spi.read(SR) & MODF
    assert not spi.read(CR1) & (SPE | CSTART)
    spi.write(CR1, SSI | SPE)
    assert not spi.read(CR1) & SPE
    spi.write(IFCR, MODF)
    spi.write(CR1, SSI | SPE)
    assert spi.read(CR1) & SPE
    assert spi.bench.notes == ["SPI4 sees its own NSS low: set SSI with SSM"]


def test_what_it_ignores_or_does_not_model_is_noted() -> None:
    spi = Driver()
    spi.write(CFG1, 1 << 14 | 9)
    spi.write(CFG2, MASTER)
    spi.write(CR1, SPE | SSI)
    spi.write(CR2, 7)
    assert spi.read(CR2) == 0
    assert spi.bench.notes == [
        "interrupts, DMA requests and CRC of SPI4 are not modelled",
        "SPI4 with frames of 10 bits is not modelled",
        "SPI4 with one wire, NSS of its own or lowest bit first is not modelled",
        "SPI4 is set up while it is on (SPE), which it ignores",
    ]


@pytest.mark.parametrize(("name", "rate"), [("IIS3DWB", 26667), ("LIS3DSH", 400)])
def test_a_datalogger_reads_sensors_over_it(name: str, rate: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bursts of many times the FIFO, and a sensor that counts register numbers up by a bit of the address."""
    board = on_spi(BOARD, name)
    monkeypatch.setattr("bitloop_hil.datalogger.plan.board_file", lambda _: board)
    made = plan(Wish(BOARD, name, rate, samples=300))
    machine = Machine(board)
    machine.load_image(make.build(made).path)
    machine.line.speed(made.baud)
    machine.reset()
    felt = np.random.default_rng(5).normal(0, 0.5, (20_000, 3))
    machine.sensors[name].replay("acceleration", Motion(felt, rate))
    said = b""
    for _ in range(500):
        machine.run()
        said += machine.line.drain()
        if said.count(b"\n") >= 2:
            break
    line = next(line for line in said.decode().splitlines() if not line.startswith("#"))
    step = loggers.fitted(made).range.step
    assert step is not None
    read = np.array([int(Fraction(value) / step) for value in line.split()]).reshape(300, 3)
    assert loggers.places(machine.sensors[name].produced("acceleration").words, read)
    assert machine.notes == []
