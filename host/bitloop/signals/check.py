"""What is wrong, or only suspicious, with the signals of a project, before a search spends time on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.biquad import Biquad
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset, Recording

MIN_LINES = 20
"""Fewer signals of one label leave nothing to hold back for testing."""
GOOD_LINES = 50
SPECTRUM_LENGTHS = tuple(1 << n for n in range(4, 13))
"""Samples per axis the real FFT takes."""
_IMBALANCE = 5
_PILE = 20
_SHOWN_LINES = 8

Lines = Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem (`blocking`) or warning: where, what, and what to do. `lines` are of the file, from 1."""

    blocking: bool
    code: str
    what: str
    advice: str
    recording: str = ""
    label: str = ""
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, problems first."""

    signals: int
    axes: int
    length: int
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.blocking)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if not f.blocking)

    @property
    def ok(self) -> bool:
        """True where a search may start."""
        return not self.problems

    def to_record(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "ok": self.ok,
            "signals": self.signals,
            "axes": self.axes,
            "length": self.length,
            "problems": [asdict(f) for f in self.problems],
            "warnings": [asdict(f) for f in self.warnings],
        }


def check(dataset: Dataset, lines: Lines | None = None) -> Report:
    """Look at every signal. `lines` gives each recording's line numbers by its name (else they count from 1)."""
    known = lines or {}
    numbers = {r.name: known.get(r.name, np.arange(1, len(r.x) + 1, dtype=np.int64)) for r in dataset.recordings}
    findings = [finding for look in _LOOKS for finding in look(dataset, numbers)]
    findings.sort(key=lambda f: not f.blocking)
    return Report(dataset.signals, dataset.axes, dataset.length, tuple(findings))


def _labels(dataset: Dataset, _: Lines) -> Iterator[Finding]:
    found = set(dataset.labels)
    if dataset.kind in ("anomaly", "outlier") and REGULAR not in found:
        yield Finding(True, "no-regular", "there are no regular signals", "add a recording with --as regular")
    if dataset.kind == "anomaly" and ABNORMAL not in found:
        what = "there are no abnormal signals, so libraries are compared by simulated faults"
        yield Finding(False, "no-abnormal", what, "add recordings of a real fault with --as abnormal if you can")
    if dataset.kind == "classes" and len(found) < 2:
        yield Finding(True, "one-class", "there are fewer than two classes", "add a recording of each with --as NAME")
    if dataset.kind == "extrapolation":
        if not dataset.signals:
            yield Finding(True, "no-signals", "there are no signals", "add recordings that begin with the target")
        else:
            values = np.unique(np.concatenate([r.targets for r in dataset.recordings if r.targets is not None]))
            if len(values) < 2:
                advice = "record at several values of the target"
                yield Finding(True, "one-target", "every signal has the same target", advice)


def _few(dataset: Dataset, _: Lines) -> Iterator[Finding]:
    for label in dataset.labels:
        count = len(dataset.labelled(label))
        of = f"{count} signals" + (f" of {label}" if label else "")
        if count < MIN_LINES and label != ABNORMAL:
            advice = f"record at least {MIN_LINES}, better {GOOD_LINES} or more"
            yield Finding(True, "too-few", f"{of} are too few", advice, label=label)
        elif count < GOOD_LINES:
            yield Finding(
                False, "few", f"{of} are few", f"record {GOOD_LINES} or more for scores to trust", label=label
            )


def _length(dataset: Dataset, _: Lines) -> Iterator[Finding]:
    if dataset.multi_sensor or not dataset.signals or dataset.length in SPECTRUM_LENGTHS:
        return
    if dataset.length == 1:
        what = "every line is one sample, so there is no signal to look at"
        advice = "put one buffer of samples on each line, or make the project --multi-sensor if a state is meant"
        yield Finding(True, "no-buffer", what, advice)
        return
    what = f"{dataset.length} samples per axis are no power of two from 16 to 4096, so no spectrum will be tried"
    nearest = min(SPECTRUM_LENGTHS, key=lambda n: abs(n - dataset.length))
    yield Finding(False, "no-spectrum", what, f"record {nearest} samples per axis")


def _settling(dataset: Dataset, _: Lines) -> Iterator[Finding]:
    slowest = max((stage.settling() for stage in dataset.before if isinstance(stage, Biquad)), default=0)
    if slowest > dataset.length // 2:
        what = (
            f"the filter takes {slowest} samples to settle and a signal has {dataset.length}, so much of it is lost"
        )
        advice = "record longer signals, choose limits further apart and higher, or a lower --filter-order"
        yield Finding(False, "slow-filter", what, advice)


def _balance(dataset: Dataset, _: Lines) -> Iterator[Finding]:
    counts = {label: len(dataset.labelled(label)) for label in dataset.labels}
    if dataset.kind != "classes" or len(counts) < 2:
        return
    least, most = min(counts, key=lambda k: counts[k]), max(counts, key=lambda k: counts[k])
    if counts[most] > _IMBALANCE * counts[least]:
        what = f"{most} has {counts[most]} signals and {least} only {counts[least]}"
        yield Finding(False, "imbalance", what, f"record more of {least}", label=least)


def _duplicates(dataset: Dataset, numbers: Lines) -> Iterator[Finding]:
    """Copies of a signal; where the labels differ they contradict each other. A sensor's state may well come back."""
    seen: dict[bytes, Recording] = {}
    for recording in () if dataset.multi_sensor else dataset.recordings:
        copies: dict[Recording, list[int]] = {}
        for row, line in zip(_rows(recording), numbers[recording.name], strict=True):
            if row in seen:
                copies.setdefault(seen[row], []).append(int(line))
            seen.setdefault(row, recording)
        for first, lines in copies.items():
            place = (recording.name, recording.label, _some(lines))
            if first.label != recording.label:
                what = f"{_count(lines, 'signal')} stand in {first.name} as {first.label} too"
                yield Finding(True, "contradiction", what, "decide what they are and delete the others", *place)
            else:
                what = f"{_count(lines, 'signal')} stand in the project already ({first.name})"
                advice = "delete the copies: a test on a signal that was trained on says nothing"
                yield Finding(False, "duplicates", what, advice, *place)


def _rows(recording: Recording) -> Iterator[bytes]:
    whole = recording.x if recording.targets is None else np.column_stack([recording.targets, recording.x])
    return (row.tobytes() for row in np.ascontiguousarray(whole) + np.float32(0))


def _cut(dataset: Dataset, _: Lines) -> Iterator[Finding]:
    for recording in (r for r in dataset.recordings if r.cut):
        what = (
            f"{_count(list(recording.cut), 'line')} held only a part of a signal and {_was(recording.cut)} left out"
        )
        advice = "nothing to do, unless the file was damaged"
        yield Finding(False, "cut", what, advice, recording.name, recording.label, recording.cut)


def _constant(dataset: Dataset, numbers: Lines) -> Iterator[Finding]:
    if dataset.length < 2:
        return
    for recording in dataset.recordings:
        planar = recording.x.reshape(len(recording.x), dataset.length, dataset.axes)
        still = (planar == planar[:, :1, :]).all(axis=1)
        for axis in np.flatnonzero(still.any(axis=0)):
            lines = [int(n) for n in numbers[recording.name][still[:, axis]]]
            what = f"axis {axis + 1} does not move in {_count(lines, 'signal')}"
            advice = "check the sensor and its wiring, or delete these lines"
            yield Finding(False, "constant-axis", what, advice, recording.name, recording.label, _some(lines))


def _clipped(dataset: Dataset, numbers: Lines) -> Iterator[Finding]:
    """A sensor at the end of its range piles up samples at its largest or smallest value."""
    for recording in dataset.recordings:
        planar = recording.x.reshape(len(recording.x), dataset.length, dataset.axes)
        for axis in range(dataset.axes if dataset.length > 1 else 0):
            moving = (planar[:, 1:, axis] != planar[:, :1, axis]).any(axis=1)
            values, known = planar[moving, :, axis], numbers[recording.name][moving]
            for end in (values.min(), values.max()) if len(values) else ():
                at_end = (values == end).sum(axis=1)
                if not _piled_up(values, end, int(at_end.sum())):
                    continue
                lines = [int(n) for n in known[at_end > 1]]
                what = f"axis {axis + 1} rests at {end:g} in {_count(lines, 'signal')}, as if clipped"
                advice = "choose a wider range of the sensor and record again"
                yield Finding(False, "clipped", what, advice, recording.name, recording.label, _some(lines))


def _piled_up(values: NDArray[np.float32], end: np.float32, pile: int) -> bool:
    """Whether the outermost value is much more frequent than its neighbour, which natural tails never are."""
    inner = values[values != end]
    if pile < _PILE or not len(inner):
        return False
    neighbour = inner[np.abs(inner - end).argmin()]
    return pile > 4 * int((inner == neighbour).sum())


def _count(lines: list[int], noun: str) -> str:
    return f"{len(lines)} {noun}{'s' * (len(lines) != 1)}"


def _was(lines: tuple[int, ...]) -> str:
    return "was" if len(lines) == 1 else "were"


def _some(lines: list[int]) -> tuple[int, ...]:
    return tuple(lines[:_SHOWN_LINES])


_LOOKS: tuple[Callable[[Dataset, Lines], Iterator[Finding]], ...] = (
    _labels,
    _few,
    _length,
    _settling,
    _balance,
    _cut,
    _duplicates,
    _constant,
    _clipped,
)
