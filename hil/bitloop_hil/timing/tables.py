"""The costs of instructions by core (cores.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bitloop.errors import BuildError
from bitloop_hil.timing.decode import Kind, Step


@dataclass(frozen=True, slots=True)
class Table:
    """Costs of one core. `uncertainty` is the relative error to expect of a count: 0.03 is 3 %."""

    core: str
    pipeline: str
    uncertainty: float
    cycles: Mapping[Kind, int]
    per_word: Mapping[Kind, int]
    jump: Mapping[Kind, int]
    rules: Mapping[str, int]

    def alone(self, step: Step) -> int:
        """Cycles of an instruction that continues behind itself, whatever stands around it."""
        return self.cycles.get(step.kind, 1) + self.per_word.get(step.kind, 0) * step.words

    def jumping(self, step: Step, late: bool = False) -> int:
        """Cycles it adds when execution continues elsewhere. `late`: LR is being written while it is decoded."""
        kind = Kind.JUMP if late and step.kind is Kind.RETURN else step.kind
        return self.jump.get(kind, 0)


def cores() -> tuple[str, ...]:
    """Every core there is a table for."""
    return tuple(_data())


@cache
def table(core: str) -> Table:
    """The table of that core; BuildError lists the known ones."""
    if core not in _data():
        raise BuildError(f"there is no cycle model of {core!r}; choose one of {', '.join(cores())}")
    row = _row(core)
    return Table(
        core,
        str(row["pipeline"]),
        float(row["uncertainty"]),
        _by_kind(row.get("cycles", {})),
        _by_kind(row.get("per_word", {})),
        _by_kind(row.get("jump", {})),
        dict(row.get("rules", {})),
    )


def _row(core: str) -> dict[str, Any]:
    """The core's own entries over those of the one it is like."""
    own = _data()[core]
    if "like" not in own:
        return own
    merged = dict(_row(own["like"]))
    for name, value in own.items():
        merged[name] = {**merged.get(name, {}), **value} if isinstance(value, dict) else value
    return merged


def _by_kind(costs: Mapping[str, int]) -> dict[Kind, int]:
    return {Kind(name): cycles for name, cycles in costs.items()}


@cache
def _data() -> dict[str, dict[str, Any]]:
    with (Path(__file__).parent / "cores.toml").open("rb") as stream:
        return tomllib.load(stream)
