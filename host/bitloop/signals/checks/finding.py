"""What a check says, and what it looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.signals.checks.profile import Profile
from bitloop.signals.dataset import Dataset, Recording

_SHOWN_LINES = 8
_MOST_RANGES = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem (`blocking`) or warning: where, what, and what to do.

    `lines` are the first few of the file's lines it is about, from 1; `total` is how many there are in all, and
    `ranges` are all of them, as `3,7-9`; nothing where that would be too long.
    """

    blocking: bool
    code: str
    what: str
    advice: str
    recording: str = ""
    label: str = ""
    lines: tuple[int, ...] = ()
    total: int = 0
    ranges: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is looked at: signals, the file's line of each, what was measured of each, the sampling rate if known."""

    dataset: Dataset
    lines: Mapping[str, NDArray[np.int64]]
    profiles: Mapping[str, Profile]
    rate_hz: float | None = None

    def planar(self, recording: Recording) -> NDArray[np.float32]:
        """(signals, samples, axes); a view."""
        return recording.x.reshape(len(recording.x), self.dataset.length, self.dataset.axes)

    def warning(
        self, code: str, what: str, advice: str, recording: Recording, signals: Iterable[int] | NDArray[np.intp]
    ) -> Finding:
        """About these signals of a recording, numbered from 0."""
        lines = [int(self.lines[recording.name][i]) for i in signals]
        return about(code, what, advice, recording, lines)


def about(code: str, what: str, advice: str, recording: Recording, lines: Sequence[int]) -> Finding:
    """A warning about these lines, in order."""
    some = tuple(lines[:_SHOWN_LINES])
    return Finding(False, code, what, advice, recording.name, recording.label, some, len(lines), _ranges(lines))


def _ranges(lines: Sequence[int]) -> str:
    """`3,7-9,12`; nothing where there are too many."""
    numbers = np.asarray(lines, dtype=np.int64)
    parts = np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1)
    if not len(numbers) or len(parts) > _MOST_RANGES:
        return ""
    return ",".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else f"{part[0]}" for part in parts)


def axes_have(axes: Iterable[int]) -> str:
    """`axis 2 has`, `axes 1, 2 have` of axes numbered from 0."""
    names = [str(axis + 1) for axis in sorted(set(axes))]
    return f"axis {names[0]} has" if len(names) == 1 else f"axes {', '.join(names)} have"


def counted(number: int, noun: str) -> str:
    """`1 signal`, `2 signals`."""
    return f"{number} {noun}{'s' * (number != 1)}"
