"""What the note beside a recording knows of its samples, for whoever reads the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bitloop.errors import InputError
from bitloop.recording.note import note_path, read_note
from bitloop.signals.table import Table

_FASTEST = 1e9  # Hz
_APART = 0.02  # rates of runs that differ by more are not one


def with_note(path: Path, table: Table) -> Table:
    """The table of a continuous log with its rate, axes, units and seams, where a note of such lines says them.

    A note that is damaged, or of another file, is none: nobody needs one to read signals.
    """
    if not note_path(path).is_file():
        return table
    try:
        note = read_note(path)
    except InputError:
        return table
    columns = table.values.shape[1]
    if note.get("columns") != columns or note.get("axes") != columns or note.get("samples") != 1:
        return table
    sensors = [run["sensor"] for run in note["runs"] if isinstance(run.get("sensor"), Mapping)]
    letters, unit = ({str(sensor.get(key, "")) for sensor in sensors} for key in ("letters", "unit"))
    names = tuple(letters.pop()) if len(letters) == 1 else ()
    if len(names) != columns:
        names = tuple(f"axis {axis}" for axis in range(1, columns + 1))
    units = (unit.pop(),) * columns if len(unit) == 1 else ()
    return replace(table, rate_hz=_rate(note), axes=names, units=units, seams=_seams(note, table))


def _rate(note: Mapping[str, Any]) -> float | None:
    """The true rate where it was measured, else the nominal one; None where the runs do not agree."""
    rates = []
    for run in note["runs"]:
        measured, nominal = run.get("sample_rate"), run.get("sensor")
        rate = measured.get("hertz") if isinstance(measured, Mapping) else None
        rate = nominal.get("rate") if rate is None and isinstance(nominal, Mapping) else rate
        if isinstance(rate, int | float) and 0 < rate <= _FASTEST:
            rates.append(float(rate))
    return float(np.median(rates)) if rates and max(rates) <= (1 + _APART) * min(rates) else None


def _seams(note: Mapping[str, Any], table: Table) -> tuple[int, ...]:
    """Rows before which samples are missing: those the note names, and where one run ended and the next began."""
    lines = [run.get("first_line") for run in note["runs"]]
    for run in note["runs"]:
        seams = run.get("seams")
        lines += [seam.get("line") for seam in seams if isinstance(seam, Mapping)] if isinstance(seams, list) else []
    numbers = np.unique([line for line in lines if isinstance(line, int) and 1 <= line <= table.lines[-1]])
    rows = np.unique(np.searchsorted(table.lines, numbers))
    return tuple(int(row) for row in rows if row > 0)
