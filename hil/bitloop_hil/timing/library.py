"""How long the calls of a generated library take on a core, and which kernels take it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import TimingError
from bitloop.library.codegen import generate
from bitloop.library.file import Library
from bitloop.library.options import Options
from bitloop.library.texts import has_knowledge_file
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.timing.engine import Engine
from bitloop_hil.timing.lines import Lines
from bitloop_hil.timing.tables import table

LEARN, DETECT = "learn", "detect"
_INIT = "bl_time_init"
_DETECTS = {
    "anomaly": "neai_anomalydetection_detect",
    "outlier": "neai_oneclass",
    "classes": "neai_classification",
    "extrapolation": "neai_extrapolation",
}
_LEARNS = "neai_anomalydetection_learn"
_SIGNAL, _OUTPUTS, _LABEL = 0x20080000, 0x200F0000, 0x200FFF00
_SCRIPT = """\
ENTRY({init})
EXTERN({functions})
MEMORY {{
    FLASH (rx)  : ORIGIN = 0x08000000, LENGTH = 1M
    RAM   (rwx) : ORIGIN = 0x20000000, LENGTH = 512K
}}
SECTIONS {{
    .text : {{ KEEP(*(.text.{init})) *(.text*) *(.rodata*) }} > FLASH
    .ARM.exidx : {{ *(.ARM.exidx*) }} > FLASH
    .data : {{ *(.data*) }} > RAM
    .bss : {{ *(.bss*) *(COMMON) }} > RAM
}}
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """Cycles of the calls of one function: least, median and most."""

    calls: int
    minimum: int
    median: float
    maximum: int

    @staticmethod
    def of(cycles: Sequence[int]) -> Spread:
        """Of one call at least."""
        return Spread(len(cycles), min(cycles), float(statistics.median(cycles)), max(cycles))

    def to_json(self, hertz: float) -> dict[str, Any]:
        """Cycles, and microseconds at a frequency."""
        row: dict[str, Any] = {"calls": self.calls}
        for name, cycles in (("min", self.minimum), ("median", self.median), ("max", self.maximum)):
            row[name] = {"cycles": cycles, "us": round(cycles / hertz * 1e6, 3)}
        return row


@dataclass(frozen=True, slots=True)
class LibraryTime:
    """Calls by name (`learn`, `detect`), and the share of all their cycles each kernel has, largest first."""

    core: str
    uncertainty: float
    calls: dict[str, Spread]
    instructions: dict[str, float]
    kernels: dict[str, float]


def build_for_timing(library: Library, core: str, compiler: str = "zig", optimize: str = "-O2") -> Path:
    """The library's functions as an ELF for a bare core, with debug information."""
    table(core)  # refuses what there is no model of
    options = Options("v3")
    functions = [_DETECTS[library.kind], *([_LEARNS] if library.kind == "anomaly" else [])]
    script = _SCRIPT.format(init=_INIT, functions=" ".join(functions))
    glue = Sources({"time.ld": script.encode(), "time.c": _glue(library, options).encode()})
    toolchain = Toolchain(compiler, target(core))
    return toolchain.executable(
        generate(library, options) | glue, Flags(optimize, debug=True), "time.elf", script="time.ld"
    )


def time_library(
    library: Library,
    image: Path,
    core: str,
    detect: NDArray[np.float32],
    learn: NDArray[np.float32] | None = None,
    wait_states: int = 0,
) -> LibraryTime:
    """Learn (anomaly), then detect every signal, counting each call.

    Signals are float32 (signals, values). TimingError if the library refuses one: then it has not been timed.
    """
    engine = Engine(core, image, wait_states)
    if engine.call(_INIT).result != 0:
        raise TimingError(f"library {library.id} does not initialise on {core}; prove it first")
    engine.forget_shares()
    calls: dict[str, Spread] = {}
    instructions: dict[str, float] = {}
    for name, function, rows in ((LEARN, _LEARNS, learn), (DETECT, _DETECTS[library.kind], detect)):
        if rows is None or not len(rows):
            continue
        counts = [_call(engine, library, name, function, row) for row in rows]
        calls[name] = Spread.of([cycles for cycles, _ in counts])
        instructions[name] = float(statistics.median(executed for _, executed in counts))
    shares = engine.shares(Lines(image).kernel)
    return LibraryTime(core, engine.model.table.uncertainty, calls, instructions, shares)


def _call(engine: Engine, library: Library, name: str, function: str, row: NDArray[np.float32]) -> tuple[int, int]:
    """(cycles, instructions) of one call."""
    engine.write(_SIGNAL, np.ascontiguousarray(row, dtype="<f4").tobytes())
    arguments = [_SIGNAL]
    if name == DETECT:
        outputs = {"classes": [_OUTPUTS, _LABEL], "extrapolation": [_OUTPUTS]}
        arguments += outputs.get(library.kind, [_LABEL])
    count = engine.call(function, *arguments)
    enough = count.result == 0 or name == LEARN  # learning says what it still wants
    if not enough:
        raise TimingError(f"{function} answers {count.result} to a signal; give signals the library accepts")
    return count.cycles, count.instructions


def _glue(library: Library, options: Options) -> str:
    stem = {"anomaly": "neai_anomalydetection"}.get(library.kind, _DETECTS[library.kind])
    knowledge = has_knowledge_file(library, options)
    lines = ['#include "NanoEdgeAI.h"', *(['#include "knowledge.h"'] if knowledge else [])]
    lines += [f"int {_INIT}(void);", f"int {_INIT}(void)", "{"]
    argument = "knowledge" if knowledge and library.kind != "anomaly" else ""
    return "\n".join([*lines, f"    return (int){stem}_init({argument});", "}", ""])
