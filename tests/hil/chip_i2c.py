"""I²C as firmware drives it, register by register, for tests of the devices: version 2 (RM0351 39)."""

from __future__ import annotations

from bitloop_hil.buses import I2c
from bitloop_hil.pins import Pin
from tests.hil.chip_bench import ChipBench

CR1, CR2, TIMINGR, ISR, ICR, RXDR, TXDR = 0x00, 0x04, 0x10, 0x18, 0x1C, 0x24, 0x28
TXE, TXIS, RXNE, NACKF, STOPF, TC, TCR, BUSY = 1, 2, 4, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 15
READS, START, STOP, RELOAD, AUTOEND = 1 << 10, 1 << 13, 1 << 14, 1 << 24, 1 << 25


def wire_pin(bench: ChipBench, pin: Pin, *, drain: bool = True) -> None:
    """Switch a pin over, open drain if `drain`."""
    bench.change(pin.enable.register, 1 << pin.enable.bit, 1 << pin.enable.bit)
    shift = 4 * (pin.number % 8)
    bench.change(pin.port + 0x20 + 4 * (pin.number // 8), 0xF << shift, pin.alternate << shift)
    bench.change(pin.port + 0x04, 1 << pin.number, drain << pin.number)
    bench.change(pin.port, 3 << 2 * pin.number, 2 << 2 * pin.number)


class I2cV2Driver:
    """Polls, as small firmware does."""

    def __init__(self, bench: ChipBench, timing: int, *, drain: bool = True) -> None:
        assert bench.chip.i2c
        self.bench, self.file = bench, bench.chip.i2c[0]
        file: I2c = self.file
        for pin in (file.scl, file.sda):
            wire_pin(bench, pin, drain=drain)
        bench.change(file.enable.register, 1 << file.enable.bit, 1 << file.enable.bit)
        bench.write(file.base + TIMINGR, timing)
        bench.write(file.base + CR1, 1)

    def read(self, register: int) -> int:
        return self.bench.read(self.file.base + register)

    def write(self, register: int, value: int) -> None:
        self.bench.write(self.file.base + register, value)

    def wait(self, flag: int) -> None:
        self.bench.wait(self.file.base + ISR, flag, flag)

    def wait_any(self, flags: int) -> int:
        for _ in range(1000):
            if found := self.read(ISR) & flags:
                return found
            assert self.bench.next(), f"nothing will set one of 0x{flags:x}"
        raise AssertionError

    def send(self, address: int, data: bytes, end: int = AUTOEND) -> bool:
        """Bytes to a target; whether all were acknowledged."""
        self.write(CR2, address << 1 | len(data) << 16 | START | end)
        for value in data:
            if self.wait_any(TXIS | NACKF) == NACKF:
                self._end()
                return False
            self.write(TXDR, value)
        if self.wait_any((STOPF if end == AUTOEND else TC) | NACKF) & NACKF:
            self._end()
            return False
        if end == AUTOEND:
            self._end()
        return True

    def receive(self, address: int, count: int) -> bytes:
        self.write(CR2, address << 1 | count << 16 | READS | START | AUTOEND)
        data = bytearray()
        for _ in range(count):
            self.wait(RXNE)
            data.append(self.read(RXDR))
        self._end()
        return bytes(data)

    def load(self, address: int, register: int, count: int = 1) -> bytes:
        """Registers of a target, after a repeated START."""
        assert self.send(address, bytes((register,)), end=0)
        return self.receive(address, count)

    def store(self, address: int, register: int, *values: int) -> None:
        assert self.send(address, bytes((register, *values)))

    def _end(self) -> None:
        self.wait(STOPF)
        self.write(ICR, STOPF | NACKF)
