"""Declared measurements: a name, a value, its unit and the limits it has to keep."""

from __future__ import annotations

import math
import sys
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any

from bitloop.errors import TimingError
from bitloop_hil.proof import FAIL, PASS, Spread
from bitloop_hil.pytest_plugin.record import Record

OPEN = "NOT JUDGED"
_TICKS = ("cycles", "instructions")
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured. `low`, `value` and `high` are smallest, middle and largest (all the same for one number).

    `limit_min` has to be at most `low`, `limit_max` at least `high`: limits are about the worst case.
    """

    name: str
    unit: str
    low: float
    value: float
    high: float
    limit_min: float | None = None
    limit_max: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """PASS, FAIL, or NOT JUDGED where the bench cannot measure in the unit of the limits."""
        if self.note and (self.limit_min, self.limit_max) != (None, None):
            return OPEN
        below = self.limit_min is not None and not self.low >= self.limit_min
        above = self.limit_max is not None and not self.high <= self.limit_max
        return FAIL if below or above else PASS

    def describe(self) -> str:
        """Value and limits in words."""
        value = number(self.value)
        if self.low != self.high:
            value += f" ({number(self.low)} to {number(self.high)})"
        limits = [
            f"{word} {number(limit)}"
            for word, limit in (("min", self.limit_min), ("max", self.limit_max))
            if limit is not None
        ]
        return " ".join([value, self.unit, *limits]).replace("  ", " ").strip()

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "verdict": self.verdict, "text": self.describe()}

    def properties(self) -> list[tuple[str, str]]:
        """For a JUnit file."""
        values: dict[str, float | str | None] = {
            "": self.value,
            ".unit": self.unit,
            ".low": self.low if self.low != self.high else None,
            ".high": self.high if self.low != self.high else None,
            ".min": self.limit_min,
            ".max": self.limit_max,
            ".verdict": self.verdict,
            ".note": self.note or None,
        }
        texts = {k: number(v) if isinstance(v, float) else v for k, v in values.items() if v is not None}
        return [(f"bitloop.measure.{self.name}{key}", text) for key, text in texts.items()]


class Measure:
    """The fixture `measure`: `measure("detect", proof.detect, max=25_000, unit="cycles")`.

    A `Spread` is judged by its worst call. Ticks of a board become seconds where `unit` is a unit of time and the
    board counts cycles. A limit in cycles cannot be judged on a bench that counts instructions (or the other way
    round): the value is recorded, and the report says that the limit was not judged. The test fails at its end, with
    all limits that were broken.
    """

    def __init__(self, record: Record) -> None:
        self._record = record

    def __call__(
        self,
        name: str,
        value: float | Spread | None,
        *,
        min: float | None = None,  # noqa: A002 - the words a limit is called by
        max: float | None = None,  # noqa: A002
        unit: str = "",
    ) -> Measurement:
        """Record a value with its limits. TimingError where nothing was measured, or no number."""
        if value is None:
            raise TimingError(f"{name} was not measured: the proof made no such call that was answered")
        ticks = isinstance(value, Spread)
        low, middle, high = (value.min, value.median, value.max) if isinstance(value, Spread) else (value,) * 3
        for given in (low, middle, high, min, max):
            if given is not None and (isinstance(given, bool) or not math.isfinite(given)):
                raise TimingError(f"{name} = {given} is no finite number; measure one")
        unit, factor, note = self._scale(unit or (self._record.unit if ticks else ""), ticks)
        low, middle, high = low * factor, middle * factor, high * factor
        made = Measurement(name, unit, low, middle, high, _float(min), _float(max), note)
        if made.verdict == FAIL and self._record.broke_at is None:
            frame = sys._getframe(1)  # the line of the test is what its failure is about
            self._record.broke_at = TracebackType(None, frame, frame.f_lasti, frame.f_lineno)
        self._record.measurements.append(made)
        return made

    def _scale(self, unit: str, ticks: bool) -> tuple[str, float, str]:
        """Unit, factor, and why limits in the unit that was asked for cannot be judged."""
        counted = self._record.unit
        if unit in _TICKS and counted in _TICKS and unit != counted:
            return counted, 1.0, f"the limits are in {unit} and this bench counts {counted}"
        if ticks and unit in _SECONDS:
            if counted != "cycles":
                return counted, 1.0, f"the limits are in {unit} and this bench counts {counted}"
            return unit, 1.0 / self._record.clock_hz / _SECONDS[unit], ""
        return unit, 1.0, ""


def broken_limits(record: Record) -> TimingError | None:
    """The error of a test whose measurements break their limits."""
    wrong = [f"{m.name}: {m.describe()}" for m in record.measurements if m.verdict == FAIL]
    if not wrong:
        return None
    text = f"{len(wrong)} of {len(record.measurements)} measurements break their limits: {'; '.join(wrong)}"
    return TimingError(text).with_traceback(record.broke_at)


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def number(value: float) -> str:
    """Whole numbers without a point, others with six digits."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.6g}"
