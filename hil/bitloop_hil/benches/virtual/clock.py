"""Virtual time: the core's cycles, the frequency it runs at, and what is due when.

Time is in picoseconds, so that a bit at 921 600 baud and a cycle at 480 MHz are both whole numbers of it to better
than one part in a million. Nothing here looks at the wall clock.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

SECOND = 10**12  # picoseconds

Action = Callable[[], None]


@dataclass(order=True, slots=True)
class Event:
    """Something that happens at a moment. `cancel` it if it no longer does."""

    when: int
    order: int
    action: Action = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """It will not happen."""
        self.cancelled = True


class Clock:
    """Turns cycles into time and keeps the events. `cycles` is the core's count, which only grows between resets."""

    def __init__(self, cycles: Callable[[], int], hertz: int) -> None:
        self._cycles = cycles
        self._events: list[Event] = []
        self._order = 0
        self.reset(hertz)

    def reset(self, hertz: int) -> None:
        """Power-on: no time has passed at this frequency, and nothing is due. The core's count may restart, too."""
        self._events.clear()
        self._hertz = hertz
        self._from_time = 0
        self._from_cycles = self._cycles()

    @property
    def hertz(self) -> int:
        """The core's frequency now."""
        return self._hertz

    def change(self, hertz: int) -> None:
        """The core runs at another frequency from now on."""
        self._from_time, self._from_cycles = self.now(), self._cycles()
        self._hertz = hertz

    def now(self) -> int:
        """Picoseconds since the reset."""
        return self._from_time + (self._cycles() - self._from_cycles) * SECOND // self._hertz

    def at(self, when: int, action: Action) -> Event:
        """Let something happen at that moment, or as soon as possible if it has passed."""
        self._order += 1
        event = Event(when, self._order, action)
        heapq.heappush(self._events, event)
        return event

    def after(self, picoseconds: int, action: Action) -> Event:
        """Let something happen so much later."""
        return self.at(self.now() + picoseconds, action)

    def next_cycle(self) -> int | None:
        """The core's count at which the next event is due (or was); None if there is none."""
        while self._events and self._events[0].cancelled:
            heapq.heappop(self._events)
        if not self._events:
            return None
        left = (self._events[0].when - self._from_time) * self._hertz
        return self._from_cycles + max(0, -(-left // SECOND))

    def run_due(self) -> bool:
        """Do everything that is due by now, in order; whether there was anything."""
        done = False
        while (due := self.next_cycle()) is not None and due <= self._cycles():
            heapq.heappop(self._events).action()
            done = True
        return done
