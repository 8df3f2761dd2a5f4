"""What an image puts into the flash, and how what was read back differs from it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from bitloop.errors import FlashError

_WORD = 4


def segments(image: Path) -> list[tuple[int, bytes]]:
    """(physical address, bytes) of everything an ELF image loads; FlashError if it is none or loads nothing."""
    try:
        elf = ELFFile(io.BytesIO(image.read_bytes()))
        found = [(int(s["p_paddr"]), bytes(s.data())) for s in elf.iter_segments("PT_LOAD") if s["p_filesz"]]
    except (OSError, ELFError) as error:
        raise FlashError(f"{image} is no image ({error}); build it first") from error
    if not found:
        raise FlashError(f"{image} loads nothing; build it with a linker script")
    return found


def compare(read: Iterable[tuple[int, bytes, bytes]]) -> str | None:
    """How (address, expected, got) differ: the first word, and how many there are; None if nothing does.

    >>> compare([(0x08000000, b"abcdefgh", b"abcdefg?")])
    '1 of 2 words read back differently, the first at 0x08000004: 0x3f676665 instead of 0x68676665'
    """
    first, wrong, words = "", 0, 0
    for address, expected, got in read:
        words += -(-len(expected) // _WORD)
        if expected == got:
            continue
        for at in range(0, len(expected), _WORD):
            want, have = expected[at : at + _WORD], got[at : at + _WORD]
            if want != have:
                wrong += 1
                first = first or f"0x{address + at:08x}: {_hex(have)} instead of {_hex(want)}"
    if not wrong:
        return None
    return f"{wrong} of {words} words read back differently, the first at {first}"


def _hex(word: bytes) -> str:
    return f"0x{int.from_bytes(word, 'little'):0{2 * len(word)}x}"
