"""From what other people's loggers leave (an acquisition's folder, a file) to sheets of signals or samples."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bitloop.errors import BitloopError, InputError
from bitloop.signals.acquisitions import Stream, Tag, choose_components, read_acquisition, read_stream, read_whole
from bitloop.signals.acquisitions.choose import ALL
from bitloop.signals.acquisitions.model import Clock
from bitloop.signals.acquisitions.windows import choose_tags, describe, sheet, tagged
from bitloop.signals.reader import read_log
from bitloop.signals.shape.chain import chain
from bitloop.signals.shape.sheet import Sheet, count


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to take of every source: a sensor (`all`, or nothing where there is one), seconds, tags by their labels.

    With a `length` in samples signals are cut, one every `step` samples, each behind the `target` if there is one.
    """

    sensor: str = ""
    length: int | None = None
    step: int | None = None
    start: float = 0.0
    end: float = math.inf
    labels: tuple[str, ...] = ()
    target: float | None = None
    raw: bool = False
    incomplete: bool = False

    def words(self) -> tuple[str, ...]:
        """What the name of a result says of the samples it was made of."""
        span = [f"from-{self.start:g}"] if self.start > 0 else []
        span += [f"to-{self.end:g}"] if self.end < math.inf else []
        return tuple(word for word in ("raw" if self.raw else "", ",".join(span)) if word)

    def steps(self) -> list[str]:
        """What is done to the samples, as `bitloop shape` writes it."""
        if self.length is None:
            if self.step is not None or self.target is not None:
                raise BitloopError("--step and --target are about signals; say how long they are with --length")
            return []
        window = f"window:{self.length}" + ("" if self.step is None else f",{self.step}")
        return [window, *([] if self.target is None else [f"target:{self.target:.9g}"])]


@dataclass(frozen=True, slots=True)
class Imported:
    """A sheet, or why there is none, with what was read and the tag it was cut by."""

    source: Path
    stream: Stream
    label: str
    sheet: Sheet | None
    skipped: str = ""

    def to_record(self) -> dict[str, Any]:
        """For JSON."""
        log = self.stream.log
        gaps = self.stream.gaps
        return {
            "source": str(self.source),
            "sensor": log.name,
            "label": self.label,
            "rate_hz": log.rate_hz,
            "axis_names": list(log.axes),
            "units": list(log.units),
            "missing": describe(gaps) if gaps else "",
            "gaps": [asdict(gap) for gap in gaps],
            "unfinished": self.stream.unfinished,
        }


def take(source: Path, wanted: Wanted) -> tuple[Imported, ...]:
    """Everything wanted of a folder or file. BitloopError where it is damaged, incomplete or does not have it."""
    check_source(source)
    if source.is_dir():
        return _take_folder(source, wanted)
    if wanted.sensor or wanted.labels or wanted.raw:
        raise BitloopError(f"{source} is no folder of an acquisition; leave --sensor, --tag and --raw out")
    stream = _of_file(source)
    return tuple(_cut(source, stream, source.stem, (), wanted))


def check_source(source: Path) -> None:
    """InputError where there is no such folder or file, or the file is only a part of an acquisition."""
    if not source.exists():
        raise InputError("there is no such folder or file; check the name", source)
    if source.suffix.lower() == ".dat":
        raise InputError("it is a part of an acquisition; name the folder it is in", source)


def _take_folder(source: Path, wanted: Wanted) -> tuple[Imported, ...]:
    acquisition = read_acquisition(source)
    tags = choose_tags(acquisition.tags, wanted.labels, source) if wanted.labels else ()
    read = read_stream if wanted.incomplete else read_whole
    made = []
    for component in choose_components(acquisition, wanted.sensor):
        stream = read(component, wanted.raw)
        if wanted.sensor == ALL and wanted.length is not None and not component.steady:
            made.append(Imported(source, stream, "", None, "its values come one by one, so they are no signals"))
        else:
            made += _cut(source, stream, f"{source.resolve().name}_{component.name}", tags, wanted)
    return tuple(made)


def _of_file(path: Path) -> Stream:
    log = read_log(path)
    if log.rate_hz is None:
        return Stream(log, None)
    times = np.arange(len(log.x)) / log.rate_hz
    return Stream(log, Clock(times, np.full(len(times), 1 / log.rate_hz)))


def _cut(source: Path, stream: Stream, name: str, tags: tuple[Tag, ...], wanted: Wanted) -> list[Imported]:
    if tags:
        sheets = tagged(stream, name, tags, wanted.start, wanted.end)
    else:
        sheets = {"": sheet(stream, name, wanted.start, wanted.end)}
    words = wanted.words()
    return [_signals(source, stream, label, replace(p, done=words), wanted) for label, p in sheets.items()]


def _signals(source: Path, stream: Stream, label: str, part: Sheet, wanted: Wanted) -> Imported:
    """The sheet as it is to be written; of `all` sensors, the slow ones have nothing that long."""
    steps = wanted.steps()
    longest = max(map(len, part.stretches()))
    if wanted.sensor == ALL and wanted.length is not None and longest < wanted.length:
        return Imported(source, stream, label, None, f"it has only {count(longest, 'sample')} on end")
    made = chain(steps)((part,))[0] if steps else part
    if stream.unfinished:
        made = made.with_remark(f"{count(stream.unfinished, 'sample')} of an unfinished frame left out")
    return Imported(source, stream, label, replace(made, axes=made.axes or part.columns))
