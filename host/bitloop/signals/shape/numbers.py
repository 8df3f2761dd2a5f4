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


def ranges(text: str, what: str) -> Ranges:
    """Ranges counted from 1, first and last included: `3,7,10-20`, `50-`, `-20`. `what` is for the message."""
    if not text.strip():
        raise BitloopError(f"nobody said which {what}; write 3,7,10-20 for some of them")
    if any(not part.strip() for part in text.split(",")):
        raise BitloopError(f"{text!r} has a comma without a number beside it; write 3,7,10-20")
    return tuple(line_range(part, what) for part in text.split(","))


def chosen(sheet: Sheet, wanted: Ranges, count: int, what: str) -> NDArray[np.bool_]:
    """(count,): what is in one of the ranges; BitloopError where a range names more than there are."""
    mask = np.zeros(count, dtype=np.bool_)
    for first, last in wanted:
        beyond = next((n for n in (first, last) if count < n < OPEN), None)
        if beyond is not None:
            raise sheet.refuse(f"there is no {beyond} among {what} 1-{count}")
        mask[first - 1 : min(last, count)] = True
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
