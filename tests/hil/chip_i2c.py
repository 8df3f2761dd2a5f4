"""I²C as firmware drives it, register by register, for tests of the devices: both versions (RM0008 26, RM0351 39)."""

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
    if bench.chip.family == "stm32f1":
        bench.change(pin.port + 4 * (pin.number // 8), 0xF << shift, (0xF if drain else 0xB) << shift)
        return
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


class I2cV1Driver:
    """As RM0008 26.3.3 and AN2824 tell firmware to do it, polling."""

    CR1, CR2, DR, SR1, SR2, CCR, TRISE = 0x00, 0x04, 0x10, 0x14, 0x18, 0x1C, 0x20
    SB, ADDR, BTF, RXNE, TXE, AF = 1, 2, 4, 1 << 6, 1 << 7, 1 << 10
    PE, START, STOP, ACK, POS = 1, 1 << 8, 1 << 9, 1 << 10, 1 << 11

    def __init__(self, bench: ChipBench, ccr: int) -> None:
        self.bench, self.file = bench, bench.chip.i2c[0]
        file = self.file
        for pin in (file.scl, file.sda):
            wire_pin(bench, pin)
        bench.change(file.enable.register, 1 << file.enable.bit, 1 << file.enable.bit)
        self.write(self.CR2, bench.clock.hertz // 10**6)
        self.write(self.CCR, ccr)
        self.write(self.TRISE, bench.clock.hertz // 10**6 + 1)
        self.write(self.CR1, self.PE)

    def read(self, register: int) -> int:
        return self.bench.read(self.file.base + register)

    def write(self, register: int, value: int) -> None:
        self.bench.write(self.file.base + register, value)

    def wait(self, flag: int) -> None:
        self.bench.wait(self.file.base + self.SR1, flag, flag)

    def control(self, set_bits: int = 0, reset_bits: int = 0) -> None:
        self.write(self.CR1, self.read(self.CR1) & ~reset_bits | set_bits)

    def address(self, address: int, reads: bool) -> bool:
        """START and the address; whether it was acknowledged. ADDR is left for the caller."""
        self.control(self.START)
        self.wait(self.SB)
        self.write(self.DR, address << 1 | reads)
        while not (status := self.read(self.SR1)) & (self.ADDR | self.AF):
            assert self.bench.next()
        if status & self.AF:
            self.write(self.SR1, status & ~self.AF)
            self.control(self.STOP)
            self.bench.settle()
            return False
        return True

    def seen(self) -> None:
        """Clear ADDR."""
        self.read(self.SR1)
        self.read(self.SR2)

    def send(self, address: int, data: bytes, stop: bool = True) -> bool:
        if not self.address(address, False):
            return False
        self.seen()
        for value in data:
            self.wait(self.TXE)
            self.write(self.DR, value)
        self.wait(self.BTF)
        if stop:
            self.control(self.STOP)
            self.bench.settle()
        return True

    def receive(self, address: int, count: int) -> bytes:
        self.control(self.ACK, self.POS)
        if count == 1:
            self.control(0, self.ACK)
            assert self.address(address, True)
            self.seen()
            self.control(self.STOP)
            self.wait(self.RXNE)
            return bytes((self.read(self.DR),))
        if count == 2:
            self.control(self.POS)
            assert self.address(address, True)
            self.seen()
            self.control(0, self.ACK)
            self.wait(self.BTF)
            self.control(self.STOP)
            return bytes((self.read(self.DR), self.read(self.DR)))
        assert self.address(address, True)
        self.seen()
        data = bytearray()
        for _ in range(count - 3):
            self.wait(self.RXNE)
            data.append(self.read(self.DR))
        self.wait(self.BTF)
        self.control(0, self.ACK)
        data.append(self.read(self.DR))
        self.control(self.STOP)
        data.append(self.read(self.DR))
        self.wait(self.RXNE)
        data.append(self.read(self.DR))
        return bytes(data)

    def load(self, address: int, register: int, count: int = 1) -> bytes:
        assert self.send(address, bytes((register,)), stop=False)
        return self.receive(address, count)

    def store(self, address: int, register: int, *values: int) -> None:
        assert self.send(address, bytes((register, *values)))
