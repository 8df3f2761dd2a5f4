"""One set of signals as several: to test on what nobody trained with, or to hand out in portions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from bitloop.errors import BitloopError
from bitloop.signals.shape.sheet import Sheet, Sheets, count

_SHARED = "neighbouring parts share samples, as windows overlap: to test on one of them, split first and window then"


def by_share(sheet: Sheet, shares: Sequence[int]) -> Sheets:
    """Consecutive parts of the file with these shares, in per cent, of its lines."""
    cuts = [round(sheet.lines * done / 100) for done in np.cumsum([0, *shares])]
    if any(end == start for start, end in pairwise(cuts)):
        raise sheet.refuse(f"{count(sheet.lines, sheet.noun)} are too few for {len(shares)} such parts")
    return _parts(sheet, cuts)


def by_block(sheet: Sheet, size: int) -> Sheets:
    """Consecutive parts of `size` lines; the last one has what is left."""
    return _parts(sheet, [*range(0, sheet.lines, size), sheet.lines])


def by_file(sheets: Sheets, shares: Sequence[int]) -> Sheets:
    """Whole files in parts whose shares of all lines come closest, in the order the files were given."""
    if len(sheets) < len(shares):
        raise BitloopError(f"{count(len(sheets), 'file')} cannot make {len(shares)} parts; give more, or say share")
    ends = np.cumsum([sheet.lines for sheet in sheets])
    cuts = [0]
    for number, done in enumerate(np.cumsum(shares)[:-1], 1):
        possible = np.arange(cuts[-1] + 1, len(sheets) - (len(shares) - number) + 1)
        cuts.append(int(possible[np.abs(ends[possible - 1] - ends[-1] * done / 100).argmin()]))
    cuts.append(len(sheets))
    part = np.repeat(np.arange(1, len(shares) + 1), np.diff(cuts))
    return tuple(replace(s, part=f"part-{n}") for s, n in zip(sheets, part, strict=True))


def _parts(sheet: Sheet, cuts: Sequence[int]) -> Sheets:
    marked = sheet.with_remark(_SHARED) if sheet.overlap else sheet
    digits = len(str(len(cuts) - 1))
    return tuple(
        replace(marked.with_lines(np.arange(start, end)), part=f"part-{number:0{digits}}")
        for number, (start, end) in enumerate(pairwise(cuts), 1)
    )
