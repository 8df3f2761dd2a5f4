"""How long a host waits for a board, and how often it asks again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a reply before the request is sent again, how often, and for the greeting in all.

    `call` is for requests that run the library, `request` for all others. Every wait is twice as long as the one
    before, but none longer than `longest`; so a board that hangs is given up after 15 or 35 seconds.
    """

    request: float = 1.0
    call: float = 5.0
    attempts: int = 4
    hello: float = 0.5
    boot: float = 10.0
    longest: float = 10.0

    def waits(self, first: float) -> list[float]:
        """Seconds of every wait for a reply, the first of which is `first`."""
        return [min(first * 2**attempt, max(first, self.longest)) for attempt in range(self.attempts)]
