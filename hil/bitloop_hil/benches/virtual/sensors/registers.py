"""Registers of sensors: tables of them, and the output registers that change under the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bitloop_hil.benches.virtual.sensors.output import Words


@dataclass(frozen=True, slots=True)
class Register:
    """A register of eight bits: its value after power-on, and the bits that can be written."""

    name: str
    reset: int
    writable: int


def registers(text: str) -> Mapping[int, Register]:
    """A table with a line for each register: address, name, reset value, writable bits, all in hexadecimal."""
    table = {}
    for line in text.strip().splitlines():
        address, name, reset, writable = line.split()
        table[int(address, 16)] = Register(name, int(reset, 16), int(writable, 16))
    return table


class Shown:
    """The output registers of a quantity from address `first`, low byte first, `width` bytes an axis.

    `fresh` and `lost` have a bit per axis: not read yet, and replaced before it was read.
    """

    def __init__(self, first: int, axes: int, width: int = 2) -> None:
        self.first, self.width, self.axes = first, width, axes
        self.clear()

    def clear(self) -> None:
        """As after power-on."""
        self._bytes = bytearray(self.axes * self.width)
        self._newest = bytes(self._bytes)
        self._half_read: dict[int, set[int]] = {}
        self.fresh = self.lost = 0

    def __contains__(self, address: int) -> bool:
        return self.first <= address < self.first + len(self._bytes)

    @property
    def ready(self) -> bool:
        """A whole new sample is there, of which no high byte was read."""
        return self.fresh == (1 << self.axes) - 1

    @property
    def overrun(self) -> bool:
        """A whole sample was replaced unread."""
        return self.lost == (1 << self.axes) - 1

    @property
    def flags(self) -> int:
        """As status registers of three axes have them: XDA, YDA, ZDA, ZYXDA, and the same of overruns above."""
        return self.fresh | self.ready << 3 | self.lost << 4 | self.overrun << 7

    def put(self, words: Words) -> None:
        """A new sample; axes that are half read keep what they have until they are read to the end."""
        self._newest = b"".join(int(word).to_bytes(self.width, "little", signed=True) for word in words)
        self.lost |= self.fresh
        self.fresh = (1 << self.axes) - 1
        for axis in range(self.axes):
            if axis not in self._half_read:
                self._renew(axis)

    def read(self, address: int, together: bool) -> int:
        """A byte; `together` is block data update: the bytes of an axis belong to one sample."""
        place = address - self.first
        axis, byte = divmod(place, self.width)
        value = self._bytes[place]
        if byte == self.width - 1:
            self.fresh &= ~(1 << axis)
            self.lost &= ~(1 << axis)
        if not together:
            return value
        seen = self._half_read.setdefault(axis, set())
        seen.add(byte)
        if len(seen) == self.width:
            del self._half_read[axis]
            self._renew(axis)
        return value

    def release(self) -> None:
        """Block data update was switched off: nothing is held back."""
        for axis in list(self._half_read):
            del self._half_read[axis]
            self._renew(axis)

    def _renew(self, axis: int) -> None:
        part = slice(axis * self.width, (axis + 1) * self.width)
        self._bytes[part] = self._newest[part]
