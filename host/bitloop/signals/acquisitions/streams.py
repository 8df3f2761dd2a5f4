"""A component's samples in physical units, each with its time, and every place where some are missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import InputError
from bitloop.signals.acquisitions.model import Component, Gap, Stream, Times
from bitloop.signals.acquisitions.packets import LATEST, Frames, read_frames
from bitloop.signals.log import Log

_ROUNDING = 1e-3
"""Seconds: the description has the beginning in float32, the times in the file are doubles."""
_JUMP = 1.5
"""A frame that took half as long again as usual lost samples; of ST's own examples the worst took 9 % longer."""


def read_stream(component: Component, raw: bool = False) -> Stream:
    """Everything in the component's file: values are `raw * sensitivity` in float32, or as the sensor sent them.

    Times run from a frame's beginning, which is the end of the one before, in equal steps that leave out its end
    (what ST's tools do); a frame of one sample has its own time. The rate is measured by these times where there are
    two frames. InputError where anything contradicts itself.
    """
    frames = read_frames(component)
    ends = _ends(frames, component) if component.per_frame else None
    x = _values(frames, component, raw)
    spans = None if ends is None else _spans(ends, frames.numbers, component)
    times = None if ends is None or spans is None else _times(ends, spans, component.per_frame)
    rate = component.hertz if ends is None or spans is None else _rate(ends, spans, frames.numbers, component)
    log = Log(component.name, x, rate, component.axes, component.units)
    gaps = _gaps(frames, component, ends, spans)
    unfinished = min(frames.rest // component.layout.size, component.per_frame)
    return Stream(log, times, gaps, unfinished)


def _values(frames: Frames, component: Component, raw: bool) -> NDArray[np.float32]:
    used = frames.raw[:, : (component.per_frame or 1) * component.layout.size]
    x = component.layout.decode(used.reshape(-1, component.layout.size))
    if not raw:
        with np.errstate(over="ignore"):
            x *= np.float32(component.sensitivity)
    finite = np.isfinite(x).all(axis=1)
    if not finite.all():
        what = f"sample {int(finite.argmin()) + 1} is no finite number; the file is damaged or is described wrongly"
        raise InputError(what, component.path)
    return x


def _ends(frames: Frames, component: Component) -> Times:
    """(frames,): the time at the end of each."""
    ends = np.ascontiguousarray(frames.raw[:, -8:]).view("<f8")[:, 0]
    with np.errstate(invalid="ignore"):
        sound = np.isfinite(ends) & (ends >= 0) & (ends < LATEST)
        sound[1:] &= np.diff(ends) > 0
    if not sound.all():
        n = int(sound.argmin())
        before = f" after {ends[n - 1]:g} s" if n else ""
        what = f"frame {n + 1} ends at {ends[n]:g} s{before}; the file is damaged or is described wrongly"
        raise InputError(what, component.path)
    if component.offset > ends[0] + _ROUNDING:
        what = f"the first frame ends at {ends[0]:g} s, before the described beginning at {component.offset:g} s"
        raise InputError(f"{what}; the file is damaged or is described wrongly", component.path)
    return ends


def _spans(ends: Times, numbers: NDArray[np.int64], component: Component) -> Times:
    """(frames,): how long each took; behind a gap, where nobody knows, as long as the others usually do."""
    spans = np.diff(ends, prepend=min(component.offset, ends[0]))
    unknown = np.diff(numbers, prepend=-1) != 1
    if unknown.any():
        known = spans[1:][~unknown[1:]]
        usual = np.median(known) if len(known) else (ends[-1] - component.offset) / (numbers[-1] + 1)
        spans[unknown] = np.minimum(usual, spans[unknown])
    return spans


def _times(ends: Times, spans: Times, count: int) -> Times:
    if count == 1:
        return ends
    return np.linspace(ends - spans, ends, count, endpoint=False, axis=1).reshape(-1)


def _rate(ends: Times, spans: Times, numbers: NDArray[np.int64], component: Component) -> float | None:
    followed = spans[1:][np.diff(numbers) == 1]
    if component.steady and len(followed) > 2:
        followed = followed[followed <= _JUMP * np.median(followed)]
    return component.per_frame / float(followed.mean()) if len(followed) else component.hertz


def _gaps(frames: Frames, component: Component, ends: Times | None, spans: Times | None) -> tuple[Gap, ...]:
    count = component.per_frame or 1
    jumps = np.diff(frames.numbers, prepend=-1) - 1
    found = {int(n): (int(jumps[n]) * count, "packets are missing") for n in np.flatnonzero(jumps)}
    if spans is not None and component.steady and len(spans) > 2:
        usual = float(np.median(spans[1:]))
        for n in np.flatnonzero(spans[1:] > _JUMP * usual) + 1:
            missing = round((spans[n] / usual - 1) * count)
            found.setdefault(int(n), (missing, "the times jump"))
    gaps = []
    for frame, (missing, why) in sorted(found.items()):
        seconds = None if ends is None else float(ends[frame - 1]) if frame else component.offset
        gaps.append(Gap(frame * count, seconds, missing, why))
    if frames.torn:
        last = None if ends is None else float(ends[-1])
        gaps.append(Gap(len(frames.raw) * count, last, None, "the file ends inside a packet"))
    return tuple(gaps)
