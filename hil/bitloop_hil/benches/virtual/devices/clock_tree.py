"""A family's clock tree as data: oscillators, PLLs, the system clock's switch, bus prescalers, kernel clock choices.

Read from the `[rcc]` section of a family's table; `families/stm32l4.toml` shows every field in use. Fields of
registers are written as in the reference manual (`PLLCFGR[14:8]`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bitloop.errors import BuildError
from bitloop_hil.benches.virtual.devices.registers import Field


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a register: the field plus `plus`, or what `values` has at the field's place."""

    field: Field | None
    plus: int = 0
    values: tuple[int, ...] = ()

    def of(self, words: Mapping[int, int]) -> int:
        """Its value; 0 where the field's value is reserved."""
        if self.field is None:
            return self.plus
        at = self.field.of(words)
        if self.values:
            return self.values[at] if at < len(self.values) else 0
        return at + self.plus


ONE = Number(None, 1)


@dataclass(frozen=True, slots=True)
class Oscillator:
    """A source of clock: `on` and `ready` bits, its frequencies by range, its divider, how long it takes to start."""

    on: Field
    ready: Field
    microseconds: float
    hertz: tuple[int, ...]
    ranges: tuple[Field, ...] = ()
    range_choice: Field | None = None
    divider: Number = ONE

    def frequency(self, words: Mapping[int, int]) -> int:
        """Hertz once it is ready; 0 if there is none of that kind, or its range is reserved."""
        at = 0
        if self.ranges:
            at = self.ranges[self.range_choice.of(words) if self.range_choice else 0].of(words)
        divider = self.divider.of(words)
        return self.hertz[at] // divider if at < len(self.hertz) and divider else 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a PLL or multiplexer takes its clock: a node of the tree ("" for none) over a number."""

    node: str
    divider: Number = ONE


@dataclass(frozen=True, slots=True)
class Choice:
    """A multiplexer: one of `sources`, as the field says."""

    field: Field | None
    sources: tuple[Source, ...]

    def of(self, words: Mapping[int, int]) -> Source:
        """The one that is chosen; reserved values choose nothing."""
        at = self.field.of(words) if self.field else 0
        return self.sources[at] if at < len(self.sources) else Source("")


@dataclass(frozen=True, slots=True)
class Pll:
    """Input divider, multiplier, output dividers with their enable bits, and the limits of its two frequencies."""

    on: Field
    ready: Field
    microseconds: float
    source: Choice
    before: Number
    times: Number
    outputs: Mapping[str, tuple[Number, Field | None]]
    input_limits: tuple[int, int]
    vco_limits: tuple[int, int]
    fraction: tuple[Field, Field] | None = None  # of 8192, to be added to `times`; the bit that makes it count

    def vco(self, into: int, words: Mapping[int, int]) -> int:
        """Hz of its oscillator for a divided input."""
        parts = self.times.of(words) << 13
        if self.fraction and self.fraction[1].of(words):
            parts += self.fraction[0].of(words)
        return into * parts >> 13


@dataclass(frozen=True, slots=True)
class Bus:
    """A clock derived from another by a prescaler."""

    source: str
    divider: Number


@dataclass(frozen=True, slots=True)
class Tree:
    """All of it. `core` is the bus that clocks the core; `flash` the one the flash's wait states belong to."""

    oscillators: Mapping[str, Oscillator]
    plls: Mapping[str, Pll]
    switch: Choice
    status: Field
    buses: Mapping[str, Bus]
    kernels: Mapping[str, Choice]
    core: str
    flash: str


def read_tree(data: Mapping[str, Any], registers: Mapping[str, int]) -> Tree:
    """The tree of an `[rcc]` section."""
    return _Reader(registers).tree(data)


class _Reader:
    def __init__(self, registers: Mapping[str, int]) -> None:
        self._registers = registers

    def tree(self, data: Mapping[str, Any]) -> Tree:
        switch = data["sysclk"]
        return Tree(
            {name: self._oscillator(table) for name, table in data["oscillators"].items()},
            {name: self._pll(table) for name, table in data["plls"].items()},
            self._choice(switch),
            self._field(switch["status"]),
            {name: Bus(table["from"], self._number(table)) for name, table in data["buses"].items()},
            {name: self._choice(table) for name, table in data["kernels"].items()},
            data.get("core", "hclk"),
            data.get("flash", "hclk"),
        )

    def _oscillator(self, data: Mapping[str, Any]) -> Oscillator:
        hertz = data["hertz"]
        return Oscillator(
            self._field(data["on"]),
            self._field(data["ready"]),
            data["microseconds"],
            tuple(hertz) if isinstance(hertz, list) else (hertz,),
            tuple(self._field(text) for text in data.get("ranges", ())),
            self._optional(data.get("range_choice")),
            self._number(data["divider"]) if "divider" in data else ONE,
        )

    def _pll(self, data: Mapping[str, Any]) -> Pll:
        outputs = {
            name: (self._number(table), self._optional(table.get("enable")))
            for name, table in data["outputs"].items()
        }
        return Pll(
            self._field(data["on"]),
            self._field(data["ready"]),
            data["microseconds"],
            self._choice(data["source"]),
            self._number(data["before"]) if "before" in data else ONE,
            self._number(data["times"]),
            outputs,
            _pair(data["input_limits"]),
            _pair(data["vco_limits"]),
            (self._field(data["fraction"]), self._field(data["fraction_on"])) if "fraction" in data else None,
        )

    def _choice(self, data: Mapping[str, Any]) -> Choice:
        return Choice(self._optional(data.get("field")), tuple(self._source(one) for one in data["sources"]))

    def _source(self, data: str | Mapping[str, Any]) -> Source:
        if isinstance(data, str):
            return Source(data)
        return Source(data["from"], self._number(data))

    def _number(self, data: Mapping[str, Any] | int) -> Number:
        if isinstance(data, int):
            return Number(None, data)
        if "by" in data:
            return Number(None, data["by"])
        if "field" not in data:
            return ONE
        return Number(self._field(data["field"]), data.get("plus", 0), tuple(data.get("values", ())))

    def _optional(self, text: str | None) -> Field | None:
        return None if text is None else self._field(text)

    def _field(self, text: str) -> Field:
        return Field.parse(text, self._registers)


def _pair(values: Sequence[int]) -> tuple[int, int]:
    if len(values) != 2:
        raise BuildError(f"limits {list(values)} have to be a lowest and a highest value")
    return values[0], values[1]
