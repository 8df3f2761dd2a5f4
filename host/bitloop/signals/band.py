"""The frequencies of a project: what a filter in front of every library lets through."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bitloop.errors import BitloopError
from bitloop.kernels.biquad import Biquad

ORDER, ORDERS = 2, (1, 8)
HIGH_PASS, LOW_PASS = 0.001, 0.005
"""Smallest limits as fractions of the rate: below them the rounding of 32-bit floats, which grows as a filter gets
slower, reaches a ten-thousandth of a signal's offset. No limit may lie nearer to half the rate than the first, and no
two limits nearer to each other."""


@dataclass(frozen=True, slots=True)
class Band:
    """Limits in Hz at a sampling rate; 0 where there is none. The filter is Butterworth's, with `order` poles a side.

    BitloopError where the limits are no band below half the rate.
    """

    rate_hz: float
    high_pass: float = 0.0
    low_pass: float = 0.0
    order: int = ORDER

    def __post_init__(self) -> None:
        numbers = (self.rate_hz, self.high_pass, self.low_pass)
        if not all(math.isfinite(number) and 0 <= number <= 1e9 for number in numbers):
            raise BitloopError("the sampling rate and the limits of a filter are numbers of Hz, 0 or more")
        if not ORDERS[0] <= self.order <= ORDERS[1]:
            raise BitloopError(f"a filter of order {self.order} cannot be made; choose {ORDERS[0]} to {ORDERS[1]}")
        if self:
            self._check()

    def __bool__(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.high_pass or self.low_pass)

    def _check(self) -> None:
        if not self.rate_hz:
            raise BitloopError("a filter needs the sampling rate; say --rate HZ")
        near, most = HIGH_PASS * self.rate_hz, (0.5 - HIGH_PASS) * self.rate_hz
        for name, limit, least in (
            ("high pass", self.high_pass, near),
            ("low pass", self.low_pass, LOW_PASS * self.rate_hz),
        ):
            if limit and not least <= limit <= most:
                what = f"a {name} at {limit:g} Hz cannot be had at {self.rate_hz:g} Hz"
                raise BitloopError(f"{what}; choose {least:g} to {most:g} Hz")
        if self.low_pass and self.low_pass - self.high_pass < near:
            what = f"hardly anything passes above {self.high_pass:g} Hz and below {self.low_pass:g} Hz"
            raise BitloopError(f"{what}; the low pass has to be at least {near:g} Hz higher than the high pass")

    def stages(self) -> tuple[Biquad, ...]:
        """What stands before all branches of every library: nothing, or the filter."""
        if not self:
            return ()
        high = self.low_pass / self.rate_hz if self.low_pass else 0.5
        return (Biquad.band(self.high_pass / self.rate_hz, high, self.order),)

    def words(self) -> str:
        """`10 to 200 Hz (rate 1000 Hz, Butterworth, order 2)`; nothing without a filter."""
        if not self:
            return ""
        if not self.high_pass:
            passed = f"below {self.low_pass:g} Hz"
        elif not self.low_pass:
            passed = f"above {self.high_pass:g} Hz"
        else:
            passed = f"{self.high_pass:g} to {self.low_pass:g} Hz"
        return f"{passed} (rate {self.rate_hz:g} Hz, Butterworth, order {self.order})"


ALL = Band(0.0)
"""No filter, and nobody said what the rate is."""
