"""How what was read back differs from what was programmed."""

from __future__ import annotations

from collections.abc import Iterable

_WORD = 4


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
