"""The rules: enough signals of every label, and buffers a library can be made for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bitloop.kernels.biquad import Biquad
from bitloop.signals.checks.finding import Finding, Subject
from bitloop.signals.dataset import ABNORMAL, FEWEST, REGULAR, Dataset

LINES_PER_AXIS = 20
"""Fewer signals of one label than this, times the axes, leave too little to learn from and to hold back."""
GOOD_LINES = 50
SPECTRUM_LENGTHS = tuple(1 << n for n in range(4, 13))
"""Samples per axis the real FFT takes."""
ALLOWABLE = ("too-few", "length")
"""Problems a project may decide to live with; a search goes on all the same and remarks on them."""
_IMBALANCE = 5


def labels(subject: Subject) -> Iterator[Finding]:
    """The labels the kind of project needs."""
    dataset = subject.dataset
    found = set(dataset.labels)
    if dataset.kind in ("anomaly", "outlier") and REGULAR not in found:
        yield Finding(True, "no-regular", "there are no regular signals", "add a recording with --as regular")
    if dataset.kind == "anomaly" and ABNORMAL not in found:
        what = "there are no abnormal signals, so libraries are compared by simulated faults"
        yield Finding(False, "no-abnormal", what, "add recordings of a real fault with --as abnormal if you can")
    if dataset.kind == "classes" and len(found) < 2:
        yield Finding(True, "one-class", "there are fewer than two classes", "add a recording of each with --as NAME")
    if dataset.kind == "extrapolation":
        yield from _targets(subject)


def _targets(subject: Subject) -> Iterator[Finding]:
    recordings = subject.dataset.recordings
    if not subject.dataset.signals:
        yield Finding(True, "no-signals", "there are no signals", "add recordings that begin with the target")
    elif len(np.unique(np.concatenate([r.targets for r in recordings if r.targets is not None]))) < 2:
        advice = "record at several values of the target"
        yield Finding(True, "one-target", "every signal has the same target", advice)


def enough(subject: Subject) -> Iterator[Finding]:
    """The least number of signals per label; abnormal ones only help to choose, so few of them are no obstacle."""
    dataset = subject.dataset
    least = LINES_PER_AXIS * dataset.axes
    for label, count in _counts(dataset).items():
        of = f"{count} signals" + (f" of {label}" if label else "")
        if count < FEWEST[dataset.kind] and label != ABNORMAL:
            what = f"{of} are too few to hold any back"
            yield Finding(True, "scarce", what, f"record at least {least} ({LINES_PER_AXIS} per axis)", label=label)
        elif count < least and label != ABNORMAL:
            what = f"{of} are too few for {dataset.axes} axes"
            advice = f"record at least {least} ({LINES_PER_AXIS} per axis)"
            yield Finding(True, "too-few", what, advice, label=label)
        elif count < GOOD_LINES:
            advice = f"record {GOOD_LINES} or more for scores to trust"
            yield Finding(False, "few", f"{of} are few", advice, label=label)


def length(subject: Subject) -> Iterator[Finding]:
    """Buffers of a power of two, so that spectra can be had; a state of several sensors is one sample."""
    dataset = subject.dataset
    if dataset.multi_sensor or not dataset.signals or dataset.length in SPECTRUM_LENGTHS:
        return
    if dataset.length == 1:
        what = "every line is one sample, so there is no signal to look at"
        advice = "cut a log into signals (bitloop shape --log window:256), or make the project with --multi-sensor"
        yield Finding(True, "no-buffer", what, advice)
        return
    nearest = min(SPECTRUM_LENGTHS, key=lambda n: abs(n - dataset.length))
    if dataset.length & (dataset.length - 1):
        what = f"{dataset.length} samples per axis are no power of two, so no spectrum can be tried"
        yield Finding(True, "length", what, f"record {nearest} samples per axis")
    else:
        what = f"{dataset.length} samples per axis are outside 16 to 4096, so no spectrum will be tried"
        yield Finding(False, "no-spectrum", what, f"record {nearest} samples per axis")


def settling(subject: Subject) -> Iterator[Finding]:
    """A filter that settles within a signal."""
    dataset = subject.dataset
    slowest = max((stage.settling() for stage in dataset.before if isinstance(stage, Biquad)), default=0)
    if slowest > dataset.length // 2:
        what = (
            f"the filter takes {slowest} samples to settle and a signal has {dataset.length}, so much of it is lost"
        )
        advice = "record longer signals, choose limits further apart and higher, or a lower --filter-order"
        yield Finding(False, "slow-filter", what, advice)


def balance(subject: Subject) -> Iterator[Finding]:
    """Classes of about the same size."""
    dataset = subject.dataset
    counts = _counts(dataset)
    if dataset.kind != "classes" or len(counts) < 2:
        return
    least, most = min(counts, key=lambda k: counts[k]), max(counts, key=lambda k: counts[k])
    if counts[most] > _IMBALANCE * counts[least]:
        what = f"{most} has {counts[most]} signals and {least} only {counts[least]}"
        yield Finding(False, "imbalance", what, f"record more of {least}", label=least)


def _counts(dataset: Dataset) -> dict[str, int]:
    """How many signals each label has."""
    counts = dict.fromkeys(dataset.labels, 0)
    for recording in dataset.recordings:
        counts[recording.label] += len(recording.x)
    return counts
