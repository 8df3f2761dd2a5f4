"""Unrolled forest: the code of a generated library has the bits of the tables, on the host and on cores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from sklearn.tree import DecisionTreeClassifier

from bitloop import resources
from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.forest_classes import ForestClasses, from_trees
from bitloop.kernels.record import from_record, to_record
from bitloop.kernels.unrolled_forest import UnrolledForest, unrolled
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain
from bitloop_hil.timing import Engine
from tests.parity.matrix import assert_same_bits, assert_static_parity
from tests.parity.rows import cloud, rows

X = np.concatenate([cloud(c, 120, 5, shift=1.5 * c) for c in range(3)])
Y = np.repeat(np.arange(3), 120)
IN, OUT = 0x20000000, 0x20001000
SCRIPT = b"""\
ENTRY(timed)
MEMORY { FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 1M
         RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 1M }
SECTIONS { .text : { KEEP(*(.text.timed)) *(.text*) *(.rodata*) } > FLASH .bss : { *(.bss*) } > RAM }
"""


def _forest() -> ForestClasses:
    trees = [DecisionTreeClassifier(max_features=2, min_samples_leaf=3, random_state=s).fit(X, Y) for s in range(7)]
    return from_trees([tree.tree_ for tree in trees], 5, 3)


def _signed() -> ForestClasses:
    """One question per tree, at thresholds of both signs and sizes that floats order by their bits or against."""
    threshold = np.float32([0.0, -0.0, 1e-45, -1e-45, 1.0, -1.0, 3e38, -3e38, 1.5e-3, -1.5e-3])
    count = len(threshold)
    return ForestClasses(
        1,
        np.arange(count, dtype=np.uint16),
        np.zeros(count, dtype=np.uint16),
        np.tile(np.int16([-1, -2]), (count, 1)),
        threshold,
        np.uint8([[255, 0, 0, 0], [0, 15, 100, 140]]),
    )


def _image(model: UnrolledForest, core: str) -> Path:
    body = model.emit({}, "x", "out")
    function = "void timed(const float x[], float out[])"
    code = f'#include "kernels/unrolled_forest.h"\n{function};\n{function}\n{body}\n'
    headers = Sources.of(resources.firmware() / "kernels", "*.h", prefix="kernels/")
    files = headers | Sources({"m.c": code.encode(), "t.ld": SCRIPT})
    return Toolchain("zig", target(core)).executable(files, Flags("-O2", debug=True), "t.elf", script="t.ld")


def _run(engine: Engine, x: Features, outputs: int) -> Features:
    found = []
    for row in x:
        engine.write(IN, row.astype("<f4").tobytes())
        engine.call("timed", IN, OUT)
        found.append(np.frombuffer(engine.read(OUT, 4 * outputs), dtype="<f4"))
    return np.array(found, dtype=np.float32)


@given(rows(5))
def test_the_tables_behind_it_have_the_same_bits_everywhere(x: Features) -> None:
    assert_static_parity(unrolled(_forest()), np.concatenate([x, X[:20]]))


@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m4f"])
def test_the_code_has_the_bits_of_the_tables(core: str) -> None:
    forest = _forest()
    model = unrolled(forest)
    thresholds = np.repeat(forest.threshold[:40, None], 5, axis=1)
    x = np.concatenate([X[::7], thresholds, np.nextafter(thresholds, np.float32(9e9)), -X[::9]])
    assert_same_bits(forest.reference(x), _run(Engine(core, _image(model, core)), x, 3), core)


@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m4f"])
def test_thresholds_of_both_signs(core: str) -> None:
    forest = _signed()
    near = np.concatenate([np.nextafter(forest.threshold, np.float32(s * np.inf)) for s in (-1, 1)])
    x = np.concatenate([forest.threshold, near, np.float32([1e15, -1e15, 0.5, -0.5])])[:, None]
    assert_same_bits(forest.reference(x), _run(Engine(core, _image(unrolled(forest), core)), x, 4), core)


def test_it_takes_a_fraction_of_the_cycles() -> None:
    engine = Engine("cortex-m4f", _image(unrolled(_forest()), "cortex-m4f"))
    engine.write(IN, X[0].astype("<f4").tobytes())
    assert engine.call("timed", IN, OUT).cycles < 7 * 80


def test_reads_back_from_its_record() -> None:
    model = unrolled(_forest())
    again = from_record(to_record(model), [ForestClasses, UnrolledForest])
    assert type(again) is UnrolledForest
    assert again.emit({}, "x", "out") == model.emit({}, "x", "out")


def test_a_tree_too_deep_for_compilers_is_refused() -> None:
    count = 121
    children = np.int16([[-1, n + 1] for n in range(count - 1)] + [[-1, -2]])
    leaves = np.uint8([[255, 0], [0, 255]])
    tables = (np.uint16([0]), np.zeros(count, np.uint16), children, np.arange(count, dtype=np.float32), leaves)
    assert len(ForestClasses(1, *tables).feature) == count
    with pytest.raises(LibraryError, match="deeper than 120"):
        UnrolledForest(1, *tables)
