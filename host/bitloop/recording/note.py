"""The note beside a recording, `FILE.json`: what was recorded, when, from where, at what rate, and what was lost.

It is written when a recording begins and again when it ends. Where the last run still has the end `running`, the
recording was killed. One that goes on in the same file adds a run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bitloop.errors import InputError
from bitloop.files import write_text
from bitloop.recording.lines import Shape

_FORMAT = 1
_KEY = "bitloop_recording"
_MOST_BYTES = 1 << 24
RUNNING, COMPLETE, STOPPED, TIME, UNPLUGGED, FULL, HOPELESS = (
    "running",
    "complete",
    "stopped",
    "time",
    "unplugged",
    "full",
    "hopeless",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where signals came from, and how: `usb` is the port's serial number, `sensor` what the board said about it."""

    port: str
    baud: int
    usb: str = ""
    board: str = ""
    mode: str = "text"
    sensor: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """One stretch of a recording: its lines begin at `first_line` (from 1), times are UTC in ISO 8601.

    `end` is one of the words above; `time` means that it was over before all signals came. `rejected` lines are in
    `FILE.rejected`; of `fragments`, lines at either end, a part was missing. `lost` counts samples known to be
    missing, `overruns` how often the sensor's memory overflowed, which costs samples nobody can count; both are None
    where nothing numbers the samples. `seams` are the lines of a continuous log before which samples are `lost`, None
    of a number nobody knows. `line_rate` and `sample_rate` are a `Rate` and what it was measured by, `clock` is the
    board's clock by this computer's; None where they were not measured.
    """

    origin: Origin
    started: str
    first_line: int
    ended: str = ""
    end: str = RUNNING
    lines: int = 0
    rejected: int = 0
    fragments: int = 0
    resumed: int = 0
    lost: int | None = None
    overruns: int | None = None
    seams: Sequence[Mapping[str, int | None]] = ()
    line_rate: Mapping[str, Any] | None = None
    sample_rate: Mapping[str, Any] | None = None
    clock: Mapping[str, Any] | None = None


def note_path(recording: Path) -> Path:
    """Where the note of a recording is."""
    return recording.with_name(recording.name + ".json")


def write_note(recording: Path, label: str, columns: int, shape: Shape, runs: Sequence[Mapping[str, Any]]) -> None:
    """Write the note of a recording: `columns` values per line, in a shape as far as it is known."""
    known = {"axes": shape.axes or None, "samples": shape.samples or None}
    note = {_KEY: _FORMAT, "class": label or None, "columns": columns, **known, "runs": list(runs)}
    write_text(note_path(recording), json.dumps(note, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def run_record(run: Run) -> dict[str, Any]:
    """A run as the note has it."""
    record = asdict(run)
    return {**record.pop("origin"), **record}


def read_note(recording: Path) -> dict[str, Any]:
    """The note of a recording; a note without runs where there is none. InputError where it is damaged."""
    path = note_path(recording)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError("it is too large for a note of a recording; move it away", path)
        note = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"class": None, "runs": []}
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"the note of the recording cannot be read ({error}); move it away", path) from error
    runs = note.get("runs") if isinstance(note, dict) and note.get(_KEY) == _FORMAT else None
    if not isinstance(runs, list) or not all(isinstance(run, dict) for run in runs):
        raise InputError("it is no note of a recording that this bitloop knows; move it away", path)
    return {**note, "class": note.get("class"), "runs": runs}
