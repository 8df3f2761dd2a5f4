"""The payload of a `.dat` file, cut into whole frames; where bytes are missing is known, not guessed.

FP-SNS-DATALOG 2 writes packets: a counter (uint32, little-endian) and a fixed number of payload bytes. The counter is
the number of payload bytes so far, this packet's included, so it tells how many bytes a gap has. FP-SNS-DATALOG 1
writes the payload alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import InputError
from bitloop.signals.acquisitions.model import Bytes, Component

Runs = list[tuple[int, Bytes]]
LATEST = 1e9
"""Seconds nobody records for; a double that is no time is hardly ever between 0 and this."""
_COUNTER = 4
_MOST_GAPS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """`raw` is uint8 (frames, bytes); `numbers` counts them from the first one recorded, so a jump is a gap.

    `rest` bytes of an unfinished frame end the file; `torn` says that it ends inside a packet.
    """

    raw: Bytes
    numbers: NDArray[np.int64]
    rest: int
    torn: bool


def read_frames(component: Component) -> Frames:
    """All whole frames of the component's file. InputError where its counters make no sense."""
    data = _map(component.path)
    if component.packet is None:
        runs = [(0, data)]
        torn = False
    else:
        whole = len(data) // (component.packet + _COUNTER)
        torn = len(data) != whole * (component.packet + _COUNTER)
        packets = data[: whole * (component.packet + _COUNTER)].reshape(whole, component.packet + _COUNTER)
        runs = _runs(packets, component)
    size, rest = component.frame, 0
    pieces, numbers = [], []
    for start, payload in runs:
        first = -(-start // size)
        begin = first * size - start
        count = max(0, len(payload) - begin) // size
        pieces.append(payload[begin : begin + count * size].reshape(count, size))
        numbers.append(np.arange(first, first + count, dtype=np.int64))
        rest = (start + len(payload)) % size
    if not any(map(len, pieces)):
        raise InputError(f"it has no whole frame of {size} bytes; record for longer", component.path)
    raw = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    return Frames(raw, np.concatenate(numbers), rest, torn)


def _map(path: Path) -> Bytes:
    """The file's bytes, mapped rather than read: some acquisitions are larger than the memory."""
    try:
        if not path.is_file():
            raise InputError("there is no such file; the acquisition is incomplete", path)
        if not path.stat().st_size:
            raise InputError("it is empty; the acquisition is incomplete", path)
        return np.memmap(path, dtype=np.uint8, mode="r")
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}); check that it is a file of yours", path) from error


def _runs(packets: Bytes, component: Component) -> Runs:
    """Unbroken stretches of payload, each with the number of payload bytes before it."""
    size = packets.shape[1] - _COUNTER
    counters = np.ascontiguousarray(packets[:, :_COUNTER]).view("<u4")[:, 0]
    # the counter wraps after 4 GB, so differences are taken in its own 32 bits
    lost = (np.diff(counters) - np.uint32(size)).astype(np.int64)
    for n in np.flatnonzero((lost % size != 0) | (lost >= 1 << 31))[:1]:
        what = f"packet {n + 2}'s counter is {counters[n + 1]} after {counters[n]}, which is no number of packets"
        advice = f"of {size} bytes; the file is damaged or its description belongs to another one"
        raise InputError(f"{what} {advice}", component.path)
    breaks = np.flatnonzero(lost) + 1
    if len(breaks) > _MOST_GAPS:
        what = f"packets are missing in {len(breaks)} places, so there is hardly anything to read; record again"
        raise InputError(what, component.path)
    before = np.concatenate(([0], np.cumsum(lost)))
    runs = [
        (int(start * size + before[start]), part[:, _COUNTER:].reshape(-1))
        for start, part in zip([0, *breaks], np.split(packets, breaks), strict=True)
    ]
    shift = _shift(runs, int(counters[0]) - size, component) if len(packets) else 0
    return [(start + shift, payload) for start, payload in runs]


def _shift(runs: Runs, first: int, component: Component) -> int:
    """Payload bytes before the first packet, as its counter tells; 0 where then a frame's time would make no sense:
    the counter merely began elsewhere, which ST's tools accept."""
    if first <= 0 or not component.per_frame:
        return max(first, 0)
    for start, payload in runs:
        end = -(start + first) % component.frame + component.frame
        if len(payload) >= end:
            seconds = np.ascontiguousarray(payload[end - 8 : end]).view("<f8")[0]
            return first if component.offset <= seconds < LATEST else 0
    return first
