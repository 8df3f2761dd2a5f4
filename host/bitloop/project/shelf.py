"""The libraries of a project: numbered files, an index with their scores and sizes, and how the last search went."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bitloop.errors import ProjectError
from bitloop.files import write_text
from bitloop.library.file import Library
from bitloop.project import toml
from bitloop.project.found import Found


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder libraries/ of a project. Libraries are only ever added; the same library keeps its number."""

    folder: Path

    @property
    def _index(self) -> Path:
        return self.folder / "index.toml"

    @property
    def _last(self) -> Path:
        return self.folder / "search.json"

    def path(self, number: int) -> Path:
        """Where the library file of that number is."""
        return self.folder / f"{number:03d}.json"

    def entries(self) -> tuple[Found, ...]:
        """Every library in the order of the numbers."""
        rows = self._content().get("library", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ProjectError(f"{self._index}: [[library]] has to be an array of tables; repair it")
        return tuple(Found.read(row, self._index) for row in rows)

    def ranked(self, signals: str) -> tuple[Found, ...]:
        """Best first, of equals the lightest; those from other recordings than today's stand last.

        Their scores mean something else.
        """
        return tuple(
            sorted(self.entries(), key=lambda f: (f.signals != signals, -f.score, f.flash, f.ram, f.cycles, f.number))
        )

    @property
    def crowned(self) -> int | None:
        """Number of the library the user chose, if there is one."""
        number = self._content().get("crowned")
        return number if isinstance(number, int) and not isinstance(number, bool) else None

    def crown(self, number: int | None) -> Found | None:
        """Make a library the project's choice whatever its score; None leaves the choice to the score again."""
        found = None if number is None else self.get(number)
        self._write(self.entries(), number)
        return found

    def chosen(self, signals: str) -> Found:
        """The crowned library, else the best one."""
        number = self.crowned
        return self.best(signals) if number is None else self.get(number)

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
            entry = replace(found, number=number)
            library.save(self.path(number))
            stored.append(entry)
        kept = {found.number: found for found in [*index, *stored]}
        self._write([kept[number] for number in sorted(kept)], self.crowned)
        return tuple(stored)

    def note(self, record: Mapping[str, Any]) -> None:
        """Remember how the last search went: plain data."""
        write_text(self._last, json.dumps(record, indent=1, allow_nan=False, ensure_ascii=False) + "\n")

    def noted(self) -> dict[str, Any]:
        """How the last search went; nothing where there was none."""
        try:
            record = json.loads(self._last.read_text(encoding="utf-8")) if self._last.exists() else {}
        except (ValueError, RecursionError) as error:
            raise ProjectError(
                f"{self._last} is damaged ({error}); delete it, it is only about the last search"
            ) from error
        return record if isinstance(record, dict) else {}

    def clear(self) -> None:
        """Remove every library the index names."""
        for found in self.entries():
            self.path(found.number).unlink(missing_ok=True)
        self._index.unlink(missing_ok=True)
        self._last.unlink(missing_ok=True)

    def _content(self) -> dict[str, Any]:
        return toml.load(self._index) if self._index.exists() else {}

    def _write(self, found: Sequence[Found], crowned: int | None) -> None:
        head = toml.table({} if crowned is None else {"crowned": crowned})
        text = toml.tables("library", [one.to_row() for one in found])
        write_text(self._index, head + ("\n" if head and text else "") + text)
