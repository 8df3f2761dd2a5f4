"""Several files as one."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, takewhile

import numpy as np

from bitloop.signals.shape.sheet import Sheets


def concatenate(sheets: Sheets) -> Sheets:
    """All lines, file after file. Where a log ends and the next one begins there is a seam no window spans."""
    first = sheets[0]
    for other in sheets[1:]:
        if (other.columns, other.target) != (first.columns, first.target):
            raise other.refuse(f"its lines have {other.columns} values and those of {first.name} {first.columns}")
        if other.log != first.log:
            raise other.refuse(f"its lines are {other.noun}s and those of {first.name} {first.noun}s")
    more = len(sheets) - 1
    name = f"{first.name}-and-{more}-more" if more else first.name
    starts = [0, *accumulate(sheet.lines for sheet in sheets)][:-1]
    inner = {seam + start for sheet, start in zip(sheets, starts, strict=True) for seam in sheet.seams}
    seams = tuple(sorted(inner | set(starts[1:]))) if first.log else ()
    done = [words[0] for words in takewhile(_alike, zip(*(sheet.done for sheet in sheets), strict=False))]
    remarks = tuple(f"{sheet.name}: {text}" for sheet in sheets for text in sheet.remarks) if more else first.remarks
    values = np.concatenate([sheet.values for sheet in sheets])
    return (replace(first, name=name, values=values, numbers=None, seams=seams, done=tuple(done), remarks=remarks),)


def _alike(words: tuple[str, ...]) -> bool:
    return len(set(words)) == 1
