"""Tags: which stretch of an acquisition somebody named how."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bitloop.signals.acquisitions.model import Tag


def pair(marks: Iterable[tuple[str, bool, float]]) -> tuple[Tag, ...]:
    """Tags of marks (label, whether it begins here, seconds): each ends where its label next does, or never."""
    ends: dict[str, float] = {}
    found = []
    for label, begins, seconds in sorted(marks, key=lambda mark: mark[2], reverse=True):
        if begins:
            found.append(Tag(label, seconds, ends.get(label, math.inf)))
        else:
            ends[label] = seconds
    return tuple(reversed(found))
