"""The memories of a board: what the core, DMA and a debugger find where, shared with Unicorn without copying."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass

import unicorn

from bitloop_hil.benches.virtual.devices.device import BusError
from bitloop_hil.benches.virtual.fast import address_of
from bitloop_hil.boards import BoardFile

_PAGE = 0x1000


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of memory at an address. Flash is not `writable`: what a store does to it is up to its controller."""

    origin: int
    data: mmap.mmap
    writable: bool

    @property
    def end(self) -> int:
        """First address behind it."""
        return self.origin + len(self.data)


class Memory:
    """All memory of a board, mapped into a core."""

    def __init__(self, uc: unicorn.Uc, board: BoardFile) -> None:
        self._uc = uc
        self.blocks: list[Block] = []
        self.flash = self._map(board.flash.origin, mmap.mmap(-1, board.flash.size), False)
        alias = board.chip.boot_alias if board.chip else None
        if alias is not None and alias != board.flash.origin:
            self._map(alias, self.flash.data, False)
        self.ram = [
            self._map(region.origin, mmap.mmap(-1, (region.size + _PAGE - 1) & -_PAGE), True)
            for region in (board.ram, *board.more.values())
        ]
        self.vectors = board.flash.origin if alias is None else alias

    def block(self, address: int, size: int = 1) -> Block | None:
        """The memory that holds these bytes."""
        for block in self.blocks:
            if block.origin <= address and address + size <= block.end:
                return block
        return None

    def read(self, address: int, size: int) -> bytes:
        """Bytes of memory; BusError where there is none."""
        block = self.block(address, size)
        if block is None:
            raise BusError(f"no memory at 0x{address:08x}")
        return block.data[address - block.origin : address - block.origin + size]

    def write(self, address: int, data: bytes) -> None:
        """Bytes into RAM; BusError where there is none."""
        block = self.block(address, len(data))
        if block is None or not block.writable:
            raise BusError(f"no RAM at 0x{address:08x}")
        block.data[address - block.origin : address - block.origin + len(data)] = data

    def word(self, address: int) -> int:
        """A 32-bit word; BusError where there is none."""
        return int(struct.unpack("<I", self.read(address, 4))[0])

    def _map(self, origin: int, data: mmap.mmap, writable: bool) -> Block:
        self._uc.mem_map_ptr(origin, len(data), unicorn.UC_PROT_ALL, address_of(data))
        if not writable:  # only protected afterwards does Unicorn drop what the hook of stores has dealt with
            self._uc.mem_protect(origin, len(data), unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        block = Block(origin, data, writable)
        self.blocks.append(block)
        return block
