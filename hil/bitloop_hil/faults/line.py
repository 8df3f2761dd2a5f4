"""A line that spoils bytes on purpose, in each direction by its own orders."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict, dataclass, field

import numpy as np

from bitloop.errors import LinkError
from bitloop_hil.link.transport import Transport


@dataclass(frozen=True, slots=True)
class LineFaults:
    """What happens to the bytes of one direction.

    Probabilities per byte: `dropped`, `doubled`, `flipped` (one of its bits). Probabilities per piece (what one read
    or write carries): `delayed` by `delay` seconds, in which nothing overtakes it, and `merged` with the next piece.
    `closed_after` so many bytes the link is closed for both directions.
    """

    dropped: float = 0.0
    doubled: float = 0.0
    flipped: float = 0.0
    delayed: float = 0.0
    merged: float = 0.0
    delay: float = 0.02
    closed_after: int | None = None

    def __post_init__(self) -> None:
        chances = (self.dropped, self.doubled, self.flipped, self.delayed, self.merged)
        if not all(0.0 <= chance <= 1.0 for chance in chances) or self.dropped + self.doubled + self.flipped > 1.0:
            raise ValueError(f"{self} has a probability outside 0 to 1")
        if self.delay < 0.0 or (self.closed_after is not None and self.closed_after < 0):
            raise ValueError(f"{self} has a negative delay or length")


@dataclass(slots=True)
class Done:
    """What was done to the bytes of one direction: bytes, but pieces for `delayed` and `merged`."""

    passed: int = 0
    dropped: int = 0
    doubled: int = 0
    flipped: int = 0
    delayed: int = 0
    merged: int = 0

    @property
    def spoiled(self) -> int:
        """Bytes that did not arrive as they were sent."""
        return self.dropped + self.doubled + self.flipped

    def to_json(self) -> dict[str, int]:
        """Plain data."""
        return asdict(self)


class Spoiler:
    """The faults of one direction, drawn from a seed. `done` counts them."""

    def __init__(self, faults: LineFaults, seed: int) -> None:
        self.faults, self.done = faults, Done()
        # Each decision has a generator of its own, so that how bytes are cut into pieces changes no other decision.
        self._bytes, self._bits, self._pieces = (np.random.default_rng([seed, part]) for part in range(3))

    def bytes(self, data: bytes) -> bytes:
        """What becomes of the bytes."""
        faults, done = self.faults, self.done
        done.passed += len(data)
        if not data or not (faults.dropped or faults.doubled or faults.flipped):
            return data
        drawn = self._bytes.random(len(data))
        times = np.ones(len(data), dtype=np.intp)
        dropped = drawn < faults.dropped
        doubled = ~dropped & (drawn < faults.dropped + faults.doubled)
        flipped = ~dropped & ~doubled & (drawn < faults.dropped + faults.doubled + faults.flipped)
        times[dropped], times[doubled] = 0, 2
        spoiled = np.frombuffer(data, dtype=np.uint8).copy()
        count = int(flipped.sum())
        spoiled[flipped] ^= np.left_shift(1, self._bits.integers(0, 8, count)).astype(np.uint8)
        done.dropped += int(dropped.sum())
        done.doubled += int(doubled.sum())
        done.flipped += count
        return spoiled.repeat(times).tobytes()

    def delay(self) -> float:
        """Seconds the next piece takes longer than it would; drawn anew by every call."""
        if not self.faults.delayed or self._pieces.random() >= self.faults.delayed:
            return 0.0
        self.done.delayed += 1
        return self.faults.delay

    def merge(self) -> bool:
        """Whether the next piece waits for the one behind it; drawn anew by every call."""
        merged = bool(self.faults.merged) and bool(self._pieces.random() < self.faults.merged)
        self.done.merged += merged
        return merged


@dataclass(slots=True)
class _Way:
    """One direction: pieces on their way with the moment they arrive, and what waits for the next piece."""

    spoiler: Spoiler
    pieces: deque[tuple[float, bytes]] = field(default_factory=deque)
    held: bytes = b""
    left: int | None = None  # bytes until the link is closed

    def take(self, data: bytes, now: float) -> bool:
        """A piece sets out; False if the link is closed behind it."""
        data = self.spoiler.bytes(data)
        closing = self.left is not None and len(data) >= self.left
        if self.left is not None:
            data = data[: self.left]
            self.left -= len(data)
        self.held += data
        if closing or not self.spoiler.merge():
            last = self.pieces[-1][0] if self.pieces else now  # nothing overtakes
            self.pieces.append((max(now + self.spoiler.delay(), last), self.held))
            self.held = b""
        return not closing

    def arrived(self, now: float) -> bytes:
        """Everything that has arrived by now."""
        found = b""
        while self.pieces and self.pieces[0][0] <= now:
            found += self.pieces.popleft()[1]
        return found

    def next(self) -> float:
        """The moment the next piece arrives; infinite if none is on its way."""
        return self.pieces[0][0] if self.pieces else float("inf")


class FaultyTransport:
    """A `Transport` around another one that does to the bytes what was ordered.

    It has no thread: what is delayed towards the board sets out while the host reads, which a link that waits for a
    reply does all the time.
    """

    def __init__(
        self,
        transport: Transport,
        seed: int,
        *,
        to_board: LineFaults = LineFaults(),
        from_board: LineFaults = LineFaults(),
    ) -> None:
        self._transport = transport
        self._to_board = _Way(Spoiler(to_board, 2 * seed), left=to_board.closed_after)
        self._from_board = _Way(Spoiler(from_board, 2 * seed + 1), left=from_board.closed_after)
        self._closed = False

    @property
    def to_board(self) -> Done:
        """What was done to the bytes towards the board so far."""
        return self._to_board.spoiler.done

    @property
    def from_board(self) -> Done:
        """What was done to the bytes from the board so far."""
        return self._from_board.spoiler.done

    def read(self, timeout: float) -> bytes:
        """What has arrived, waiting up to `timeout` seconds for the first byte; LinkError once the link is closed."""
        deadline = time.monotonic() + timeout
        while True:
            now = time.monotonic()
            if found := self._from_board.arrived(now):
                return found
            if self._closed:
                raise self._gone()
            self._set_out(now)
            until = min(deadline, self._from_board.next(), self._to_board.next())
            data = self._transport.read(max(0.0, until - now))
            if data:
                if not self._from_board.take(data, time.monotonic()):
                    self._shut()
            elif time.monotonic() >= deadline:
                return self._from_board.arrived(time.monotonic())

    def write(self, data: bytes) -> None:
        """Send, as far as the faults let it; LinkError once the link is closed."""
        if self._closed:
            raise self._gone()
        open_still = self._to_board.take(data, time.monotonic())
        self._set_out(time.monotonic() if open_still else float("inf"))
        if not open_still:
            self._shut()

    def close(self) -> None:
        """Let go; safe to call twice."""
        self._transport.close()

    def _set_out(self, now: float) -> None:
        if data := self._to_board.arrived(now):
            self._transport.write(data)

    def _shut(self) -> None:
        self._closed = True
        self._transport.close()

    @staticmethod
    def _gone() -> LinkError:
        return LinkError("the line was closed in mid-frame, as ordered; open a new link")
