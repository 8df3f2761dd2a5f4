"""SPI as firmware drives it, register by register, for tests of the devices."""

from __future__ import annotations

from tests.hil.chip_bench import ChipBench
from tests.hil.chip_serial import switch_pin

CR1, CR2, SR, DR = 0x00, 0x04, 0x08, 0x0C
RXNE, TXE, MODF, OVR, BSY = 1, 2, 1 << 5, 1 << 6, 1 << 7
MODE_3, MASTER, ENABLE, SSI, SSM = 3, 4, 1 << 6, 1 << 8, 1 << 9


class SpiDriver:
    """Polls, with the select line by hand; SCK is an eighth of the kernel clock."""

    def __init__(self, bench: ChipBench, *, mode: int = MODE_3, control: int = SSI | SSM) -> None:
        self.bench, self.file = bench, bench.chip.spi[0]
        file, select = self.file, bench.file.sensors[0].select
        assert select is not None
        self.select = select
        for pin in (file.sck, file.mosi, file.miso):
            switch_pin(bench, pin, pin is file.miso)
        self.choose(False)
        if bench.chip.family == "stm32f1":
            shift = 4 * (select.number % 8)
            bench.change(select.port + 4 * (select.number // 8), 0xF << shift, 3 << shift)
        else:
            bench.change(select.port, 3 << 2 * select.number, 1 << 2 * select.number)
        bench.change(file.enable.register, 1 << file.enable.bit, 1 << file.enable.bit)
        if file.version == 2:
            self.write(CR2, 7 << 8 | 1 << 12)
        self.write(CR1, mode | MASTER | 2 << 3 | control)
        self.write(CR1, mode | MASTER | 2 << 3 | control | ENABLE)

    def read(self, register: int, size: int = 4) -> int:
        return self.bench.read(self.file.base + register, size)

    def write(self, register: int, value: int, size: int = 4) -> None:
        self.bench.write(self.file.base + register, value, size)

    def choose(self, on: bool) -> None:
        """The select line; low is on."""
        registers = 0x10 if self.bench.chip.family == "stm32f1" else 0x18
        number = self.select.number
        self.bench.write(self.select.port + registers, 1 << number + 16 if on else 1 << number)

    def exchange(self, value: int) -> int:
        self.bench.wait(self.file.base + SR, TXE, TXE)
        self.write(DR, value, 1)
        self.bench.wait(self.file.base + SR, RXNE, RXNE)
        return self.read(DR, 1)

    def load(self, register: int, count: int = 1) -> bytes:
        self.choose(True)
        self.exchange(0x80 | register)
        data = bytes(self.exchange(0) for _ in range(count))
        self.choose(False)
        return data

    def store(self, register: int, *values: int) -> None:
        self.choose(True)
        for value in (register, *values):
            self.exchange(value)
        self.choose(False)
