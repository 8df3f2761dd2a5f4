"""A debug port in front of a core that does nothing, and a debugger's hands."""

from __future__ import annotations

from bitloop_hil.benches.virtual.debug_target import Stop
from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.probe.debug_port import DebugPort

CSW, TAR, DRW = 0x00, 0x04, 0x0C
WORDS, SINGLE = 2, 1 << 4
RAM = 0x20000000


class Core:
    """A `DebugTarget` with 8 KiB of RAM and registers that are numbers."""

    def __init__(self, core: str = "cortex-m4f") -> None:
        self.core = core
        self.enabled = self.mask_interrupts = self.halted = self.locked_up = self.asleep = False
        self.breakpoints: set[int] = set()
        self.stops, self.resets, self.retired = Stop(0), 0, 0
        self.ram = bytearray(0x2000)
        self.registers: dict[int, int] = {}
        self.held: list[bool] = []
        self.pumped = 0
        self.stop_at = -1

    def read(self, address: int, size: int) -> bytes:
        if not RAM <= address <= RAM + len(self.ram) - size:
            raise BusError(hex(address))
        return bytes(self.ram[address - RAM : address - RAM + size])

    def write(self, address: int, data: bytes) -> None:
        self.read(address, len(data))
        self.ram[address - RAM : address - RAM + len(data)] = data

    def read_register(self, number: int) -> int:
        return self.registers.get(number, 0)

    def write_register(self, number: int, value: int) -> None:
        self.registers[number] = value

    def halt(self) -> None:
        self.halted = True
        self.stops |= Stop.HALTED

    def resume(self) -> None:
        self.halted = False

    def step(self) -> None:
        self.retired += 1
        self.stops |= Stop.HALTED

    def reset(self, halt: bool = False) -> None:
        self.resets += 1
        self.halted = halt

    def hold_reset(self, held: bool) -> None:
        self.held.append(held)
        if not held:
            self.reset()

    def pump(self, cycles: int) -> None:
        self.pumped += 1
        self.retired += 1
        if self.pumped == self.stop_at:
            self.halted = True
            self.stops |= Stop.BKPT


class Debugger:
    """A powered debug port and what a debugger does with it."""

    def __init__(self, core: str = "cortex-m4f", family: str = "") -> None:
        self.core = Core(core)
        self.port = DebugPort(self.core, "some-board", family)
        self.port.write_dp(4, 0x50000000)

    def select(self, address: int, csw: int = WORDS | SINGLE) -> None:
        self.port.write_ap(CSW, csw)
        self.port.write_ap(TAR, address)

    def read(self, address: int) -> int:
        self.select(address)
        return self.port.read_ap(DRW)

    def write(self, address: int, value: int) -> None:
        self.select(address)
        self.port.write_ap(DRW, value)
