"""What the demonstration is about: recordings of three fans to search with, and of a fourth to judge by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitloop.fan import Fan, record, rotation, write_csv

KNOWN, UNSEEN = (1, 2, 3), 9
"""Seeds of the specimens."""
LEARN = 200
"""Healthy signals there are to learn from the unseen fan: more than any library asks for."""
_FAULTS = ("clogged", "unbalanced")
_SPEEDS = tuple(np.arange(26.0, 56.0, 2.0).tolist())
_BETWEEN = tuple(np.arange(27.0, 55.0, 4.0).tolist())


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """A recording to write: `label` as `bitloop add --as` takes it, `target` in Hz for extrapolation."""

    name: str
    label: str
    x: NDArray[np.float32]
    target: float | None = None

    def write(self, folder: Path) -> Path:
        """Write it as a CSV file."""
        path = folder / f"{self.name}.csv"
        write_csv(path, self.x, self.target)
        return path


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """`unseen` recordings are to be judged; `learn` is of the same fan, for the kind that learns on the device."""

    known: tuple[File, ...]
    unseen: tuple[File, ...]
    learn: File | None = None

    def to_learn(self, minimum: int) -> NDArray[np.float32] | None:
        """What the library learns before it judges: somewhat more than it asks for."""
        return None if self.learn is None else self.learn.x[: max(60, minimum * 5 // 4)]


def story(kind: str) -> Story:
    """The recordings for a kind of project."""
    if kind == "extrapolation":
        return Story(_speeds(KNOWN, _SPEEDS, 12), _speeds((UNSEEN,), _BETWEEN, 20))
    known = tuple(file for specimen in KNOWN for file in _conditions(kind, specimen, 60, 30))
    unseen = tuple(_conditions(kind, UNSEEN, 100, 50))
    if kind != "anomaly":
        return Story(known, unseen)
    return Story(known, unseen, File("learn", "regular", record(Fan.specimen(UNSEEN), "healthy", LEARN, UNSEEN + 1)))


def _conditions(kind: str, specimen: int, healthy: int, faulty: int) -> list[File]:
    fan = Fan.specimen(specimen)
    files = []
    for condition in ("healthy", *_FAULTS):
        count = healthy if condition == "healthy" else faulty
        label = condition if kind == "classes" else "regular" if condition == "healthy" else "abnormal"
        files.append(File(f"{condition}-{specimen}", label, record(fan, condition, count, specimen)))
    return files


def _speeds(specimens: tuple[int, ...], speeds: tuple[float, ...], count: int) -> tuple[File, ...]:
    return tuple(
        File(f"fan-{specimen}-{speed:g}-hz", "", rotation(Fan.specimen(specimen), speed, count, specimen), speed)
        for specimen in specimens
        for speed in speeds
    )
