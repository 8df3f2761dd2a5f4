"""Measures what every kernel costs on a core, and writes host/bitloop/kernels/costs.toml.

    python -m benchmarks.costs                 # measure and write, about ten minutes
    python -m benchmarks.costs --check 20      # how far estimates of random libraries are off, nothing written

Each example of a kernel is a C function of its own, called on the timing model of the core; the table's coefficients
are fitted to its cycles, what is large counting for more. Then libraries without any stage are built and timed: what
their model does not explain goes to the library's own entries. Last, the code of all kernels is scaled to what it is
in whole libraries. benchmarks/cost_examples.py says where the examples come from.
"""

from __future__ import annotations

import argparse
import io
from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.cost_examples import Example, fitted, labels, models, preprocessings, signals, stages
from elftools.elf.elffile import ELFFile
from scipy.optimize import nnls

from bitloop import resources
from bitloop.errors import BitloopError, LibraryError
from bitloop.kernels import costs
from bitloop.kernels.base import WORK, LearningModel, Model, Shape, Stage, StaticModel
from bitloop.kernels.models import MODELS
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.stages import STAGES
from bitloop.library import Library
from bitloop.library.sizes import measure
from bitloop.library.tables import braced, c_type
from bitloop.search.fits import ENTRIES
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.timing import Engine, build_for_timing, time_library

CORES = ("cortex-m4f", "cortex-m0plus")
TABLE = Path(costs.__file__).with_name("costs.toml")
ROW, WORKSPACE, OUT, STATE = 0x20100000, 0x20200000, 0x20300000, 0x20400000
SCRIPT = b"""\
ENTRY(timed_0)
MEMORY { FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 16M
         RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 16M }
SECTIONS {
    .text : { KEEP(*(.text.timed_*)) KEEP(*(.text.learning_*)) *(.text*) *(.rodata*) } > FLASH
    .ARM.exidx : { *(.ARM.exidx*) } > FLASH
    .data : { *(.data*) } > RAM
    .bss : { *(.bss*) *(COMMON) } > RAM
}
"""
Entry = dict[str, float]
PLAIN = {
    "anomaly": "running_gaussian",
    "outlier": "gaussian",
    "classes": "discriminants",
    "extrapolation": "ridge",
}
"""By kind, what the API is measured with."""


def source(example: Example, number: int) -> str:
    """One translation unit: the kernel's tables, named table_*, and a function timed_<number> that runs it."""
    kernel, given = example.kernel, example.given
    constants = kernel.constants(given) if isinstance(kernel, Stage) else kernel.constants()
    names = {c.name: f"table_{c.name}" for c in constants}
    if isinstance(kernel, Stage):
        line = kernel.emit(given, names | {WORK: "work"})
    elif isinstance(kernel, StaticModel):
        line = kernel.emit(names | {WORK: "work"}, "x", "out")
    else:
        assert isinstance(kernel, LearningModel)
        line = f"out[0] = {kernel.emit_detect(names | {WORK: 'work'}, 'x', 'state')};"
    function = f"void timed_{number}(float x[], float work[], float out[], float state[])"
    headers = [f'#include "kernels/{name}"' for name in (*kernel.headers, kernel.header)]
    tables = [f"static const {c_type(c.values)} {names[c.name]}[] = {braced(c.values)};" for c in constants]
    bodies = [(function, line)]
    if isinstance(kernel, LearningModel):
        learn = f"void learning_{number}(float x[], float work[], float out[], float state[])"
        bodies.append((learn, kernel.emit_learn(names | {WORK: "work"}, "x", "state")))
    unused = [f"    (void){name};" for name in ("work", "out", "state", *names.values())]
    text = [*headers, *tables]
    for head, statement in bodies:
        text += [f"{head};", head, "{", *unused, f"    {statement}", "}"]
    return "\n".join([*text, ""])


def measured(examples: list[Example], core: str) -> tuple[list[int], list[int]]:
    """(cycles, bytes of code without tables) of each example."""
    files = {f"unit_{i}.c": source(example, i).encode() for i, example in enumerate(examples)}
    headers = Sources.of(resources.firmware() / "kernels", "*.h", prefix="kernels/")
    toolchain = Toolchain("zig", target(core))
    image = toolchain.executable(
        Sources({**files, "t.ld": SCRIPT}) | headers, Flags("-O2", debug=True), "t.elf", script="t.ld"
    )
    engine, cycles = Engine(core, image), []
    for number, example in enumerate(examples):
        for where in (WORKSPACE, OUT, STATE, ROW):
            engine._map(where, 1 << 20)
        engine.write(ROW, np.ascontiguousarray(example.x, dtype="<f4").tobytes())
        if example.state is not None:
            engine.write(STATE, example.state.astype("<f4").tobytes())
        cycles.append(engine.call(f"timed_{number}", ROW, WORKSPACE, OUT, STATE).cycles)
    return cycles, _code(image, len(examples))


def _code(image: Path, units: int) -> list[int]:
    """Bytes of functions and constants of each unit, without what is called table_*."""
    found = dict.fromkeys(range(units), 0)
    table = ELFFile(io.BytesIO(image.read_bytes())).get_section_by_name(".symtab")
    unit = -1
    for symbol in table.iter_symbols():
        kind, name = symbol["st_info"]["type"], symbol.name
        if kind == "STT_FILE":
            stem = Path(name).stem
            unit = int(stem.removeprefix("unit_")) if stem.startswith("unit_") else -1
        elif name.startswith(("timed_", "learning_")):
            found[int(name.rsplit("_", 1)[1])] += symbol["st_size"]
        elif kind in ("STT_FUNC", "STT_OBJECT") and unit >= 0 and symbol["st_info"]["bind"] == "STB_LOCAL":
            found[unit] += 0 if name.startswith("table_") else symbol["st_size"]
    return [found[i] for i in range(units)]


def fit(examples: list[Example], cycles: list[int], code: list[int]) -> tuple[Entry, float]:
    """Coefficients that are never negative, for errors that grow slower than costs; and the largest relative one."""
    seen = np.array(cycles, dtype=np.float64)
    rows = np.array([example.use.terms() for example in examples])
    scale = np.maximum(rows.max(axis=0), 1e-9)
    weight = seen**-0.6  # what is large matters more in a whole
    found = nnls(rows / scale * weight[:, None], seen * weight)[0] / scale
    worst = float(np.abs(rows @ found / seen - 1.0).max())
    own = [
        size - (e.kernel.code() if isinstance(e.kernel, Model) else 0) for e, size in zip(examples, code, strict=True)
    ]
    return dict(zip(costs.TERMS, found.tolist(), strict=True)) | {"code": max(0.0, float(np.median(own)))}, worst


def kernels(core: str, each: int) -> dict[str, Entry]:
    """The entry of every kernel there are examples of; those without are named."""
    table: dict[str, Entry] = {}
    examples = stages(each) | models(each)
    for kernel, own in sorted(examples.items()):
        try:
            cycles, code = measured(own, core)
        except BitloopError as error:
            print(f"{core:14} {kernel:22} cannot be measured: {error}")
            continue
        table[kernel], worst = fit(own, cycles, code)
        print(
            f"{core:14} {kernel:22} {len(own)} examples, off by {worst:5.0%} at most, {table[kernel]['code']:5.0f} B"
        )
    missing = {kernel.kernel for kernel in (*STAGES, *MODELS)} - set(table)
    print(f"{core}: no view and no fit uses {', '.join(sorted(missing)) or 'none'}")
    return table


def libraries(count: int) -> list[Library]:
    """Random libraries of every kind."""
    found, rng = [], np.random.default_rng(5)
    entries = defaultdict(list)
    for entry in ENTRIES.values():
        entries[entry.kind].append(entry)
    for seed in range(count):
        kind = sorted(entries)[seed % len(entries)]
        for preprocessing in islice(preprocessings(seed), 20):
            entry = entries[kind][rng.integers(len(entries[kind]))]
            try:
                found.append(made(preprocessing, entry, rng))
            except BitloopError:
                continue
            break
    return found


def made(preprocessing: Preprocessing, entry: Any, rng: np.random.Generator) -> Library:
    """A library with a model of that entry, fitted on made-up signals; LibraryError where they do not fit."""
    x = signals(preprocessing.given, 7).transpose(0, 2, 1).reshape(len(labels()), -1)
    features = preprocessing(x)
    if features.shape[1] > entry.most or not np.isfinite(features).all():
        raise LibraryError(f"{entry.name} cannot take these features")
    hyper = {name: float(choices[rng.integers(len(choices))]) for name, choices in entry.hyper.items()}
    model, state = fitted(entry, features, hyper)
    names = tuple("abc") if entry.kind == "classes" else ()
    return Library(Pipeline(preprocessing, model), names, learning=40 if state is not None else 0, pretrained=state)


def real(library: Library, core: str) -> tuple[float, float]:
    """(cycles of a detection, bytes of flash without a pretrained state) of the linked library."""
    preprocessing = library.pipeline.preprocessing
    x = signals(preprocessing.given, 99, 40).transpose(0, 2, 1).reshape(40, -1)
    image = build_for_timing(library, core)
    timed = time_library(library, image, core, x[:2], x if library.kind == "anomaly" else None)
    state = 0 if library.pretrained is None else library.pretrained.nbytes
    return timed.calls["detect"].median, float(measure(library, target(core)).flash - state)


def whole(core: str, table: dict[str, Entry]) -> dict[str, Entry]:
    """What libraries cost beyond their kernels, by kind of model: from two sizes of raw signals without any stage."""
    nothing = dict.fromkeys((*costs.TERMS, "code"), 0.0)
    found: dict[str, Entry] = {}
    for kind, name in PLAIN.items():
        values, cycles, flash = [], [], []
        for shape in (Shape(1, 8), Shape(3, 40)):
            preprocessing = Preprocessing(shape.axes, shape.length, ((),))
            library = made(preprocessing, ENTRIES[name], np.random.default_rng(1))
            guess = costs.by(library.pipeline, table | {"library": {kind: nothing}, "unknown": nothing})
            took, size = real(library, core)
            values.append(shape.size)
            cycles.append(took - guess.cycles)
            flash.append(size - guess.flash)
        each = max(0.0, (cycles[1] - cycles[0]) / (values[1] - values[0]))
        call = max(0.0, cycles[0] - each * values[0])
        found[kind] = {"call": call, "input": each, "code": float(np.mean(flash))}
        print(f"{core:14} a library of kind {kind}: {call:.0f} cycles, {each:.1f} a value, {np.mean(flash):.0f} B")
    usual = float(np.median([entry["input"] for entry in found.values()]))
    return {kind: entry | {"input": usual} for kind, entry in found.items()}


def calibrate(core: str, table: dict[str, Entry], count: int) -> None:
    """Scales the code of all kernels to what they have in whole libraries, where they stand side by side."""
    shares = []
    for library in libraries(count):
        pipeline = library.pipeline
        whole_code = table["library"][library.kind]["code"]  # type: ignore[index]
        rest = real(library, core)[1] - whole_code - costs.tables(pipeline) - pipeline.model.code()
        shares.append(rest / sum(table.get(use.kernel, costs.usual(table))["code"] for use in costs.uses(pipeline)))
    scale = float(np.median(shares))
    print(f"{core:14} kernels have {scale:.2f} of their own code in a library")
    for kernel, entry in table.items():
        if kernel != "library":
            entry["code"] *= scale


def check(count: int) -> None:
    """Prints how far estimates are off, library by library."""
    for core in CORES:
        off = []
        for library in libraries(count):
            cycles, flash = real(library, core)
            guess = costs.estimate(library.pipeline, core)
            off.append((guess.cycles / cycles - 1.0, guess.flash / flash - 1.0))
            used = " ".join(use.kernel for use in costs.uses(library.pipeline))
            print(
                f"{core:14} {off[-1][0]:+6.0%} of {cycles:9,.0f} cycles {off[-1][1]:+6.0%} of {flash:7,.0f} B  {used}"
            )
        cycles, flash = (np.median(np.abs([row[i] for row in off])) for i in (0, 1))
        print(f"{core}: half of the estimates are within {cycles:.0%} of the cycles and {flash:.0%} of the flash")


def write(tables: dict[str, dict[str, Entry]]) -> None:
    """costs.toml, one line per kernel."""
    lines = ["# Measured by `python -m benchmarks.costs`; read by costs.py, which says what the numbers are."]
    for core, table in tables.items():
        lines += ["", f"[{core}]"]
        for kernel, entry in sorted((k, e) for k, e in table.items() if k != "library"):
            lines.append(f"{kernel} = {_inline(entry)}")
        lines += ["", f"[{core}.library]"]
        lines += [f"{kind} = {_inline(entry)}" for kind, entry in table["library"].items()]  # type: ignore[arg-type,attr-defined]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _inline(entry: Entry) -> str:
    return "{ " + ", ".join(f"{name} = {value:.5g}" for name, value in entry.items()) + " }"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=6, help="examples per kernel")
    parser.add_argument("--libraries", type=int, default=12, help="whole libraries to scale the code of kernels by")
    parser.add_argument("--check", type=int, default=0, help="only compare so many libraries with their estimates")
    given = parser.parse_args()
    if given.check:
        return check(given.check)
    tables = {}
    for core in CORES:
        table = kernels(core, given.each)
        table["library"] = whole(core, table)  # type: ignore[assignment]
        calibrate(core, table, given.libraries)
        tables[core] = table
    write(tables)
    return None


if __name__ == "__main__":
    main()
