"""What all sensor models share: a register file behind I²C or SPI, outputs in virtual time, self-clearing bits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import ClassVar

from bitloop.errors import ProbeError
from bitloop_hil.benches.virtual.clock import SECOND
from bitloop_hil.benches.virtual.sensors.motion import Motion
from bitloop_hil.benches.virtual.sensors.output import OFF, Output, Produced
from bitloop_hil.benches.virtual.sensors.registers import Register, Shown

MICROSECOND = SECOND // 10**6


class Sensor(ABC):
    """A model. Subclasses have the tables of their data sheet.

    Whatever a table does not have reads 0 and ignores writes, as reserved registers may. Time and deviation of the
    sensor's own oscillator are common to all its outputs.
    """

    NAME: ClassVar[str]
    REGISTERS: ClassVar[Mapping[int, Register]]
    STATUS: ClassVar[str] = "STATUS_REG"
    MAX_I2C, MAX_SPI = 400_000, 10_000_000

    def __init__(self, now: Callable[[], int], note: Callable[[str], None]) -> None:
        """`now` is virtual time in picoseconds; `note` tells people what is not modelled."""
        self._now, self._note = now, note
        self._at = {register.name: address for address, register in self.REGISTERS.items()}
        self.outputs = {one.quantity: one for one in self._make_outputs()}
        self.shown: dict[str, Shown] = self._make_shown()
        self._deviation = Fraction(1)
        self._synced = 0
        self._clears: list[tuple[int, str, int]] = []
        self._power_on()

    @abstractmethod
    def _make_outputs(self) -> list[Output]:
        """The quantities it measures."""

    @abstractmethod
    def _make_shown(self) -> dict[str, Shown]:
        """Where they are read."""

    @abstractmethod
    def _configure(self) -> None:
        """A register has changed: rates and scales follow."""

    def restart(self) -> None:
        """The board was reset: time begins again, but the sensor has kept its power and its registers."""
        self._synced = 0
        for output in self.outputs.values():
            output.restart()
        for _, name, bits in self._clears:
            self[name] &= ~bits
        self._clears = []

    def detune(self, deviation: float) -> None:
        """Its oscillator runs faster by this part (0.013 is 1.3 %); ProbeError beyond a tenth."""
        if not -0.1 <= deviation <= 0.1:
            raise ProbeError(f"an oscillator is off by a tenth at most, not by {deviation}")
        self.sync()
        self._deviation = 1 + Fraction(str(deviation))
        self._configure()

    def replay(self, quantity: str, motion: Motion) -> None:
        """It feels this from now on; ProbeError if it does not measure that quantity."""
        output = self._output(quantity)
        self.sync()
        output.replay(motion, self._now())

    def produced(self, quantity: str) -> Produced:
        """What it has put out of a quantity since the motion or the board started; ProbeError if it measures none."""
        output = self._output(quantity)
        self.sync()
        return output.produced()

    def read(self, address: int) -> int:
        """A register, as the bus reads it."""
        self.sync()
        return self._read(address)

    def write(self, address: int, value: int) -> None:
        """A register, as the bus writes it."""
        self.sync()
        register = self.REGISTERS.get(address)
        if register is not None and register.writable:
            old = self.words[address]
            self.words[address] = old & ~register.writable | value & register.writable
            self._written(register.name, old)
            self._configure()

    def after(self, address: int) -> int:
        """The register a burst goes on with."""
        return address + 1 & 0x7F

    def sub_address(self, value: int) -> tuple[int, bool]:
        """The first byte on I²C: a register, and whether a burst goes from there to the next ones."""
        return value & 0x7F, self._increments

    def command(self, value: int) -> tuple[int, bool]:
        """The same of the seven low bits of the first byte on SPI."""
        return value, self._increments

    @property
    def _increments(self) -> bool:
        """Whether bursts go from register to register."""
        return True

    @property
    def deaf(self) -> bool:
        """Whether its I²C interface is switched off."""
        return False

    def called(self) -> bool:
        """Its address is called on I²C: whether it answers."""
        return not self.deaf

    def __getitem__(self, name: str) -> int:
        return self.words[self._at[name]]

    def __setitem__(self, name: str, value: int) -> None:
        self.words[self._at[name]] = value

    def sync(self) -> None:
        """Catch up with time."""
        now = self._now()
        if now == self._synced:
            return
        self._synced = now
        while self._clears and self._clears[0][0] <= now:
            _, name, bits = self._clears.pop(0)
            self[name] &= ~bits
        moved = [output.advance(now) for output in self.outputs.values()]
        if any(moved):
            self._arrived(now)
            for quantity, output in self.outputs.items():
                if quantity in self.shown:
                    for words in output.batch[-2:]:  # of more, the first is as lost as the last but one
                        self.shown[quantity].put(words)
                output.settle()

    def _convert(self) -> None:
        """One sample of everything, outside of any rate."""
        for quantity, output in self.outputs.items():
            output.once(self._synced)
            self.shown[quantity].put(output.batch[-1])
            output.settle()

    def _output(self, quantity: str) -> Output:
        if quantity not in self.outputs:
            raise ProbeError(f"the {self.NAME} does not measure {quantity!r}, but {', '.join(self.outputs)}")
        return self.outputs[quantity]

    def _arrived(self, now: int) -> None:  # noqa: B027 - most chips without a FIFO do nothing
        """Outputs have new samples in their batches."""

    def _written(self, name: str, old: int) -> None:  # noqa: B027 - nor here, where all registers are plain
        """A register was written, and had this value before."""

    def _status(self) -> int:
        """What the register `STATUS` shows: where chips do not have a way of their own, the first quantity's axes."""
        return next(iter(self.shown.values())).flags

    def _read(self, address: int) -> int:
        if address == self._at.get(self.STATUS):
            return self._status()
        for shown in self.shown.values():
            if address in shown:
                return shown.read(address, self._together)
        return self.words[address]

    @property
    def _together(self) -> bool:
        """Block data update."""
        return False

    def _power_on(self) -> None:
        """Registers as after power-on (or a software reset)."""
        self._clears = []
        self.words = bytearray(1 << 8)
        for address, register in self.REGISTERS.items():
            self.words[address] = register.reset
        for shown in self.shown.values():
            shown.clear()
        self._configure()

    def _run(self, quantity: str, rate: Fraction) -> None:
        """A nominal rate in Hz for an output."""
        self.outputs[quantity].run(rate * self._deviation if rate else OFF, self._synced)

    def _clear_later(self, name: str, bits: int, microseconds: int) -> None:
        """Bits that the chip clears once it has done what they ask for."""
        self._clears.append((self._synced + microseconds * MICROSECOND, name, bits))
        self._clears.sort()
