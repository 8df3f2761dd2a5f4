"""A recording while it goes on: how much there is, how fast it comes, and what the newest of it looks like."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.recording.lines import Line, Shape

_PERIOD = 0.1  # seconds between two reports
_WINDOW = 50  # reports over which the pace is averaged
_RECENT = 256  # lines the plot shows where each is one sample
_FEW = 16  # so few values are one sample, unless somebody has said that they are more


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """`lines` kept, `rejected` and (where that is known) samples `lost` after so many `seconds`; `rate` lines and
    `speed` bytes per second of late, nothing for `silent` seconds; `away` says what is waited for while the port is
    away, which happened `resumed` times before. `newest` is the signal to look at, float64 (points, axes).
    """

    lines: int
    rejected: int
    lost: int | None
    seconds: float
    rate: float
    speed: float
    silent: float
    away: str
    resumed: int
    newest: NDArray[np.float64]


class Gauge:
    """Sees everything that arrives, and tells of it now and then."""

    def __init__(self, shape: Shape, told: Callable[[Progress], None] | None) -> None:
        self._shape, self._told = shape, told
        self.start = self._heard = time.monotonic()
        self._bytes = 0
        self._recent: deque[tuple[str, ...]] = deque(maxlen=_RECENT)
        self._window: deque[tuple[float, int, int]] = deque([(self.start, 0, 0)], maxlen=_WINDOW)

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self.start

    @property
    def silence(self) -> float:
        """Seconds since something came, or the line was opened anew."""
        return time.monotonic() - self._heard

    def saw(self, size: int, lines: Sequence[Line]) -> None:
        """So many bytes arrived, and these lines with them."""
        self._heard = time.monotonic()
        self._bytes += size
        right = [line.values for line in lines if not line.reason]
        if right and len(right[-1]) > _FEW:  # of whole signals only the last one is looked at
            self._recent.clear()
            right = right[-1:]
        self._recent.extend(right)

    def tell(self, lines: int, rejected: int, lost: int | None, resumed: int, away: str = "") -> None:
        """Report, if it is time to."""
        now = time.monotonic()
        if self._told is None or now - self._window[-1][0] < _PERIOD:
            return
        then, lines_then, bytes_then = self._window[0]
        self._window.append((now, lines, self._bytes))
        span = now - then
        self._told(
            Progress(
                lines,
                rejected,
                lost,
                now - self.start,
                (lines - lines_then) / span,
                (self._bytes - bytes_then) / span,
                self.silence,
                away,
                resumed,
                self._newest(),
            )
        )

    def _newest(self) -> NDArray[np.float64]:
        """The last signal; the last lines where each is one sample."""
        if not self._recent:
            return np.empty((0, 1))
        width = len(self._recent[-1])
        shape = self._shape.of(width)
        if width <= _FEW and shape.samples <= 1:
            return np.array(self._recent, dtype=np.float64)
        return np.array(self._recent[-1], dtype=np.float64).reshape(-1, shape.axes or 1)
