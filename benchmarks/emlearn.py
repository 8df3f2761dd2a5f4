"""Cycles on a simulated Cortex-M4F, side by side with emlearn's C: same compiler, same flags, same inputs.

    python -m benchmarks.emlearn               # arm-none-eabi-gcc -O2

emlearn is no dependency: the first run makes a virtual environment below the user's cache folder, as `python -m venv`
does, and installs emlearn and scikit-learn into it from PyPI. Models are trained there on scikit-learn's digits (64
whole numbers from 0 to 16, ten classes; the last 797 are not learned), converted by emlearn, and read by both sides.

Every function gets its inputs in RAM and is called on the timing model of the core (bitloop_hil.timing); figures are
medians over the signals. Accuracy is measured on what the same calls returned.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bitloop import resources
from bitloop.cache import cache_dir
from bitloop.kernels import dense_int8, forest_classes
from bitloop.kernels.base import Shape, Stage, StaticModel
from bitloop.kernels.naive_bayes import NaiveBayes
from bitloop.kernels.rbf_classes import RbfClasses
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.kernels.unrolled_forest import unrolled
from bitloop.library.tables import braced, c_type
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.timing import Engine

RELEASE, CORE, SIGNALS = "0.23.2", "cortex-m4f", 60
IN, OUT, WORK, SHORT = 0x20100000, 0x20200000, 0x20300000, 0x20400000
SCRIPT = b"""\
ENTRY(timed)
MEMORY { FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 16M
         RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 16M }
SECTIONS {
    .text : { KEEP(*(.text.timed)) *(.text*) *(.rodata*) } > FLASH
    .ARM.exidx : { *(.ARM.exidx*) } > FLASH
    .data : { *(.data*) } > RAM
    .bss : { *(.bss*) *(COMMON) } > RAM
}
"""
HEAD = "void timed(const float in[], float out[], float work[], const void *shorts);\n"
BODY = "void timed(const float in[], float out[], float work[], const void *shorts)\n{\n"
UNUSED = "    (void)in; (void)out; (void)work; (void)shorts;\n"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Side:
    """What one side's function made of the inputs: median cycles, and results (signals, outputs)."""

    cycles: float
    results: Floats


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="gcc", choices=("gcc",), help="emlearn needs a C library's math.h")
    parser.add_argument("--optimize", default="-O2")
    given = parser.parse_args()
    bench = Bench(given.compiler, given.optimize)
    title = f"cycles on a {CORE} by its model, {bench.toolchain.describe()} {given.optimize}, emlearn {RELEASE}"
    table = Table("", "bitloop", "emlearn", "faster by", "accuracy of bitloop", "of emlearn", title=title)
    for row in (*bench.spectrum(), *bench.forests(), *bench.bayes(), *bench.dense(), *bench.vectors()):
        table.add_row(*row)
    Console(width=160).print(table)


@cache
def peer() -> Path:
    """Folder with emlearn's headers, its generated C and the models, made by a virtual environment of its own."""
    folder = cache_dir() / f"emlearn-{RELEASE}-{version('scikit-learn')}"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        Console().print(f"making a virtual environment with emlearn {RELEASE} in {folder}")
        venv.create(folder, with_pip=True, clear=True)
        wanted = [f"emlearn=={RELEASE}", f"scikit-learn=={version('scikit-learn')}"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    script = Path(__file__).with_name("emlearn_models.py").resolve()
    if not (folder / "models.npz").exists():
        subprocess.run([python, "-I", "-W", "ignore", script, folder], check=True, cwd=folder)
    return folder


class Bench:
    """One compiler at one level."""

    def __init__(self, compiler: str, optimize: str) -> None:
        self.toolchain, self.flags = Toolchain(compiler, target(CORE)), Flags(optimize, debug=True, extra=("-w",))
        self.ours = Sources.of(resources.firmware() / "kernels", "*.h", prefix="kernels/")
        package = next(peer().glob("**/site-packages/emlearn"))
        self.theirs = Sources.of(package, "eml_*.h")
        self.models = np.load(peer() / "models.npz")
        self.seen: Floats = self.models["seen"][:SIGNALS]

    def run(self, sources: Sources, code: str, x: Floats, outputs: int) -> Side:
        """Call `code` on every row of x; as floats at `in`, as int16 at `shorts`."""
        files = Sources({"m.c": code.encode(), "t.ld": SCRIPT})
        image = self.toolchain.executable(sources | files, self.flags, "t.elf", script="t.ld")
        engine, cycles, results = Engine(CORE, image), [], []
        for where in (IN, OUT, WORK, SHORT):
            engine._map(where, 1 << 18)
        for row in x:
            engine.write(IN, row.astype("<f4").tobytes())
            engine.write(SHORT, np.clip(np.trunc(row), -32768, 32767).astype("<i2").tobytes())
            cycles.append(engine.call("timed", IN, OUT, WORK, SHORT).cycles)
            results.append(np.frombuffer(engine.read(OUT, 4 * outputs), dtype="<f4"))
        return Side(float(np.median(cycles)), np.array(results))

    def stage(self, stage: Stage, x: Floats) -> Side:
        """One of our stages on signals of one axis, in place."""
        given = Shape(1, x.shape[1])
        code = self._code(
            stage, stage.constants(given), lambda names: stage.emit(given, names), "float *const x = out;"
        )
        moved = code.replace(UNUSED, f"{UNUSED}    for (int i = 0; i < {x.shape[1]}; i++) out[i] = in[i];\n")
        side = self.run(self.ours, moved, x, stage.shape(given).size)
        copied = self.run(
            Sources(), f"{HEAD}{BODY}{UNUSED}    for (int i = 0; i < {x.shape[1]}; i++) out[i] = in[i];\n}}", x, 1
        )
        return Side(side.cycles - copied.cycles, side.results)

    def model(self, model: StaticModel, x: Floats) -> Side:
        """One of our models."""
        code = self._code(model, model.constants(), lambda names: model.emit(names, "in", "out"), "")
        return self.run(self.ours, code, x, model.outputs)

    def emlearn(self, headers: Sequence[str], before: str, line: str, x: Floats, outputs: int) -> Side:
        """A statement with emlearn's functions."""
        generated = Sources({p.name: p.read_bytes() for p in peer().glob("*.h")})
        code = "".join(f'#include "{name}"\n' for name in headers) + f"{before}\n{HEAD}{BODY}{UNUSED}    {line}\n}}\n"
        return self.run(self.theirs | generated, code, x, outputs)

    def _code(self, kernel: Any, constants: Any, emit: Callable[[dict[str, str]], str], before: str) -> str:
        names = {c.name: f"table_{c.name}" for c in constants} | {"work": "work"}
        tables = [f"static const {c_type(c.values)} {names[c.name]}[] = {braced(c.values)};\n" for c in constants]
        headers = [f'#include "kernels/{name}"\n' for name in (*kernel.headers, kernel.header)]
        return "".join([*headers, *tables, HEAD, BODY, UNUSED, f"    {before}\n    {emit(names)}\n}}\n"])

    def spectrum(self) -> list[tuple[str, ...]]:
        """Magnitudes of 256 real samples; emlearn's transform is complex, of 256 pairs."""
        x = np.random.default_rng(1).normal(size=(20, 256)).astype(np.float32)
        exact = np.abs(np.fft.rfft(x.astype(np.float64)))
        turn = 2 * np.pi * np.arange(128) / 256
        tables = "".join(
            f"static float {name}[128] = {braced(values.astype(np.float32))};\n"
            for name, values in (("wave_cos", np.cos(turn)), ("wave_sin", np.sin(turn)))
        )
        transform = (
            "float *const im = work; for (int i = 0; i < 256; i++) { out[i] = in[i]; im[i] = 0.0f; }"
            " const EmlFFT fft = {128, wave_sin, wave_cos}; eml_fft_forward(fft, out, im, 256);"
        )
        size = " for (int i = 0; i < 129; i++) out[i] = __builtin_sqrtf(out[i] * out[i] + im[i] * im[i]);"
        headers = ("stddef.h", "eml_fft.h")
        ours = self.stage(RfftMagnitude(), x)
        whole = self.emlearn(headers, tables, transform + size, x, 129)
        bare = self.emlearn(headers, tables, transform, x, 129)
        off = [f"error {_rms(side.results - exact) / _rms(exact):.1e}" for side in (ours, whole)]
        return [
            _row("real FFT of 256, magnitudes", ours, whole, *off),
            _row("the same, emlearn without magnitudes", ours, bare, off[0], "-"),
        ]

    def forests(self) -> list[tuple[str, ...]]:
        """Random forest of 20 trees with 24 leaves."""
        record = json.loads((peer() / "forest.json").read_text())
        trees = [SimpleNamespace(**{name: np.array(value) for name, value in tree.items()}) for tree in record]
        tables = forest_classes.from_trees(trees, 64, 10)
        ours, rows = self.model(unrolled(tables), self.seen), []
        for path in sorted(peer().glob("forest_*_*.h"), key=lambda p: (p.stem[-1] != "8", p.stem)):
            _, method, dtype, *_, bits = path.stem.split("_")
            line = "forest_predict_proba(in, 64, out, 10);"
            if dtype.startswith("int16"):
                line = "forest_predict_proba((const int16_t *)shorts, 64, out, 10);"
            theirs = self.emlearn(("eml_trees.h", path.name), "", line, self.seen, 10)
            votes = "shares of a leaf vote" if bits == "8" else "a leaf votes for one class only"
            what = f"forest of 20 trees: emlearn {method}, {dtype} features, {votes}"
            rows.append(_row(what, ours, theirs, self._forest(ours), self._forest(theirs)))
        plain = self.model(tables, self.seen)
        rows.append(
            _row(
                "ours as tables, beside the same (loadable)", plain, theirs, self._forest(plain), self._forest(theirs)
            )
        )
        return rows

    def _forest(self, side: Side) -> str:
        known = self.models["forest"][:SIGNALS]
        agree = np.mean(side.results.argmax(axis=1) == known.argmax(axis=1))
        return f"{agree:.0%} as sklearn, p off by {np.abs(side.results - known).max():.3f}"

    def bayes(self) -> list[tuple[str, ...]]:
        """Gaussian naive Bayes; emlearn's says the class only."""
        mean, variance = self.models["bayes_mean"], self.models["bayes_variance"]
        ours = self.model(NaiveBayes.from_moments(mean, variance, np.full(10, 0.1)), self.seen)
        line = "out[0] = (float)bayes_predict((float *)in, 64);"
        theirs = self.emlearn(("stdbool.h", "bayes.h"), "", line, self.seen, 1)
        known = self.models["bayes"][:SIGNALS]
        agree = [np.mean(said == known) for said in (ours.results.argmax(axis=1), theirs.results[:, 0])]
        return [
            _row(
                "Gaussian naive Bayes, 64 features, 10 classes", ours, theirs, *(f"{a:.0%} as sklearn" for a in agree)
            )
        ]

    def dense(self) -> list[tuple[str, ...]]:
        """Fully connected layer 64 to 32 with ReLU, floats in and out. emlearn's fixed-point layer is an empty loop
        ("FIXME: implement"), so both of ours stand beside its float layer."""
        weights, bias = self.models["net_weights"].T, self.models["net_bias"]
        x = self.seen / np.float32(16.0)
        exact = np.maximum(x.astype(np.float64) @ weights.T + bias, 0.0)
        tables = _tables(w=weights, b=bias)
        line = "bl_dense(64, 32, w, b, in, out); bl_relu(32, out);"
        plain = self.run(self.ours, f'#include "kernels/dense.h"\n{tables}{HEAD}{BODY}{UNUSED}{line}\n}}\n', x, 32)
        small = self.run(self.ours, _int8_layer(weights, bias), x, 32)
        line = "eml_net_forward(in, 64, w, b, EmlNetActivationRelu, out, 32);"
        theirs = self.emlearn(("stdbool.h", "eml_net.h"), _tables(w=weights.T, b=bias), line, x, 32)
        off = [f"error {_rms(side.results - exact) / _rms(exact):.1e}" for side in (small, plain, theirs)]
        return [
            _row("int8 layer 64 to 32, emlearn's of float", small, theirs, off[0], off[2]),
            _row("float layer 64 to 32", plain, theirs, off[1], off[2]),
        ]

    def vectors(self) -> list[tuple[str, ...]]:
        """64 vectors with radial basis functions; emlearn has no such thing."""
        learn, label = self.models["learn"], self.models["learn_label"]
        near, gamma = learn[: 64 * 15 : 15], 0.1
        design = np.exp(-gamma * np.square(learn[:, None, :] - near).sum(axis=2))
        weights = np.linalg.solve(design.T @ design + 1e-3 * np.eye(64), design.T @ (np.eye(10)[label] - 0.1))
        slopes, bias = np.zeros((10, 64), dtype=np.float32), np.zeros(10, dtype=np.float32)
        model = RbfClasses(near.astype(np.float32), weights.astype(np.float32), slopes, bias, gamma)
        ours = self.model(model, self.seen / np.float32(16.0))
        right = np.mean(ours.results.argmax(axis=1) == self.models["label"][:SIGNALS])
        what = "RBF machine, 64 vectors of 64 features, 10 classes"
        return [(what, f"{ours.cycles:,.0f}", "none", "-", f"{right:.0%} right", "-")]


def _int8_layer(weights: NDArray[np.float64], bias: NDArray[np.float64]) -> str:
    """C of our int8 layer for inputs from 0 to 1: one step per row of weights, inputs in steps of 1 / 112."""
    step = np.maximum(np.abs(weights).max(axis=1), 1e-3 * np.abs(weights).max()) / 127.0  # dead ones, too
    small = np.rint(weights / step[:, None]).astype(np.int8)
    tables = _tables(offset=np.zeros(64), scale=np.full(64, 112.0), steps=step / 112.0)
    for name, values in (("w", dense_int8.pack(small)), ("b", np.rint(bias / step * 112.0).astype(np.int32))):
        tables += f"static const {c_type(values)} {name}[] = {braced(values)};\n"
    line = "bl_int8_inputs(64, offset, scale, in, work); bl_scores_int8(64, 32, w, b, steps, work, out);"
    headers = '#include "kernels/dense.h"\n#include "kernels/dense_int8.h"\n'
    return f"{headers}{tables}{HEAD}{BODY}{UNUSED}{line} bl_relu(32, out);\n}}\n"


def _tables(**tables: NDArray[Any]) -> str:
    return "".join(
        f"static const float {name}[] = {braced(np.ascontiguousarray(values, dtype=np.float32))};\n"
        for name, values in tables.items()
    )


def _rms(x: NDArray[Any]) -> float:
    return float(np.sqrt(np.mean(np.square(x))))


def _row(what: str, ours: Side, theirs: Side, *accuracy: str) -> tuple[str, ...]:
    faster = f"{theirs.cycles / ours.cycles:.2f}"
    return what, f"{ours.cycles:,.0f}", f"{theirs.cycles:,.0f}", faster, *accuracy


if __name__ == "__main__":
    main()
