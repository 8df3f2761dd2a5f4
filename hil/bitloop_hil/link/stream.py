"""The line at its full rate: what arrived of a stream of numbered noise, and what that makes of the line.

Both ends know the noise of every frame (docs/protocol.md), so a frame is right, wrong or missing, and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LinkError
from bitloop_hil.link import packets as p
from bitloop_hil.link.frame import Frame

_BATCH = 256  # frames checked at once


class Parts(Protocol):
    """What takes the frames that come before a reply."""

    def append(self, frame: Frame, /) -> None: ...


Request = Callable[[p.Packet, bytes, Parts], dict[str, Any]]
"""Sends a request; returns the fields of its reply, once it came."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What became of `asked` frames with `size` bytes of noise each.

    `arrived` were right, `wrong` had other bytes; `dropped` the board did not send, as the line was still busy; all
    others are `lost`. `ticks` is the board's time for `timed` of them (the unit is the bench's), `seconds` the host's
    for all.
    """

    asked: int
    size: int
    arrived: int
    wrong: int
    dropped: int
    lost: int
    ticks: int
    timed: int
    seconds: float

    @property
    def whole(self) -> bool:
        """Every frame arrived as it was sent."""
        return self.arrived == self.asked

    def efficiency(self, baud: int, clock_hz: int) -> float:
        """Share of what the wire could carry (a tenth of the baud rate in bytes per second) that was payload.

        In the board's time: `clock_hz` is the frequency of its ticks.
        """
        return self.timed * self.size * 10 * clock_hz / (baud * self.ticks) if self.ticks else 0.0


def noise(numbers: NDArray[np.uint32], size: int) -> NDArray[np.uint8]:
    """Noise of the frames with these numbers: uint8 (frames, size)."""
    words = np.arange((size + 3) // 4, dtype=np.uint32)
    x: NDArray[np.uint32] = np.left_shift(numbers, 14, dtype=np.uint32)[:, None] + words
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        x ^= np.right_shift(x, shift)
        x *= np.uint32(factor)
    noisy: NDArray[np.uint8] = x.astype("<u4").view(np.uint8)
    return noisy[:, :size]


class Judge:
    """Takes the frames of a stream as they arrive and says which are right. Frames that came twice count once."""

    def __init__(self, asked: int, size: int) -> None:
        self.arrived = 0
        self.wrong = 0
        self._asked, self._size = asked, size
        self._seen = np.zeros(asked, dtype=bool)
        self._waiting: list[Frame] = []

    def append(self, frame: Frame) -> None:
        """One more frame: STREAMED."""
        self._waiting.append(frame)
        if len(self._waiting) >= _BATCH:
            self.settle()

    def settle(self) -> None:
        """Judge all frames that have not been yet."""
        head, size = int(p.STREAMED.layout.sizeof()), self._size
        fitting = [frame.payload for frame in self._waiting if len(frame.payload) == head + size]
        self.wrong += len(self._waiting) - len(fitting)
        self._waiting = []
        if not fitting:
            return
        rows = np.frombuffer(b"".join(fitting), dtype=np.uint8).reshape(len(fitting), head + size)
        numbers = rows[:, :head].copy().view("<u4")[:, 0].astype(np.uint32)
        right = (numbers < self._asked) & (rows[:, head:] == noise(numbers, size)).all(axis=1)
        fresh = np.unique(numbers[right])
        self.arrived += int((~self._seen[fresh]).sum())
        self._seen[fresh] = True
        self.wrong += int((~right).sum())


def receive(request: Request, most: int, frames: int, size: int | None, interval: int) -> Flow:
    """Make a board send frames of noise and judge them; see `Link.stream`. `most` bytes fit into one."""
    size, start = _checked(size, most), time.monotonic()
    judge = Judge(frames, size)
    reply = request(p.STREAM, p.STREAM.build(frames=frames, interval=interval, size=size), judge)
    judge.settle()
    arrived, wrong, dropped = judge.arrived, judge.wrong, reply["dropped"]
    lost, seconds = max(0, frames - arrived - wrong - dropped), time.monotonic() - start
    return Flow(frames, size, arrived, wrong, dropped, lost, reply["ticks"], arrived, seconds)


def pour(request: Request, send: Callable[[bytes], None], most: int, frames: int, size: int | None) -> Flow:
    """Send a board frames of noise and ask what arrived; see `Link.pour`. `most` bytes fit into one."""
    size, start = _checked(size, most), time.monotonic()
    request(p.SINK, b"", [])
    for first in range(0, frames, _BATCH):
        numbers = np.arange(first, min(first + _BATCH, frames), dtype=np.uint32)
        for number, row in zip(numbers, noise(numbers, size), strict=True):
            send(p.POUR.build(row.tobytes(), index=int(number)))
    reply = request(p.SINK, b"", [])
    arrived, wrong = reply["frames"], reply["wrong"]
    lost, seconds = max(0, frames - arrived - wrong), time.monotonic() - start
    timed = max(0, arrived - 1)  # the board's clock starts when the first is there
    return Flow(frames, size, arrived, wrong, 0, lost, reply["ticks"], timed, seconds)


def _checked(size: int | None, most: int) -> int:
    if size is None:
        return most
    if not 0 <= size <= most:
        raise LinkError(f"the board takes at most {most} bytes of noise in a frame, not {size}")
    return size
