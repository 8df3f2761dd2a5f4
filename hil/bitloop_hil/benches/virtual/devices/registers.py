"""Registers as words, and their fields as reference manuals write them: `CFGR[7:4]`, `CR[16]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bitloop.errors import BuildError
from bitloop_hil.benches.virtual.devices.device import Device

_FIELD = re.compile(r"([A-Z][A-Z0-9_]*)\[(\d{1,2})(?::(\d{1,2}))?\]")
_WORD = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Field:
    """Some neighbouring bits of a register: its offset, the lowest bit, how many."""

    offset: int
    shift: int
    width: int = 1

    @staticmethod
    def parse(text: str, registers: Mapping[str, int]) -> Field:
        """`NAME[high:low]` or `NAME[bit]`, the name being one of `registers`; BuildError otherwise."""
        match = _FIELD.fullmatch(text)
        if match is None or match[1] not in registers:
            raise BuildError(f"{text!r} is not a field of the registers {', '.join(registers)}; write NAME[high:low]")
        high, low = int(match[2]), int(match[3] or match[2])
        if not 0 <= low <= high < 32:
            raise BuildError(f"{text!r} is not a field of a 32-bit register; write NAME[high:low]")
        return Field(registers[match[1]], low, high - low + 1)

    @property
    def mask(self) -> int:
        """Its bits in the register."""
        return ((1 << self.width) - 1) << self.shift

    def of(self, words: Mapping[int, int]) -> int:
        """Its value in registers by offset."""
        return (words.get(self.offset, 0) & self.mask) >> self.shift

    def put(self, words: dict[int, int], value: int) -> None:
        """Change it, and nothing else of its register."""
        words[self.offset] = words.get(self.offset, 0) & ~self.mask | value << self.shift & self.mask


class WordDevice(Device):
    """A device of 32-bit registers. Narrower accesses reach their lane; `load` and `store` get whole registers.

    `words` keeps what was written; a register that means something overrides `load` or `store`.
    """

    def __init__(self, reset_values: Mapping[int, int] | None = None) -> None:
        self._reset_values = dict(reset_values or {})
        self.words: dict[int, int] = dict(self._reset_values)

    def reset(self) -> None:
        self.words = dict(self._reset_values)

    def read(self, offset: int, size: int) -> int:
        if size == 4:
            return self.load(offset)
        return self.load(offset & ~3) >> 8 * (offset & 3) & (1 << 8 * size) - 1

    def write(self, offset: int, size: int, value: int) -> None:
        word = offset & ~3
        if size < 4:
            shift = 8 * (offset & 3)
            lane = ((1 << 8 * size) - 1) << shift
            value = self.words.get(word, 0) & ~lane | value << shift & lane
        self.store(word, value & _WORD)

    def load(self, offset: int) -> int:
        """What a read of the register at `offset` (a multiple of 4) gives."""
        return self.words.get(offset, 0)

    def store(self, offset: int, value: int) -> None:
        """What a write of the register at `offset` (a multiple of 4) does."""
        self.words[offset] = value
