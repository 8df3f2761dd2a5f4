"""Signals and logs as files for other programs: NumPy, Parquet, WAV, Edge Impulse."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BitloopError, InputError
from bitloop.signals.acquisitions import choose_components, read_acquisition, read_whole
from bitloop.signals.formats import edge_impulse, wav
from bitloop.signals.imports import check_source
from bitloop.signals.log import Log
from bitloop.signals.reader import read_log
from bitloop.signals.shape.files import open_sheet
from bitloop.signals.shape.sheet import Sheet

_DEVICE = "bitloop"
_KNOWING = (".wav", ".parquet")
"""Files that may know the rate of a log."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What nobody can tell from the numbers of a file: rate, and names and units of the axes."""

    rate_hz: float | None = None
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Export:
    """One file's worth: the sheet, what it means, and on what it was recorded."""

    sheet: Sheet
    meaning: Meaning
    device: str = _DEVICE

    def axes(self) -> tuple[str, ...]:
        """A name per axis."""
        return self.meaning.names or tuple(f"axis {n}" for n in range(1, self.sheet.given_axes() + 1))

    def units(self) -> tuple[str, ...]:
        """A unit per axis."""
        return self.meaning.units or ("",) * self.sheet.given_axes()


def open_folder(folder: Path, sensor: str, given: Meaning) -> tuple[Export, ...]:
    """Sensors of an acquisition, whole; InputError where one has gaps (import it, and export that)."""
    acquisition = read_acquisition(folder)
    made = []
    for component in choose_components(acquisition, sensor):
        log = read_whole(component).log
        name = f"{folder.resolve().name}_{component.name}"
        made.append(_of_log(log, name, given, acquisition.board or _DEVICE))
    return tuple(made)


def open_file(path: Path, given: Meaning, axes: int | None, log: bool, target: bool) -> Export:
    """A file of signals, or a log where that is said, the file knows its rate, or its lines have a value per axis."""
    check_source(path)
    if not target and (log or path.suffix.lower() in _KNOWING):
        read = read_log(path, axes if log else None)
        if log or read.rate_hz is not None:
            return _of_log(read, path.stem, given, _DEVICE)
    sheet = open_sheet(path, axes, log, target)
    return _checked(Export(sheet, given), path)


def to_numpy(export: Export) -> Iterator[tuple[str, bytes]]:
    """An array of a log (samples, axes), of signals (signals, samples, axes) if the axes are known, else as lines."""
    sheet = export.sheet
    whole = not sheet.log and not sheet.target and sheet.axes is not None
    stream = io.BytesIO()
    np.save(stream, sheet.signals() if whole else sheet.values, allow_pickle=False)
    yield f"{sheet.name}.npy", stream.getvalue()


def to_parquet(export: Export) -> Iterator[tuple[str, bytes]]:
    """A column per axis of a log, named with its unit, `Time` in front where the rate is known; of signals, one per
    value, `target` in front where there is one."""
    import polars as pl

    sheet = export.sheet
    columns = _columns(export)
    if "Time" in columns:
        raise sheet.refuse("Time is the name of the column of times; call the axis something else with --names")
    values = pl.DataFrame(sheet.values, schema=columns)
    if sheet.log and export.meaning.rate_hz:
        values.insert_column(0, pl.Series("Time", np.arange(sheet.lines) / export.meaning.rate_hz))
    stream = io.BytesIO()
    values.write_parquet(stream)
    yield f"{sheet.name}.parquet", stream.getvalue()


def to_edge_impulse(export: Export) -> Iterator[tuple[str, bytes]]:
    """A file per signal, or one of a log. Edge Impulse takes what is before the first dot of a name for the label."""
    rate = _rate(export, "Edge Impulse has labels")
    device = edge_impulse.Device(export.device, rate, export.axes(), export.units())
    for name, values in _pieces(export.sheet):
        yield f"{name}.json", edge_impulse.acquisition(values, device)


def to_wav(export: Export) -> Iterator[tuple[str, bytes]]:
    """A file per signal, or one of a log, a channel per axis; the values as they are."""
    rate = _rate(export, "a WAV file has samples")
    for name, values in _pieces(export.sheet):
        try:
            yield f"{name}.wav", wav.write(values, rate)
        except ValueError as error:
            raise export.sheet.refuse(str(error)) from error


FORMATS = {"numpy": to_numpy, "parquet": to_parquet, "wav": to_wav, "edge-impulse": to_edge_impulse}


def _rate(export: Export, has: str) -> float:
    """The rate that a format needs which has no targets."""
    if export.sheet.target:
        raise export.sheet.refuse(f"{has}, no targets; remove the first column with bitloop shape")
    if not export.meaning.rate_hz:
        raise export.sheet.refuse("the rate is not known; say it with --rate")
    return export.meaning.rate_hz


def _pieces(sheet: Sheet) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """A log, or each signal, as (samples, axes), with a name for its file."""
    if sheet.log:
        yield sheet.name, sheet.values
        return
    for number, signal in enumerate(sheet.signals(), 1):
        yield f"{sheet.name}.{number:05}", signal


def _of_log(log: Log, name: str, given: Meaning, device: str) -> Export:
    meaning = Meaning(given.rate_hz or log.rate_hz, given.names or log.axes, given.units or log.units)
    sheet = Sheet(name, log.x, len(log.axes), log=True)
    return _checked(Export(sheet, meaning, device), Path(name))


def _checked(export: Export, path: Path) -> Export:
    """One unit stands for every axis; InputError where names or units are not as many as the axes."""
    meaning, sheet = export.meaning, export.sheet
    if not meaning.names and not meaning.units:
        return export
    axes = sheet.given_axes()
    if len(meaning.units) == 1:
        meaning = replace(meaning, units=meaning.units * axes)
    for what, found in (("names", meaning.names), ("units", meaning.units)):
        if found and len(found) != axes:
            raise InputError(f"--{what} has {len(found)} where there are {axes} axes; give one for each", path)
    if len(set(meaning.names)) != len(meaning.names):
        raise BitloopError("two axes have the same name; give each one of its own with --names")
    return replace(export, meaning=meaning)


def _columns(export: Export) -> list[str]:
    sheet = export.sheet
    if not sheet.log:
        front = ["target"] if sheet.target else []
        return front + [str(n) for n in range(1, sheet.columns - len(front) + 1)]
    pairs = zip(export.axes(), export.units(), strict=True)
    return [f"{name} [{unit}]" if unit else name for name, unit in pairs]
