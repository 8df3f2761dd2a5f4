"""Firmware that waits for a device: it reads the same register again within a few instructions."""

from __future__ import annotations

from bitloop_hil.benches.virtual.clock import SECOND, Clock

_SOON = 64  # cycles of the core between two reads of a loop that does nothing else


class Waiting:
    """Tells a loop that waits from firmware that looks in passing, so that only the former may skip time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Nobody has looked yet."""
        self._looked: int | None = None

    def again(self) -> bool:
        """The register is read; whether it was read a moment ago."""
        before, self._looked = self._looked, self._clock.now()
        return before is not None and 0 <= self._looked - before <= _SOON * SECOND // self._clock.hertz
