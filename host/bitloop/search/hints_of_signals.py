"""Hints from the signals themselves: buffers, recordings, drift, axes and clipping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bitloop.search.evidence import BLOCKS, Evidence, features, judge, seen, thin
from bitloop.search.table import Rows, Table

GAIN = 0.05
"""A rise of accuracy (or R2) that is worth a hint."""
LEAK = 0.15
"""Accuracy lost on whole recordings held back, against blocks of known ones."""
SHIFT, SURE = 1.5, 6.0
"""Drift: spreads between the first and the last third, and standard errors of that."""
LEAST_DRIFTING = 24
SLOW = 0.01
"""Share of the energy above an eighth of the sampling rate below which the rate is higher than needed."""
NOTHING = 0.05
"""Accuracy above guessing (or R2) an axis has to have for it to carry anything."""
MOST_AXES = 16
CLIPPED, NATURAL, RUN, LEVELS = 0.03, 0.9, 3, 32
"""Share of signals that rest at an end for RUN samples or more; where nearly all do, that is what the signal is like,
and sensors of fewer LEVELS do it anyway."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One sentence of what was seen, one of what to do; `code` names the kind of hint."""

    code: str
    what: str
    advice: str

    def to_row(self) -> dict[str, str]:
        """Plain data for JSON."""
        return {"code": self.code, "what": self.what, "advice": self.advice}


Look = Callable[[Table, Evidence, Sequence[str], bool], Iterator[Hint]]


def clipped(table: Table, evidence: Evidence, names: Sequence[str], poor: bool) -> Iterator[Hint]:
    """Signals that rest at the largest or smallest value of their axis."""
    if table.length < RUN + 1:
        return
    some = table.x[thin(table)]
    planar = some.reshape(len(some), table.length, table.axes)
    for axis in range(table.axes):
        values = planar[:, :, axis]
        if len(np.unique(values[:: max(1, len(values) // 50)])) < LEVELS:
            continue
        for end in (values.min(), values.max()):
            at = values == end
            rests = at[:, : table.length - RUN + 1].copy()
            for n in range(1, RUN):
                rests &= at[:, n : table.length - RUN + 1 + n]
            still = (values == values[:, :1]).all(axis=1)
            share = float((rests.any(axis=1) & ~still).mean())
            if CLIPPED < share < NATURAL and end != 0:
                what = f"axis {axis + 1} rests at {end:g} in {share:.0%} of the signals, as if clipped"
                yield Hint("clipped", what, "choose a wider range of the sensor and record again")


def idle_axes(table: Table, evidence: Evidence, names: Sequence[str], poor: bool) -> Iterator[Hint]:
    """An axis that never moves, or alone tells nothing while the others tell as much without it."""
    planar = table.x.reshape(len(table.x), table.length, table.axes)
    moving = [bool((planar[:, :, axis] != planar[0, 0, axis]).any()) for axis in range(table.axes)]
    idle = [axis for axis, moves in enumerate(moving) if not moves]
    for axis in idle:
        advice = "check the sensor and its wiring, or leave the axis away: it costs RAM and time"
        yield Hint("idle-axis", f"axis {axis + 1} has the same value in every signal", advice)
    busy = [axis for axis in range(table.axes) if axis not in idle]
    if not evidence.compares or not 2 <= len(busy) <= MOST_AXES:
        return
    whole = evidence.quality()
    guess = 0.0 if table.kind == "extrapolation" else 1.0 / len(np.unique(evidence.y))
    for axis in busy:
        others = [other for other in busy if other != axis]
        alone = evidence.quality(x=evidence.x[:, [axis]])
        if alone < guess + NOTHING and evidence.quality(x=evidence.x[:, others]) >= whole - 0.005:
            what = f"axis {axis + 1} seems to carry nothing: without it the signals are told apart as well"
            yield Hint("idle-axis", what, "leave it away if you can: the library gets smaller and faster")


def buffers(table: Table, evidence: Evidence, names: Sequence[str], poor: bool) -> Iterator[Hint]:
    """Whether longer, shorter or more slowly sampled buffers would tell more."""
    if not poor or not evidence.compares or table.length < 32 or table.multi_sensor:
        return
    now = evidence.quality()
    if now > 0.98:
        return
    pairs = _neighbours(evidence)
    joined = evidence.take(pairs)
    longer = joined.quality(x=(evidence.x[pairs] + evidence.x[pairs + 1]) / 2) if len(pairs) >= 8 * BLOCKS else 0.0
    if longer > now + GAIN:
        why = f"two neighbouring signals together are told apart better ({longer:.2f}) than one alone ({now:.2f})"
        if _slow(table):
            advice = "sample at a quarter of the rate with the same length: hardly anything is above it"
        else:
            advice = f"record buffers of {2 * table.length} samples per axis or more"
        yield Hint("longer-buffer", why, advice)
        return
    halves = _halves(table, evidence)
    if halves > now + GAIN:
        what = f"halves of a signal are told apart better ({halves:.2f}) than whole ones ({now:.2f})"
        yield Hint("shorter-buffer", what, f"cut the buffers to {table.length // 2} samples: twice as many signals")


def single(table: Table, evidence: Evidence, names: Sequence[str], poor: bool) -> Iterator[Hint]:
    """Classes of one recording: a good result may be the recording's."""
    if table.kind != "classes":
        return
    alone = [repr(label) for label, own in _owned(table).items() if len(own) == 1]
    if alone:
        more = f" and {len(alone) - 3} more" if len(alone) > 3 else ""
        what = f"{', '.join(alone[:3])}{more}: one recording each, so it may be the recording that is recognised"
        yield Hint("one-recording", what, "add another recording of each, made on another day or specimen")


def recordings(table: Table, evidence: Evidence, names: Sequence[str], poor: bool) -> Iterator[Hint]:
    """Recordings that are recognised rather than classes."""
    owned = _owned(table)
    fewest = min(len(own) for own in owned.values())
    if table.kind != "classes" or fewest < 2:
        return
    held = np.zeros(len(evidence.y), dtype=np.int64)
    for own in owned.values():
        for n, number in enumerate(own):
            held[evidence.recording == number] = n % min(fewest, 5)
    known, strange = evidence.quality(), evidence.quality(held)
    if known - strange > LEAK:
        what = f"parts of known recordings are told apart ({known:.2f}) much better than new ones ({strange:.2f})"
        advice = "record each class under more conditions (days, mountings, specimens), the same for all classes"
        yield Hint("recording-not-class", what, advice)


def drift(table: Table, evidence: Evidence, names: Sequence[str], poor: bool) -> Iterator[Hint]:
    """Recordings whose end is unlike their beginning, the middle in between, where that costs accuracy."""
    if not poor or table.kind == "extrapolation":
        return
    mixed = np.arange(len(evidence.y)) % BLOCKS  # neighbours of what is judged were learned, as if there were no time
    if evidence.compares and evidence.quality(mixed) < evidence.quality() + GAIN:
        return
    drifting = [
        names[number]
        for number in np.unique(evidence.recording)
        if _drifts(evidence.x[evidence.recording == number].reshape((evidence.recording == number).sum(), -1))
    ]
    if drifting:
        more = f" and {len(drifting) - 3} more" if len(drifting) > 3 else ""
        what = f"{', '.join(drifting[:3])}{more}: the end is unlike the beginning"
        advice = "let machine and sensor warm up, or record long enough for all that will happen to be in it"
        yield Hint("drift", what, advice)


def unlike(table: Table, evidence: Evidence, names: Sequence[str], poor: bool) -> Iterator[Hint]:
    """Regular recordings that differ as much from each other as from the abnormal ones."""
    if not poor or not table.detects:
        return
    regular = np.flatnonzero(evidence.y == 0)
    numbers, counts = np.unique(evidence.recording[regular], return_counts=True)
    if len(numbers) < 2 or counts.min() < 2 * BLOCKS:
        return
    apart = judge(
        "classes",
        evidence.x[regular].reshape(len(regular), -1),
        evidence.recording[regular],
        evidence.block[regular],
    )
    wanted = evidence.quality() if evidence.compares else 1.0
    if apart >= max(0.9, wanted):
        what = f"regular recordings are as easy to tell from each other ({apart:.2f}) as from a fault"
        advice = (
            "learn on the device in the state it will watch, or add recordings until every regular state is there"
        )
        yield Hint("regular-differ", what, advice)


def rising(table: Table, evidence: Evidence, names: Sequence[str], poor: bool) -> Iterator[Hint]:
    """Accuracy that still rises with the number of signals."""
    if not poor or not evidence.compares or len(evidence.y) < 8 * BLOCKS:
        return
    half = [
        evidence.take(np.flatnonzero(np.isin(evidence.block, pair)))
        for pair in ((0, 1), (2, 3))  # of two blocks one is learned and one judged, of four blocks three are learned
    ]
    less, now = float(np.mean([part.quality() for part in half])), evidence.quality()
    if now > less + GAIN:
        what = f"the signals are told apart better the more there are to learn from ({less:.2f}, then {now:.2f})"
        yield Hint("rising", what, "record more, and for longer")


def _owned(table: Table) -> dict[str, Rows]:
    """Numbers of the recordings of every label."""
    return {label: np.unique(table.recording[table.rows(n)]) for n, label in enumerate(table.labels)}


def _neighbours(evidence: Evidence) -> Rows:
    """Rows that have a successor of the same recording, label or target and block, every second one at most."""
    same = (np.diff(evidence.recording) == 0) & (np.diff(evidence.block) == 0) & (np.diff(evidence.y) == 0)
    rows: Rows = np.flatnonzero(same)
    even: Rows = rows[rows % 2 == 0]
    return even


def _halves(table: Table, evidence: Evidence) -> float:
    rows = thin(table)
    planar = seen(table, rows).reshape(len(rows), table.length, table.axes)
    cut = table.length // 2
    parts = [
        features(np.ascontiguousarray(planar[:, s]).reshape(len(rows), -1), table.axes)
        for s in (slice(0, cut), slice(cut, 2 * cut))
    ]
    x = np.concatenate(parts).reshape(2 * len(rows), -1)
    return judge(table.kind, x, np.tile(evidence.y, 2), np.tile(evidence.block, 2))


def _slow(table: Table) -> bool:
    """Whether hardly any energy is above an eighth of the sampling rate."""
    some = table.x[:: max(1, len(table.x) // 200)].reshape(-1, table.length, table.axes).astype(np.float64)
    power = np.abs(np.fft.rfft(some - some.mean(axis=1, keepdims=True), axis=1)) ** 2
    total = float(power.sum())
    return total > 0 and float(power[:, power.shape[1] // 4 :].sum()) < SLOW * total


def _drifts(x: np.ndarray) -> bool:
    """(signals, features) in order of time."""
    third = len(x) // 3
    if len(x) < LEAST_DRIFTING:
        return False
    first, middle, last = x[:third], x[third : 2 * third], x[-third:]
    spread = np.sqrt((first.var(axis=0) + last.var(axis=0)) / 2) + 1e-9 + 1e-6 * np.abs(x).max(axis=0)
    shift = (last.mean(axis=0) - first.mean(axis=0)) / spread
    part = (middle.mean(axis=0) - first.mean(axis=0)) / spread
    between = (part / np.where(shift == 0, 1.0, shift) > 0.15) & (part / np.where(shift == 0, 1.0, shift) < 0.85)
    sure = np.abs(shift) / np.sqrt(2.0 / third) > SURE
    return bool(((np.abs(shift) > SHIFT) & sure & between).any())


LOOKS: tuple[Look, ...] = (recordings, buffers, rising, unlike, drift, clipped, idle_axes, single)
