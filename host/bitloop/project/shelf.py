"""The libraries of a project: numbered files and an index with their scores and sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from bitloop.errors import ProjectError
from bitloop.files import write_text
from bitloop.library.file import Library
from bitloop.project import toml


@dataclass(frozen=True, slots=True)
class Found:
    """One library of the index. `score` ranks; `quality` is balanced accuracy, or R² for extrapolation, worst fold.

    Sizes are bytes: `knowledge` the fitted constants, `flash` and `ram` (with stack) those of the code linked for
    the project's target. `signals` is the fingerprint of the recordings it came from.
    """

    number: int
    id: str
    family: str
    score: float
    quality: float
    knowledge: int
    flash: int
    ram: int
    signals: str

    def to_row(self) -> dict[str, toml.Value]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @staticmethod
    def read(data: Mapping[str, object], path: Path) -> Found:
        def of(key: str, kind: type) -> object:
            return toml.field(data, key, kind, path)

        kinds = {"int": int, "str": str, "float": float}
        return Found(**{f.name: of(f.name, kinds[str(f.type)]) for f in fields(Found)})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder libraries/ of a project. Libraries are only ever added; the same library keeps its number."""

    folder: Path

    @property
    def _index(self) -> Path:
        return self.folder / "index.toml"

    def path(self, number: int) -> Path:
        """Where the library file of that number is."""
        return self.folder / f"{number:03d}.json"

    def entries(self) -> tuple[Found, ...]:
        """Every library in the order of the numbers."""
        if not self._index.exists():
            return ()
        rows = toml.load(self._index).get("library", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ProjectError(f"{self._index}: [[library]] has to be an array of tables; repair it")
        return tuple(Found.read(row, self._index) for row in rows)

    def ranked(self, signals: str) -> tuple[Found, ...]:
        """Best first; libraries from other recordings than today's stand last: their scores mean something else."""
        return tuple(sorted(self.entries(), key=lambda f: (f.signals != signals, -f.score, f.number)))

    def best(self, signals: str) -> Found:
        """The best library of the project."""
        ranked = self.ranked(signals)
        if not ranked:
            raise ProjectError(f"{self.folder.parent} has no libraries yet; find some with: bitloop search")
        return ranked[0]

    def get(self, number: int) -> Found:
        """The library of that number."""
        for found in self.entries():
            if found.number == number:
                return found
        known = ", ".join(str(f.number) for f in self.entries()) or "none yet"
        raise ProjectError(f"{self.folder.parent} has no library {number}; there are: {known}")

    def load(self, found: Found) -> Library:
        """The library itself, checked against the index."""
        library = Library.load(self.path(found.number))
        if library.id != found.id:
            raise ProjectError(f"{self.path(found.number)} is not the library the index names; search again")
        return library

    def put(self, libraries: Sequence[tuple[Library, Found]]) -> tuple[Found, ...]:
        """Store libraries and return their entries with the numbers they got (whatever numbers they came with)."""
        index = list(self.entries())
        numbers = {found.id: found.number for found in index}
        free = max((found.number for found in index), default=0) + 1
        stored = []
        for library, found in libraries:
            number = numbers.setdefault(library.id, free)
            free = max(free, number + 1)
            entry = Found(number, *(getattr(found, f.name) for f in fields(Found)[1:]))
            library.save(self.path(number))
            stored.append(entry)
        kept = {found.number: found for found in [*index, *stored]}
        rows = [kept[number].to_row() for number in sorted(kept)]
        write_text(self._index, toml.tables("library", rows))
        return tuple(stored)

    def clear(self) -> None:
        """Remove every library the index names."""
        for found in self.entries():
            self.path(found.number).unlink(missing_ok=True)
        self._index.unlink(missing_ok=True)
