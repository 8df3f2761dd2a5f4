"""Campaigns: many frames under random faults, with an account of every one of them.

`stream` looks at what a board sends unasked: numbered frames, of which some are lost. `echoes` looks at requests,
which are repeated until the reply arrives or the deadline passes. Both compare every payload they take with what was
sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from bitloop.errors import LinkError
from bitloop_hil.faults.line import LineFaults, Spoiler
from bitloop_hil.link.client import Link
from bitloop_hil.link.frame import Decoder, Frame, LinkStats, encode

_STREAM_TYPE = 0x7E  # no packet has it: only a campaign sends such frames
_NUMBERS = 1 << 16


@dataclass(slots=True)
class Account:
    """What became of the frames of a campaign. `sent` = `delivered` + `lost`, or the account is wrong.

    `wrong` payloads were delivered that are not what was sent. `lost` is what the receiver knows is missing, from
    the numbers of the frames that came (stream) or because the request failed (echoes), not from what was sent.
    `spoiled` bytes were dropped, doubled or flipped on the way. `slowest` is the longest request in seconds.
    """

    sent: int = 0
    delivered: int = 0
    wrong: int = 0
    lost: int = 0
    spoiled: int = 0
    slowest: float = 0.0
    stats: LinkStats = field(default_factory=LinkStats)

    @property
    def settled(self) -> bool:
        """Nothing wrong was delivered and every frame is accounted for."""
        return not self.wrong and self.sent == self.delivered + self.lost


class Numbering:
    """Counts what is missing from frames numbered modulo 65536, as a receiver that only sees those that come."""

    def __init__(self, first: int = 0) -> None:
        self._next = first
        self.lost = 0

    def take(self, number: int) -> None:
        """A frame with this number has come."""
        self.lost += (number - self._next) % _NUMBERS
        self._next = (number + 1) % _NUMBERS

    def end(self, number: int) -> None:
        """The sender says which number it would have used next."""
        self.lost += (number - self._next) % _NUMBERS
        self._next = number


def payloads(count: int, longest: int, seed: int) -> Iterator[bytes]:
    """Random payloads; some are all zeros or all 255, which is where COBS has most and least to do."""
    noise = np.random.default_rng(seed)
    for size, kind in zip(noise.integers(0, longest + 1, count), noise.integers(0, 8, count), strict=True):
        yield bytes(int(size)) if kind == 0 else b"\xff" * int(size) if kind == 1 else noise.bytes(int(size))


def stream(faults: LineFaults, frames: int, seed: int, longest: int = 300, batch: int = 64) -> Account:
    """Send numbered frames over a faulty line into a decoder, in pieces of `batch` frames."""
    account, spoiler, numbering = Account(sent=frames), Spoiler(faults, seed), Numbering()
    decoder = Decoder(account.stats)
    recent: dict[int, bytes] = {}  # the last 65536 payloads by their number
    line = bytearray()
    for i, payload in enumerate(payloads(frames, longest, seed)):
        recent[i % _NUMBERS] = payload
        line += encode(Frame(_STREAM_TYPE, i % _NUMBERS, payload))
        if (i + 1) % batch and i + 1 < frames:
            continue
        for frame in decoder.feed(spoiler.bytes(bytes(line))):
            numbering.take(frame.sequence)
            account.delivered += 1
            account.wrong += frame.type != _STREAM_TYPE or recent.get(frame.sequence) != frame.payload
        line.clear()
    numbering.end(frames % _NUMBERS)
    account.lost, account.spoiled = numbering.lost, spoiler.done.spoiled
    return account


def echoes(link: Link, requests: int, seed: int, longest: int | None = None) -> Account:
    """Have a greeted board echo random payloads; a request that fails for good is `lost`, anything else a defect."""
    room = link.greeting.max_payload if link.greeting else 64
    account = Account(sent=requests, stats=link.stats)
    for payload in payloads(requests, min(room, longest or room), seed):
        start = time.monotonic()
        try:
            back = link.echo(payload)
        except LinkError:
            account.lost += 1
        else:
            account.delivered += 1
            account.wrong += back != payload
        account.slowest = max(account.slowest, time.monotonic() - start)
    return account
