"""Reading files of signals, whatever their format: the name's suffix decides.

A further format is a module that makes a `Table` and a line in `READERS`.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from bitloop.errors import BitloopError, InputError
from bitloop.recording.known import with_note
from bitloop.signals import text
from bitloop.signals.dataset import Recording
from bitloop.signals.formats import numpy_file, parquet, wav
from bitloop.signals.log import Log
from bitloop.signals.table import Table, check_size

READERS: Mapping[str, Callable[[Path], Table]] = {
    ".csv": text.read,
    ".txt": text.read,
    ".wav": wav.read,
    ".npy": numpy_file.read_npy,
    ".npz": numpy_file.read_npz,
    ".parquet": parquet.read,
}


def read_table(path: Path) -> Table:
    """Every signal of the file. InputError says what is wrong and where; no other error comes of any content."""
    return with_note(path, check_size(path, _reader(path)(path)))


def read_recording(
    path: Path, label: str, *, axes: int, target_first: bool = False, multi_sensor: bool = False
) -> Recording:
    """The file as a recording; InputError where it does not suit a project of that kind."""
    table = read_table(path)
    check_width(path, table, axes=axes, target_first=target_first, multi_sensor=multi_sensor)
    return recording(path.name, label, table, target_first=target_first)


def read_log(path: Path, axes: int | None = None, rate_hz: float | None = None, label: str = "") -> Log:
    """A continuous log, one sample per line, at the rate given or the one the file knows; InputError where lines have
    another number of values than `axes`."""
    table = read_table(path)
    count = table.values.shape[1]
    if axes is not None and count != axes:
        what = f"{count} values are not one sample of {_axes(axes)}; a continuous log has one sample per line"
        raise InputError(what, path, int(table.lines[0]))
    names = table.axes or tuple(f"axis {axis}" for axis in range(1, count + 1))
    return Log(path.name, table.values, rate_hz or table.rate_hz, names, table.units or ("",) * count, label)


def sha256(path: Path) -> str:
    """Of the file's bytes, as hexadecimal digits; InputError where it cannot be read."""
    _reader(path)
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def recording(name: str, label: str, table: Table, *, target_first: bool = False) -> Recording:
    """A table as a recording, the first column split off where it is the target."""
    if not target_first:
        return Recording(name, label, table.values, cut=table.cut)
    values = np.ascontiguousarray(table.values[:, 1:])
    return Recording(name, label, values, np.ascontiguousarray(table.values[:, 0]), cut=table.cut)


def check_width(path: Path, table: Table, *, axes: int, target_first: bool, multi_sensor: bool) -> None:
    """InputError unless the number of values per line fits the axes."""
    count, line = table.values.shape[1], int(table.lines[0])
    if target_first:
        if count < 2:
            raise InputError("there is only one number; a line is the target followed by its signal", path, line)
        count -= 1
    if multi_sensor and count != axes:
        raise InputError(f"{count} values are not one sample of {_axes(axes)} (one sample per line)", path, line)
    if count % axes:
        behind = " behind the target" if target_first else ""
        raise InputError(f"{count} values{behind} are not a multiple of {axes} axes", path, line)


def line_range(text: str, what: str = "lines") -> tuple[int, int]:
    """First and last of `7`, `1-100`, `50-`, `-20` or nothing (all); BitloopError where it is none of these.

    `what` says in the message what is counted.
    """
    first, dash, last = text.strip().partition("-")
    numbers = [int(part) if part.isascii() and part.isdigit() else None for part in (first, last)]
    start = 1 if first == "" else numbers[0]
    end = start if not dash and first else (sys.maxsize if last == "" else numbers[1])
    if start is None or end is None or not 1 <= start <= end:
        raise BitloopError(f"{text!r} is no range of {what}; write 7, 1-100 or 50-")
    return start, end


def _axes(number: int) -> str:
    return f"{number} ax{'is' if number == 1 else 'es'}"


def _reader(path: Path) -> Callable[[Path], Table]:
    """What reads files of that name; InputError where nothing does, or there is nothing to read."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise InputError(f"only {known} are read; rename it if it is text, or export it as CSV", path)
    if not path.exists():
        raise InputError("there is no such file; check the name", path)
    if not path.is_file():
        raise InputError("it cannot be read, as it is no ordinary file; check the name", path)
    try:
        path.open("rb").close()
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}); check that it is a file of yours", path) from error
    return reader
