"""What a recording leaves on disk: the signals, what was none, and the note that says where they are from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bitloop.errors import InputError, RecordError
from bitloop.recording.file import LineFile
from bitloop.recording.layout import Layout, layout_of, new_layout
from bitloop.recording.lines import SOME, Line, Shape, shown
from bitloop.recording.note import Run, note_path, read_note, run_record, write_note
from bitloop.signals.table import MAX_VALUES


def rejected_path(recording: Path) -> Path:
    """Where the lines of a recording are kept that were no signals."""
    return recording.with_name(recording.name + ".rejected")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a recording is kept in, and what it has to agree with where it goes on in a file.

    `layout` is that of the file's lines, `lines` how many there are, `runs` what was recorded there before.
    """

    path: Path
    label: str
    shape: Shape
    append: bool
    layout: Layout
    lines: int = 0
    runs: tuple[dict[str, Any], ...] = ()

    @staticmethod
    def at(path: Path, label: str = "", shape: Shape | None = None, append: bool = False) -> Kept:
        """RecordError where something is there already that would be lost, or that does not go with it."""
        shape = shape or Shape()
        there = [each for each in (path, note_path(path), rejected_path(path)) if each.exists()]
        if not append and there:
            raise RecordError(f"{there[0]} exists already; choose another name, or say --append to go on with it")
        if not append or not path.exists():
            return Kept(path, label, Shape(), append, new_layout(path)).shaped(shape)
        layout, note = layout_of(path), read_note(path)
        if label and note["class"] and label != note["class"]:
            raise InputError(f"it was recorded as {note['class']!r}; record {label!r} into a file of its own", path)
        label = label or str(note["class"] or "")
        return Kept(path, label, Shape(), True, layout, _count(path), tuple(note["runs"])).shaped(shape)

    def shaped(self, shape: Shape) -> Kept:
        """The same with lines of that shape; RecordError where they are not what was expected, or what is there."""
        for word, wanted, sent in (
            ("axes", self.shape.axes, shape.axes),
            ("samples", self.shape.samples, shape.samples),
        ):
            if wanted and sent and wanted != sent:
                raise RecordError(f"the logger sends {sent} {word}, not {wanted}; leave out --{word}")
        if shape.values >= MAX_VALUES:
            count = f"{shape.axes} axes x {shape.samples} samples are {shape.values} values"
            raise RecordError(f"{count}; a signal has fewer than {MAX_VALUES}, so choose fewer samples")
        if refusal := self.layout.width and shape.refusal(self.layout.width):
            raise InputError(f"it has {refusal}, so nothing can be appended to it", self.path)
        return replace(self, shape=shape)


class Keeper:
    """Writes what is kept of a run. RecordError where the disk takes no more; see `LineFile`."""

    def __init__(self, kept: Kept, run: Run) -> None:
        self._kept, self._run = kept, run
        self.width = kept.layout.width
        self.rejected = 0
        self._seams: list[dict[str, int | None]] = []
        self._signals = LineFile(kept.path, kept.append)
        self._refused: LineFile | None = None
        try:
            self._note()
        except OSError as error:
            self._signals.close()
            raise RecordError(f"nothing can be written beside {kept.path} ({error.strerror}); make room") from error

    @property
    def lines(self) -> int:
        """Signals of this run by now."""
        return self._signals.lines

    def keep(self, lines: Sequence[Line]) -> None:
        """Write lines to where they belong."""
        wrong = [f"{line.number}\t{line.reason}\t{shown(line.raw)}" for line in lines if line.reason]
        if wrong:
            if self._refused is None:
                self._refused = LineFile(rejected_path(self._kept.path), self._kept.append)
            self._refused.write(wrong)
            self.rejected += len(wrong)
        right = [line for line in lines if not line.reason]
        if right:
            self.width = len(right[0].values)
            self._mark(right)
            self._signals.write([self._kept.layout.separator.join(line.values) for line in right])

    def finish(self, **known: Any) -> tuple[dict[str, Any], str]:
        """Wait for the disk and write down what is known of the run now: its record, and in words what went wrong."""
        trouble = []
        try:
            self.close()
        except RecordError as error:
            trouble.append(str(error))
        seams = self._seams if self._kept.shape.of(self.width).samples == 1 else []
        self._run = replace(self._run, lines=self.lines, rejected=self.rejected, seams=seams, **known)
        try:
            self._note()
        except OSError as error:
            trouble.append(
                f"the note beside {self._kept.path} cannot be written ({error.strerror}) and is out of date"
            )
        return run_record(self._run), "; ".join(trouble)

    def close(self) -> None:
        """Wait for the disk; safe to call twice."""
        try:
            if self._refused is not None:
                self._refused.close()
        finally:
            self._signals.close()

    def _mark(self, lines: Sequence[Line]) -> None:
        """Remember where samples are missing: no signal that is cut out of a log should span the place."""
        first = self._run.first_line + self.lines
        for number, line in enumerate(lines, first):
            if line.missing and number > 1:
                self._seams.append({"line": number, "lost": None if line.missing == SOME else line.missing})

    def _note(self) -> None:
        kept = self._kept
        if not kept.path.exists():  # nothing came, and what nothing came to is gone
            note_path(kept.path).unlink(missing_ok=True)
            return
        runs = [*kept.runs, run_record(self._run)]
        write_note(kept.path, kept.label, self.width, kept.shape.of(self.width), runs)


def _count(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
