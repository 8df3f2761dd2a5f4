"""Which part of a stream is wanted, by seconds and by tags, as sheets that windows are cut from.

A sheet's seams are where samples are missing or were left out, so no window spans a gap.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import BitloopError, InputError
from bitloop.signals.acquisitions.model import Gap, Stream, Tag, Times
from bitloop.signals.shape.sheet import Sheet

_UNSAFE = re.compile(r"[^\w.+-]+")


def sheet(stream: Stream, name: str, start: float = 0.0, end: float = math.inf) -> Sheet:
    """The samples from `start` seconds on and before `end`; BitloopError where there are none."""
    whole = _whole(stream, name)
    if start <= 0 and end == math.inf:
        return whole
    return whole.with_lines(np.flatnonzero(_between(_times(stream, whole), start, end)))


def tagged(
    stream: Stream, name: str, tags: Sequence[Tag], start: float = 0.0, end: float = math.inf
) -> dict[str, Sheet]:
    """Of each label the samples tagged with it; BitloopError where labels overlap, or one has no samples."""
    for one, other in pairwise(sorted(tags, key=lambda tag: tag.start)):
        if other.label != one.label and other.start < one.end:
            what = f"the tags {one.label} and {other.label} overlap at {other.start:g} s"
            raise BitloopError(f"{name}: {what}; ask for one of them with --tag")
    whole = _whole(stream, name)
    times = _times(stream, whole)
    wanted = _between(times, start, end)
    found = {}
    for label in dict.fromkeys(tag.label for tag in tags):
        spans = [tag for tag in tags if tag.label == label]
        part = _part(whole, _UNSAFE.sub("_", label))
        found[label] = part.with_lines(np.flatnonzero(wanted & _tagged(times, spans)))
    return found


def choose_tags(tags: Sequence[Tag], labels: Sequence[str], folder: Path) -> tuple[Tag, ...]:
    """The tags with these labels (`all`: every one); InputError where the acquisition has no such label."""
    known = dict.fromkeys(tag.label for tag in tags)
    if not known:
        raise InputError("nothing was tagged in this acquisition; leave --tag out", folder)
    missing = next((label for label in labels if label != "all" and label not in known), None)
    if missing is not None:
        raise InputError(f"there is no tag {missing!r}; there are {', '.join(known)}", folder)
    return tuple(tag for tag in tags if "all" in labels or tag.label in labels)


def describe(gaps: Sequence[Gap]) -> str:
    """What is missing, and where first."""
    first = gaps[0]
    known = sum(gap.samples or 0 for gap in gaps)
    where = f"before sample {first.at + 1}" + ("" if first.seconds is None else f" at {first.seconds:.6g} s")
    places = f"{len(gaps)} place{'s' * (len(gaps) != 1)}"
    return f"{known} samples are missing in {places}, first {where} ({first.why})"


def _whole(stream: Stream, name: str) -> Sheet:
    count = len(stream.log.x)
    seams = tuple(gap.at for gap in stream.gaps if 0 < gap.at < count)
    return Sheet(name, stream.log.x, len(stream.log.axes), log=True, seams=seams)


def _part(whole: Sheet, part: str) -> Sheet:
    return Sheet(f"{whole.name}_{part}", whole.values, whole.axes, log=True, seams=whole.seams)


def _times(stream: Stream, whole: Sheet) -> Times:
    times = stream.times
    if times is None:
        raise whole.refuse("its samples have no times, so leave --from, --to and --tag out")
    return times


def _between(times: Times, start: float, end: float) -> NDArray[np.bool_]:
    return (times >= start) & (times < end)


def _tagged(times: Times, tags: Sequence[Tag]) -> NDArray[np.bool_]:
    """(samples,): whether a tag covers it: from the sample nearest to its beginning to that nearest to its end, as in
    ST's exports. Any number of tags costs one pass over the samples."""
    within = [tag for tag in tags if tag.start <= times[-1] and tag.end >= max(times[0], tag.start)]
    steps = np.zeros(len(times) + 1, dtype=np.int64)
    np.add.at(steps, _nearest(times, [tag.start for tag in within]), 1)
    np.add.at(steps, _nearest(times, [tag.end for tag in within]) + 1, -1)
    return np.cumsum(steps[:-1]) > 0


def _nearest(times: Times, seconds: Sequence[float]) -> NDArray[np.int64]:
    wanted = np.minimum(np.asarray(seconds, dtype=np.float64), times[-1])
    after = np.searchsorted(times, wanted)
    before = np.maximum(after - 1, 0)
    chosen: NDArray[np.int64] = np.where(wanted - times[before] <= times[after] - wanted, before, after)
    return chosen
