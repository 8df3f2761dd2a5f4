"""How fast pyOCD flashes the virtual boards, and reads back: `python -m benchmarks.flash [KIB]`.

Wall time from an erased flash, and again with the image there already. Starting the board and importing pyOCD are
left out: the worker has reset the board once before.
"""

from __future__ import annotations

import random
import struct
import sys
import tempfile
from pathlib import Path

from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.boards import board_file, names
from tests.hil.elf_file import write_elf

_STAY = bytes.fromhex("fee7")  # b .


def main() -> None:
    """One line for each board."""
    kib = int(sys.argv[1]) if len(sys.argv) > 1 else 48
    with tempfile.TemporaryDirectory() as folder:
        for name in names():
            board = board_file(name)
            if board.probe is not None and "virtual" in board.benches:
                size = min(kib << 10, board.flash.size)
                head = struct.pack("<2I", board.ram.origin + 0x400, board.flash.origin + 9) + 2 * _STAY
                data = head + random.Random(1).randbytes(size - len(head))  # noqa: S311
                measure(name, [write_elf(Path(folder) / "a.elf", [(board.flash.origin, data)]), small(folder, name)])


def small(folder: str, name: str) -> Path:
    """An image of a few bytes at the end of the flash: it starts the worker."""
    flash = board_file(name).flash
    return write_elf(Path(folder) / "small.elf", [(flash.end - 64, b"start" * 4)])


def measure(name: str, images: list[Path]) -> None:
    """Flash, and flash again."""
    image, start = images
    with VirtualBoard(board_file(name)) as board:
        board.flash(start)
        first, again = board.flash(image), board.flash(image)
    assert first is not None
    assert again is not None
    assert again.skipped
    speed = first.bytes / first.seconds / 1024
    took = f"{first.seconds:5.2f} s ({speed:4.0f} KiB/s)"
    print(f"{name:18} {first.bytes >> 10:3} KiB  {took}  again {again.seconds:4.2f} s")


if __name__ == "__main__":
    main()
