"""Numbers on the command line: `3,7,10-20`, `256,128`, `80,20`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BitloopError
from bitloop.signals.reader import line_range
from bitloop.signals.shape.sheet import Sheet

Ranges = tuple[tuple[int, int], ...]
"""First and last of each, from 1."""
OPEN = 1 << 40
"""A range that ends here or later was written without an end."""
LONGEST = 24
"""Characters of a range: two numbers of lines."""


def ranges(text: str, what: str) -> Ranges:
    """Ranges counted from 1, first and last included: `3,7,10-20`, `50-`, `-20`. `what` is for the message."""
    if not text.strip():
        raise BitloopError(f"nobody said which {what}; write 3,7,10-20 for some of them")
    if any(len(part) > LONGEST for part in text.split(",")):
        raise BitloopError(f"{text[:LONGEST]!r}... is no range of {what}; write 3,7,10-20")
    if any(not part.strip() for part in text.split(",")):
        raise BitloopError(f"{text!r} has a comma without a number beside it; write 3,7,10-20")
    return tuple(line_range(part, what) for part in text.split(","))


def chosen(sheet: Sheet, wanted: Ranges, numbers: NDArray[np.int64], what: str) -> NDArray[np.bool_]:
    """Which of some ascending numbers are in one of the ranges; BitloopError where a range goes beyond them."""
    mask = np.zeros(len(numbers), dtype=np.bool_)
    for first, last in wanted:
        beyond = next((n for n in (first, last) if numbers[-1] < n < OPEN), None)
        if beyond is not None:
            raise sheet.refuse(f"there is no {beyond} among {what} {numbers[0]}-{numbers[-1]}")
        mask |= (first <= numbers) & (numbers <= last)
    return mask


def whole(text: str, least: int, most: int, what: str) -> int:
    """One whole number within its limits."""
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:20]) <= most:
        raise BitloopError(f"{text!r} is no {what}; give a whole number from {least} to {most}")
    return int(text)


def shares(texts: list[str]) -> tuple[int, ...]:
    """Percentages of two parts or more, together 100."""
    found = tuple(whole(text, 1, 99, "share in per cent") for text in texts)
    if len(found) < 2 or sum(found) != 100:
        raise BitloopError(f"the shares {','.join(texts) or '(none)'} do not make 100; give 80,20 or 60,20,20")
    return found
