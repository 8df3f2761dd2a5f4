"""From a file to a sheet, and the files that sheets become."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bitloop.errors import BitloopError, InputError
from bitloop.signals.reader import read_table
from bitloop.signals.shape.sheet import Sheet, Sheets, Values
from bitloop.signals.table import MAX_VALUES, Table

LONGEST = 96
"""Bytes of a file's name without its suffix: what a project takes, less the suffix."""


def open_sheet(path: Path, axes: int | None = None, log: bool = False, target: bool = False) -> Sheet:
    """The file; a log where that is said, or where its lines have one value per axis."""
    return sheet_of(path, read_table(path), axes, log, target)


def sheet_of(path: Path, table: Table, axes: int | None = None, log: bool = False, target: bool = False) -> Sheet:
    """The same of what was read; a log, too, where the file itself says that it is one."""
    values = table.values
    columns, log = values.shape[1], log or bool(table.axes)
    if log and axes not in (None, columns):
        advice = "remove-columns takes away what is no axis, so leave --axes out"
        raise InputError(f"a sample has {columns} values and --axes says {axes}; {advice}", path)
    if log and target:
        raise InputError("a sample of a log has no target; leave --target-first or --log out", path)
    log = log or (columns == axes and not target)
    sheet = Sheet(path.stem, values, axes, log, target, table.seams if log else (), numbers=table.lines)
    if not table.cut:
        return sheet
    lines = " and ".join(map(str, table.cut))
    return sheet.with_remark(f"line{'s' * (len(table.cut) > 1)} {lines} of the file broken off and left out")


def results(sheets: Sheets, folder: Path, sources: Iterable[Path]) -> dict[Path, Sheet]:
    """Where each sheet is to be written; BitloopError where a name stands for two, or for one of the sources."""
    for sheet in sheets:
        if not sheet.log and sheet.columns >= MAX_VALUES:
            raise sheet.refuse(f"{sheet.columns} values on a line are too many; a signal has fewer than {MAX_VALUES}")
    paths = [folder / f"{_name(sheet)}.csv" for sheet in sheets]
    twice = next((path for path, number in Counter(paths).items() if number > 1), None)
    if twice is not None:
        raise BitloopError(f"two of the files would become {twice}; work on them one at a time, or rename one")
    originals = {path.resolve() for path in sources}
    own = next((path for path in paths if path.resolve() in originals), None)
    if own is not None:
        raise BitloopError(f"{own} is one of the files worked on and is not replaced; choose another folder with -o")
    return {path: replace(sheet, name=path.stem) for path, sheet in zip(paths, sheets, strict=True)}


def to_csv(values: Values) -> bytes:
    """A line per row, commas between the values, each the shortest decimal that reads back as the same float32."""
    import polars as pl

    stream = io.BytesIO()
    pl.DataFrame(values, schema=[str(n) for n in range(values.shape[1])]).write_csv(stream, include_header=False)
    return stream.getvalue()


def _name(sheet: Sheet) -> str:
    """The file's name and what was done; where that is too long, its beginning and eight digits of all of it."""
    name = ".".join((sheet.name, *sheet.done))
    raw = name.encode()
    if len(raw) <= LONGEST:
        return name
    digits = hashlib.sha256(raw).hexdigest()[:8]
    return f"{raw[: LONGEST - 9].decode(errors='ignore').rstrip('.')}.{digits}"
