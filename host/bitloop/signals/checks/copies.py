"""Signals that stand in the project more than once, and lines that hold only a part of one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bitloop.signals.checks.finding import Finding, Subject, about, counted
from bitloop.signals.checks.profile import pieces
from bitloop.signals.dataset import Recording


def duplicates(subject: Subject) -> Iterator[Finding]:
    """Copies of a signal; where the labels differ they contradict each other. A sensor's state may well come back."""
    dataset = subject.dataset
    seen: dict[bytes, Recording] = {}
    for recording in () if dataset.multi_sensor or dataset.length < 2 else dataset.recordings:
        copies: dict[Recording, list[int]] = {}
        for signal, key in enumerate(_keys(recording)):
            if key in seen:
                copies.setdefault(seen[key], []).append(signal)
            seen.setdefault(key, recording)
        for first, signals in copies.items():
            of = f"{counted(len(signals), 'signal')} {'stands' if len(signals) == 1 else 'stand'}"
            if first.label != recording.label:
                what = f"{of} in {first.name} as {first.label} too"
                advice = "decide what they are and delete the others"
                found = subject.warning("contradiction", what, advice, recording, signals)
                yield replace(found, blocking=True)
            else:
                what = f"{of} further up already" if first is recording else f"{of} in {first.name} already"
                advice = "delete the copies: a test on a signal that was trained on says nothing"
                yield subject.warning("duplicates", what, advice, recording, signals)


def _keys(recording: Recording) -> Iterator[bytes]:
    """The same 16 bytes for the same signal, and the same target; -0 is 0."""
    whole = recording.x if recording.targets is None else np.column_stack([recording.targets, recording.x])
    for _, piece in pieces(whole):
        for row in np.ascontiguousarray(piece) + np.float32(0):
            yield hashlib.blake2b(row.tobytes(), digest_size=16).digest()


def cut(subject: Subject) -> Iterator[Finding]:
    """Lines the reader left out."""
    for recording in (r for r in subject.dataset.recordings if r.cut):
        total = len(recording.cut)
        what = f"{counted(total, 'line')} held only a part of a signal and {'was' if total == 1 else 'were'} left out"
        advice = "nothing has to be done, unless the file was damaged"
        yield about("cut", what, advice, recording, recording.cut)
