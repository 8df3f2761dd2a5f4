"""What a pipeline costs on a core, without compiling it: cycles of one detection, and bytes of flash.

`costs.toml` has, for each core and kernel, measured by `python -m benchmarks.costs` on linked code built by zig at
-O2: cycles = call + input * (values it takes) + output * (values it makes) + step * effort(), and `code` bytes
without its tables. `library` entries are what a generated library adds for each kind of model: cycles of a call and
of each value copied out of the user's buffer, and bytes of the API. RAM needs no table: it is exact by formula.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from bitloop.errors import LibraryError
from bitloop.kernels.base import Constant, Model
from bitloop.kernels.committee import Committee
from bitloop.kernels.pipeline import Pipeline

Table = Mapping[str, Any]
"""By kernel, the entries of costs.toml for one core."""
TERMS = ("call", "input", "output", "step")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Cycles of one detection and bytes of flash: code, tables, knowledge."""

    cycles: float
    flash: float


@dataclass(frozen=True, slots=True)
class Use:
    """One kernel at its place: how many values it takes and makes, and its effort."""

    kernel: str
    input: int
    output: int
    effort: float

    def terms(self) -> tuple[float, ...]:
        """In the order of TERMS."""
        return (1.0, float(self.input), float(self.output), self.effort)


def estimate(pipeline: Pipeline, core: str) -> Estimate:
    """What a library with this pipeline costs on a core of costs.toml; LibraryError for another."""
    return by(pipeline, _table(core))


def by(pipeline: Pipeline, table: Table) -> Estimate:
    """The same by a table of one core."""
    preprocessing, model = pipeline.preprocessing, pipeline.model
    whole = table["library"][model.kind]
    copied = len(preprocessing.branches) * preprocessing.given.size + preprocessing.common
    cycles = whole["call"] + whole["input"] * copied
    flash = whole["code"] + tables(pipeline) + model.code()
    for use in uses(pipeline):
        entry = table.get(use.kernel) or table["unknown"]
        cycles += sum(entry[name] * value for name, value in zip(TERMS, use.terms(), strict=True))
        flash += entry["code"]  # also when used twice: the compiler makes each its own
    return Estimate(cycles, flash)


def uses(pipeline: Pipeline) -> Iterator[Use]:
    """Every stage, then the model."""
    for step in pipeline.preprocessing.steps():
        effort = step.stage.effort(step.given)
        yield Use(step.stage.kernel, step.given.size, step.after.size, effort)
    if not isinstance(pipeline.model, Committee):
        yield use_of(pipeline.model)
        return
    for member in pipeline.model.members:  # what the committee does itself is next to nothing
        for stage, given, after in member.steps():
            yield Use(stage.kernel, given.size, after.size, stage.effort(given))
        yield use_of(member.model)


def use_of(model: Model) -> Use:
    """A model as the end of a pipeline."""
    return Use(model.kernel, model.inputs, model.outputs, model.effort())


def tables(pipeline: Pipeline) -> int:
    """Bytes of all constants, the same ones of two kernels counted once."""
    found: set[tuple[str, str, bytes]] = set()
    for step in pipeline.preprocessing.steps():
        found |= {_known(step.stage.kernel, constant) for constant in step.stage.constants(step.given)}
    found |= {_known(pipeline.model.kernel, constant) for constant in pipeline.model.constants()}
    return sum(len(values) for _, _, values in found)


def cores() -> tuple[str, ...]:
    """Cores there is a table of."""
    return tuple(_tables())


def _known(kernel: str, constant: Constant) -> tuple[str, str, bytes]:
    return kernel, constant.name, constant.values.tobytes()


def _table(core: str) -> Table:
    known = _tables()
    if core not in known:
        raise LibraryError(f"there is no table of costs for {core}; choose from {', '.join(known)}")
    return known[core]


@cache
def _tables() -> dict[str, dict[str, Any]]:
    with Path(__file__).with_name("costs.toml").open("rb") as stream:
        read = tomllib.load(stream)
    for table in read.values():
        table["unknown"] = usual(table)
    return dict(read)


def usual(table: Table) -> dict[str, float]:
    """What a kernel usually costs, for those that are newer than the table."""
    plain = [entry for name, entry in table.items() if name != "library"]
    return {name: median(entry[name] for entry in plain) for name in (*TERMS, "code")}
