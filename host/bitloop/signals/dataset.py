"""The signals of a project, read and checked: what a search works on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Stage

REGULAR, ABNORMAL = "regular", "abnormal"
FEWEST = {"anomaly": 20, "outlier": 12, "classes": 8, "extrapolation": 12}
"""Signals of one label below which nothing can be learned and held back at the same time, by kind."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One file: `x` is float32 (signals, samples * axes), axes interleaved, in the order of the file.

    `label` is `regular` or `abnormal` (anomaly, outlier), the class name (classes) or empty (extrapolation, which
    has `targets`, float32 (signals,), instead). `couple` names what it belongs to where a general anomaly library is
    wanted for several machines or places, each with recordings of its own.
    `cut` are lines of the file that hold only what is left of a signal, and are not in `x`.
    """

    name: str
    label: str
    x: NDArray[np.float32]
    targets: NDArray[np.float32] | None = None
    couple: str = ""
    cut: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """All recordings of a project. For multi-sensor projects `length` is 1 and a signal is one state.

    The recordings are as they were measured; `before` is what every library does to a signal before anything else.
    """

    kind: str
    axes: int
    length: int
    recordings: tuple[Recording, ...]
    multi_sensor: bool = False
    before: tuple[Stage, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in the order they first appear."""
        return tuple(dict.fromkeys(r.label for r in self.recordings))

    @property
    def couples(self) -> tuple[str, ...]:
        """Couples in the order they first appear; one without a name where there are none."""
        return tuple(dict.fromkeys(r.couple for r in self.recordings))

    @property
    def signals(self) -> int:
        """Number of signals in all recordings."""
        return sum(len(r.x) for r in self.recordings)

    def labelled(self, label: str) -> NDArray[np.float32]:
        """Every signal of a label, recording after recording; (0, samples * axes) where there is none."""
        found = [r.x for r in self.recordings if r.label == label]
        if not found:
            return np.empty((0, self.axes * self.length), dtype=np.float32)
        return np.concatenate(found)
