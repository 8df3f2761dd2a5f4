"""What a test proves: a library, and the signals it is proved with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bitloop.errors import LibraryError, ProjectError
from bitloop.kernels.base import Features
from bitloop.library.file import Library
from bitloop.project import Project
from bitloop.signals.choose import choose_signals
from bitloop.signals.reader import read_table
from bitloop_hil.prove import Signals

SIGNALS = 200
"""About how many signals a proof sends unless told otherwise."""

Given = Path | str | Features
"""A text file of signals, one per line, or float32 (signals, samples * axes)."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A library, and its project if it has one."""

    library: Library
    project: Project | None = None

    @staticmethod
    def load(path: Path, number: int | None = None) -> Subject:
        """A project folder (its best library, or the one of that number) or a library file."""
        if not path.is_dir():
            if number is not None:
                raise ProjectError(f"{path} is no project folder, so it has no library {number}")
            return Subject(Library.load(path))
        project = Project.load(path)
        shelf = project.libraries
        found = shelf.chosen(project.fingerprint()) if number is None else shelf.get(number)
        return Subject(shelf.load(found), project)

    def signals(self, detect: Given | None, learn: Given | None, count: int) -> Signals:
        """What was given, else about `count` of the project's signals, else synthetic ones."""
        library = self.library
        learns = library.kind == "anomaly"
        if detect is None and self.project is not None:
            chosen, judged = choose_signals(self.project.dataset(), count, library.learning)
        else:
            judged = synthetic(library, count, 1) if detect is None else _table(detect)
            chosen = synthetic(library, max(library.learning, 20), 2) if learns and learn is None else None
        return Signals(judged, chosen if learn is None else _table(learn))


def find(given: Path | str, folders: Iterable[Path]) -> Path:
    """A path that may be relative to one of some folders; LibraryError lists where it was looked for."""
    places = list(dict.fromkeys(Path(folder) / given for folder in folders))
    for place in places:
        if place.exists():
            return place
    raise LibraryError(f"{given} is neither a project nor a library file; looked for {', '.join(map(str, places))}")


def synthetic(library: Library, count: int, seed: int) -> Features:
    """Seeded signals for a library that comes without any: tones with noise, at scales from 1e-3 to 1e3."""
    random = np.random.default_rng([seed, library.axes, library.length])
    time = np.arange(library.length)[None, :, None]
    shape = (count, 1, library.axes)
    tone = np.sin(random.uniform(0.05, 3.0, shape) * time + random.uniform(0, 6.3, shape))
    noise = random.normal(0.0, 0.2, (count, library.length, library.axes))
    scale = 10.0 ** random.uniform(-3, 3, (count, 1, 1))
    signals: Features = ((tone + noise + 0.1) * scale).reshape(count, -1).astype(np.float32)
    return signals


def _table(given: Given) -> Features:
    return given if isinstance(given, np.ndarray) else read_table(Path(given)).values
