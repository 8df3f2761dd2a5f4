"""A component's samples in physical units, each with its time, and every place where some are missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import InputError
from bitloop.signals.acquisitions.model import Clock, Component, Gap, Stream, Times
from bitloop.signals.acquisitions.packets import LATEST, Frames, read_frames
from bitloop.signals.log import Log

_ROUNDING = 1e-3
"""Seconds: the description has the beginning in float32, the times in the file are doubles."""
_BLOCK = 8 << 20
_JUMP = 1.5
"""A frame that took half as long again as usual lost samples; of ST's own examples the worst took 9 % longer."""


def read_stream(component: Component, raw: bool = False) -> Stream:
    """Everything in the component's file: values are `raw * sensitivity` in float32, or as the sensor sent them.

    A frame begins where the one before ends. The rate is measured by their times where there are two of them.
    InputError where anything contradicts itself.
    """
    frames = read_frames(component)
    ends = _ends(frames, component) if component.per_frame else None
    x = _values(frames, component, raw)
    spans = None if ends is None else _spans(ends, frames.numbers, component)
    clock = None if ends is None or spans is None else Clock(ends, spans, component.per_frame)
    rate = component.hertz if clock is None else _rate(clock, frames.numbers, component)
    log = Log(component.name, x, rate, component.axes, component.units)
    unfinished = min(frames.rest // component.layout.size, component.per_frame)
    return Stream(log, clock, _gaps(frames, component, clock), unfinished)


def _values(frames: Frames, component: Component, raw: bool) -> NDArray[np.float32]:
    """(samples, axes), a block of frames at a time: what is only needed on the way stays small."""
    count, size = component.per_frame or 1, component.layout.size
    x = np.empty((len(frames.raw) * count, len(component.layout.kinds)), dtype=np.float32)
    step = max(1, _BLOCK // (count * size))
    for first in range(0, len(frames.raw), step):
        block = frames.raw[first : first + step, : count * size].reshape(-1, size)
        part = x[first * count : first * count + len(block)]
        with np.errstate(over="ignore"):
            part[:] = component.layout.decode(block) * np.float32(1 if raw else component.sensitivity)
        finite = np.isfinite(part).all(axis=1)
        if not finite.all():
            what = f"sample {first * count + int(finite.argmin()) + 1} is no finite number"
            raise InputError(f"{what}; the file is damaged or is described wrongly", component.path)
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


def _rate(clock: Clock, numbers: NDArray[np.int64], component: Component) -> float | None:
    followed = clock.spans[1:][np.diff(numbers) == 1]
    if component.steady and len(followed) > 2:
        followed = followed[followed <= _JUMP * np.median(followed)]
    return component.per_frame / float(followed.mean()) if len(followed) else component.hertz


def _gaps(frames: Frames, component: Component, clock: Clock | None) -> tuple[Gap, ...]:
    count = component.per_frame or 1
    jumps = np.diff(frames.numbers, prepend=-1) - 1
    found = {int(n): (int(jumps[n]) * count, "packets are missing") for n in np.flatnonzero(jumps)}
    if clock is not None and component.steady and len(clock.spans) > 2:
        usual = float(np.median(clock.spans[1:]))
        for n in np.flatnonzero(clock.spans[1:] > _JUMP * usual) + 1:
            missing = round((clock.spans[n] / usual - 1) * count)
            found.setdefault(int(n), (missing, "the times jump"))
    gaps = []
    for frame, (missing, why) in sorted(found.items()):
        seconds = None if clock is None else float(clock.ends[frame - 1]) if frame else component.offset
        gaps.append(Gap(frame * count, seconds, missing, why))
    if frames.torn:
        last = None if clock is None else float(clock.ends[-1])
        gaps.append(Gap(len(frames.raw) * count, last, None, "the file ends inside a packet"))
    return tuple(gaps)
