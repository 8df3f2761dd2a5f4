"""One library of a project as its index knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from bitloop.project import toml


@dataclass(frozen=True, slots=True)
class Found:
    """One library of the index. `score` ranks; `quality` is balanced accuracy, or R² for extrapolation, worst fold.

    Sizes are bytes: `knowledge` the fitted constants, `flash` and `ram` (with stack) those of the code linked for
    the project's target. `signals` is the fingerprint of the recordings it came from. `accuracy` is balanced accuracy
    or R² over all held-out signals, the former between `low` and `high` with 95 %; `cycles` are per call on the
    target, 0 where nothing is known.
    """

    number: int
    id: str
    family: str
    score: float
    quality: float
    knowledge: int
    flash: int
    ram: int
    signals: str
    pipeline: str = ""
    cycles: int = 0
    accuracy: float = 0.0
    low: float = 0.0
    high: float = 1.0

    def to_row(self) -> dict[str, toml.Value]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def to_record(self, kind: str) -> dict[str, Any]:
        """For JSON: what was measured by its name."""
        named: dict[str, Any] = {"r2": self.accuracy}
        if kind != "extrapolation":
            named = {"balanced_accuracy": self.accuracy, "interval": [self.low, self.high]}
        keys = ("number", "id", "family", "pipeline", "score", "quality")
        sizes = ("knowledge", "flash", "ram", "cycles", "signals")
        return {k: getattr(self, k) for k in keys} | named | {k: getattr(self, k) for k in sizes}

    @staticmethod
    def read(data: Mapping[str, object], path: Path) -> Found:
        """From a row of the index; fields that older versions did not write have their defaults."""
        kinds = {"int": int, "str": str, "float": float}
        known = {f.name: f.default for f in fields(Found) if f.default is not MISSING} | dict(data)
        read = {f.name: toml.field(known, f.name, kinds[str(f.type)], path) for f in fields(Found)}
        return Found(**read)

    def beats(self, other: Found) -> bool:
        """Whether it is nowhere worse and somewhere better: score, flash, RAM, and cycles where both are known."""
        mine, yours = self._merits(other), other._merits(self)
        return mine != yours and all(a >= b for a, b in zip(mine, yours, strict=True))

    def _merits(self, other: Found) -> tuple[float, ...]:
        cycles = self.cycles if self.cycles and other.cycles else 0
        return (self.score, -self.flash, -self.ram, -cycles)


def front(found: Sequence[Found]) -> frozenset[int]:
    """Numbers of those that none of the others beats. Only libraries from the same signals can be compared."""
    return frozenset(one.number for one in found if not any(o.beats(one) for o in found if o.signals == one.signals))
