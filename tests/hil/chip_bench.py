"""A board's devices without its core: registers by address, a clock moved by hand, memory for DMA."""

from __future__ import annotations

from dataclasses import replace

from bitloop_hil.benches.virtual.clock import SECOND, Clock
from bitloop_hil.benches.virtual.devices import BusError, Outside, Wire, board_devices
from bitloop_hil.benches.virtual.sensors import Sensors
from bitloop_hil.boards import BoardFile, board_file


class ChipBench:
    """Plays the machine: it is the `Services` of the devices, and what firmware would do is written in tests."""

    def __init__(self, board: str | BoardFile, *, hse_hz: int | None = None, waits: int = 15) -> None:
        self.file = board_file(board) if isinstance(board, str) else board
        chip = self.file.chip
        assert chip is not None
        self.chip = chip if hse_hz is None else replace(chip, hse_hz=hse_hz)
        self.cycles = 0
        self.waits = waits
        self.notes: list[str] = []
        self.lines: dict[int, bool] = {}
        self.memory = {self.file.ram.origin: bytearray(self.file.ram.size)}
        self.resets = 0
        self.clock = Clock(lambda: self.cycles, self.file.clock_hz)
        self.wire = Wire(self.clock, 921_600)
        self.sensors = Sensors(self.file.sensors, self.clock.now, self.note)
        outside = Outside(lambda: self.waits, self._reset_chip, self.sensors.hanging())
        self.devices = board_devices(replace(self.file, chip=self.chip), self, self.wire, outside)
        self.reset()

    @property
    def ram(self) -> int:
        return self.file.ram.origin

    def reset(self) -> None:
        self.clock.reset(self.file.clock_hz)
        for mapped in self.devices:
            mapped.device.reset()
        self.sensors.restart()

    def _reset_chip(self) -> None:
        self.resets += 1

    def interrupt(self, number: int, level: bool) -> None:
        self.lines[number] = level

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def load(self, address: int, size: int) -> bytes:
        start, block = self._block(address, size)
        return bytes(block[start : start + size])

    def store(self, address: int, data: bytes) -> None:
        start, block = self._block(address, len(data))
        block[start : start + len(data)] = data

    def _block(self, address: int, size: int) -> tuple[int, bytearray]:
        for origin, block in self.memory.items():
            if origin <= address and address + size <= origin + len(block):
                return address - origin, block
        raise BusError(f"nothing answers at 0x{address:08x}")

    def read(self, address: int, size: int = 4) -> int:
        for mapped in self.devices:
            if mapped.base <= address < mapped.base + mapped.size:
                return mapped.device.read(address - mapped.base, size)
        raise AssertionError(f"no device at 0x{address:08x}")

    def write(self, address: int, value: int, size: int = 4) -> None:
        for mapped in self.devices:
            if mapped.base <= address < mapped.base + mapped.size:
                mapped.device.write(address - mapped.base, size, value)
                return
        raise AssertionError(f"no device at 0x{address:08x}")

    def change(self, address: int, mask: int, value: int) -> None:
        """Read, modify, write."""
        self.write(address, self.read(address) & ~mask | value)

    def wait(self, address: int, mask: int, value: int) -> None:
        """Poll, skipping to the next event each time nothing has changed; fails where firmware would hang."""
        for _ in range(100_000):
            if self.read(address) & mask == value:
                return
            assert self.next(), f"firmware would wait for 0x{address:08x} & 0x{mask:x} == 0x{value:x} for ever"
        raise AssertionError(f"0x{address:08x} & 0x{mask:x} never became 0x{value:x}")

    def next(self) -> bool:
        """To the next event; False if there is none."""
        due = self.clock.next_cycle()
        if due is None:
            return False
        self.cycles = max(self.cycles, due)
        self.clock.run_due()
        return True

    def pass_time(self, seconds: float) -> None:
        """Let this much time pass, with everything that is due in it."""
        end = self.clock.now() + int(seconds * SECOND)
        while (due := self.clock.next_cycle()) is not None:
            self.cycles, before = max(self.cycles, due), self.cycles
            if self.clock.now() > end:
                self.cycles = before
                break
            self.clock.run_due()
        left = end - self.clock.now()
        self.cycles += max(0, -(-left * self.clock.hertz // SECOND))

    def seconds(self) -> float:
        return self.clock.now() / SECOND

    def settle(self) -> None:
        """Until nothing is due."""
        while self.next():
            pass
