"""The project folder: settings in bitloop.toml, copies of the user's files in signals/, results in libraries/.

    fan/bitloop.toml          name, kind, axes, target, budgets
    fan/signals/index.toml    one entry per recording: label, source, SHA-256, lines
    fan/signals/*.csv         the user's files, byte for byte
    fan/libraries/index.toml  one entry per library: family, score, sizes
    fan/libraries/NNN.json    the library files
    fan/libraries/search.json how the last search went
    fan/removed/*.csv         recordings that were removed, as they were
    fan/search/*.jsonl        journals of searches, to go on from after a kill

An index is written after the files it names, so a killed command leaves the project as it was before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bitloop.cache import cache_dir, digest
from bitloop.errors import ProjectError
from bitloop.files import copy, refuse_overwrite, write_text
from bitloop.project import toml
from bitloop.project.names import check_name
from bitloop.project.searches import Searches
from bitloop.project.settings import SETTINGS, Settings
from bitloop.project.shelf import Shelf
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bitloop.signals.band import Band
    from bitloop.signals.table import Table


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording. `file` is its name in signals/, `source` the name of the user's file; `values` are per line.

    `cut` are the lines that were left out, as they hold only what is left of a signal.
    """

    file: str
    label: str
    source: str
    sha256: str
    lines: int
    values: int
    couple: str = ""
    cut: tuple[int, ...] = ()

    def to_row(self) -> dict[str, toml.Value]:
        row = {key: getattr(self, key) for key in ("file", "label", "source", "sha256", "lines", "values")}
        row |= {"couple": self.couple} if self.couple else {}
        return row | ({"cut": list(self.cut)} if self.cut else {})

    @staticmethod
    def read(data: Mapping[str, object], path: Path) -> Entry:
        file, label, source, sha256 = (toml.field(data, k, str, path) for k in ("file", "label", "source", "sha256"))
        lines, values = (toml.field(data, key, int, path) for key in ("lines", "values"))
        couple = toml.field({"couple": "", **data}, "couple", str, path)
        cut = toml.field({"cut": [], **data}, "cut", list, path)
        if not all(type(line) is int for line in cut):
            raise ProjectError(f"{path}: the field 'cut' has to be a list of whole numbers; repair it")
        entry = Entry(file, label, source, sha256, lines, values, couple, tuple(cut))
        check_name(entry.file, "recording")
        if entry.couple:
            check_name(entry.couple, "couple")
        return entry


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder as it is on disk; every method reads or writes through."""

    folder: Path
    settings: Settings

    @staticmethod
    def create(folder: Path, settings: Settings, force: bool = False) -> Project:
        """Make the folder. A folder with anything in it is refused; `force` empties a project that stands there."""
        project = Project(folder, settings)
        if folder.is_dir() and any(folder.iterdir()) and not force:
            raise ProjectError(f"{folder} is not empty; choose another name or say --force to start it afresh")
        if folder.exists() and not folder.is_dir():
            raise ProjectError(f"{folder} is a file; choose another name")
        with project.lock():
            project._empty()
            write_text(folder / SETTINGS, settings.to_toml())
        return project

    @staticmethod
    def load(folder: Path) -> Project:
        """The project in that folder."""
        if not (folder / SETTINGS).is_file():
            raise ProjectError(f"{folder} is no bitloop project (no {SETTINGS}); make one with: bitloop new {folder}")
        return Project(folder, Settings.load(folder / SETTINGS))

    @property
    def signals(self) -> Path:
        """Folder of the recordings."""
        return self.folder / "signals"

    @property
    def libraries(self) -> Shelf:
        """What searches have found."""
        return Shelf(self.folder / "libraries")

    @property
    def searches(self) -> Searches:
        """Journals, to go on from."""
        return Searches(self.folder / "search")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other commands from changing the project at the same time."""
        from filelock import FileLock

        path = cache_dir() / "locks" / f"{digest([str(self.folder.resolve())])[:32]}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path):
            yield

    def entries(self) -> list[Entry]:
        """Recordings in the order they were added."""
        path = self.signals / "index.toml"
        if not path.exists():
            return []
        rows = toml.load(path).get("recording", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ProjectError(f"{path}: [[recording]] has to be an array of tables; repair it")
        return [Entry.read(row, path) for row in rows]

    def add(self, path: Path, label: str = "", name: str = "", force: bool = False, couple: str = "") -> Entry:
        """Copy a recording into the project. `name` replaces the file's name; `force` replaces one of that name.

        `couple` names the machine or place it belongs to, where one anomaly library is wanted for several.
        """
        from bitloop.signals.reader import check_width, read_table, sha256

        with self.lock():
            entries = self.entries()
            file = self._file_name(path, name)
            others = [e for e in entries if e.file.lower() != file.lower()]
            self._check_label(label, others)
            self._check_couple(couple)
            digits = sha256(path)
            table = read_table(path)
            check_width(path, table, axes=self.settings.axes, **self._shape())
            self._check_same_width(path, table, others)
            lines, values = table.values.shape
            entry = Entry(file, label, path.name, digits, lines, values, couple, table.cut)
            if len(others) < len(entries) and not force:
                advice = "give this one another --name, or say --force to replace it"
                raise ProjectError(f"{self.folder} has a recording {file} already; {advice}")
            kept = self.signals / file
            if not (kept.is_file() and sha256(kept) == digits):
                refuse_overwrite(kept, force)
                copy(path, kept, digits)
            self._write_index([entry if e.file.lower() == file.lower() else e for e in entries], entry)
        return entry

    def remove(self, name: str) -> tuple[Entry, Path]:
        """Take a recording out of the project: its entry, and where in removed/ its copy is kept."""
        with self.lock():
            entries = self.entries()
            gone = next((e for e in entries if e.file == name), None)
            if gone is None:
                known = ", ".join(e.file for e in entries) or "none"
                raise ProjectError(f"{self.folder} has no recording {name!r}; there are: {known}")
            kept = self._free(gone.file)
            self._write_index([e for e in entries if e != gone])
            if (self.signals / gone.file).exists():
                kept.parent.mkdir(exist_ok=True)
                (self.signals / gone.file).rename(kept)
        return gone, kept

    def filtered(self, band: Band) -> Project:
        """The project with another rate or filter, written down; its libraries stay, as of other signals."""
        changed = Project(self.folder, replace(self.settings, band=band))
        with self.lock():
            write_text(self.folder / SETTINGS, changed.settings.to_toml())
        return changed

    def dataset(self) -> Dataset:
        """All recordings, read and checked against the index."""
        return self.read()[0]

    def read(self) -> tuple[Dataset, dict[str, NDArray[np.int64]]]:
        """The data set, and each recording's line numbers by its name."""
        from bitloop.signals.reader import read_table, recording, sha256

        recordings, lines = [], {}
        entries = self.entries()
        for entry in entries:
            path = self.signals / entry.file
            if sha256(path) != entry.sha256:
                raise ProjectError(f"{path} was changed after it was added; add it again with --force")
            table = read_table(path)
            lines[entry.file] = table.lines
            made = recording(entry.file, entry.label, table, target_first=self._target_first)
            recordings.append(replace(made, couple=entry.couple))
        settings = self.settings
        length = self._values(entries[0].values) // settings.axes if entries else 0
        return Dataset(
            settings.kind, settings.axes, length, tuple(recordings), settings.multi_sensor, settings.band.stages()
        ), lines

    def fingerprint(self) -> str:
        """12 digits that change with any signal, label or filter: libraries remember what they came from."""
        couples = [e.couple for e in self.entries() if e.couple]
        band = [repr(self.settings.band)] if self.settings.band else []
        return digest([part for e in self.entries() for part in (e.label, e.sha256)] + couples + band)[:12]

    @property
    def _target_first(self) -> bool:
        return self.settings.kind == "extrapolation"

    def _shape(self) -> dict[str, bool]:
        return {"target_first": self._target_first, "multi_sensor": self.settings.multi_sensor}

    def _values(self, count: int) -> int:
        return count - 1 if self._target_first else count

    def _file_name(self, path: Path, name: str) -> str:
        suffix = path.suffix.lower()
        stem = check_name(name, "recording") if name else path.stem
        return check_name(f"{stem.removesuffix(suffix)}{suffix}", "recording")

    def _check_label(self, label: str, others: list[Entry]) -> None:
        kind = self.settings.kind
        if kind == "extrapolation":
            if label:
                raise ProjectError("recordings for extrapolation have no label: leave --as away")
            return
        if not label:
            raise ProjectError(f"say with --as what the recording is: {_labels(kind)}")
        if kind != "classes":
            if label not in (REGULAR, ABNORMAL):
                raise ProjectError(f"{label!r} is no label for {kind}; say --as {_labels(kind)}")
            return
        check_name(label, "class")
        twin = next((e.label for e in others if e.label != label and e.label.lower() == label.lower()), None)
        if twin is not None:
            raise ProjectError(f"the classes {label!r} and {twin!r} differ only in case; use one spelling")

    def _check_couple(self, couple: str) -> None:
        if not couple:
            return
        if self.settings.kind != "anomaly":
            raise ProjectError("only anomaly projects have couples: leave --couple away")
        check_name(couple, "couple")

    def _check_same_width(self, path: Path, table: Table, others: list[Entry]) -> None:
        count = table.values.shape[1]
        if others and others[0].values != count:
            raise ProjectError(
                f"{path} has {count} values per line and the project's {others[0].file} has {others[0].values};"
                " all recordings of a project have the same length"
            )

    def _free(self, name: str) -> Path:
        """Where a removed recording can be kept without replacing another."""
        path, number = self.folder / "removed" / name, 2
        while path.exists():
            path, number = path.with_name(f"{Path(name).stem}-{number}{Path(name).suffix}"), number + 1
        return path

    def _write_index(self, entries: list[Entry], new: Entry | None = None) -> None:
        if new is not None and new not in entries:
            entries = [*entries, new]
        write_text(self.signals / "index.toml", toml.tables("recording", [e.to_row() for e in entries]))

    def _empty(self) -> None:
        """Remove what the indexes name, and nothing else."""
        if not (self.folder / SETTINGS).exists():
            return
        for entry in self.entries():
            (self.signals / entry.file).unlink(missing_ok=True)
        (self.signals / "index.toml").unlink(missing_ok=True)
        self.libraries.clear()
        self.searches.clear()


def _labels(kind: str) -> str:
    return "NAME" if kind == "classes" else f"{REGULAR} or {ABNORMAL}"
