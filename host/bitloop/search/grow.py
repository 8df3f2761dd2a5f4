"""Growing single decision trees: the Python side of grow.c, built by the toolchain when first needed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from cffi import FFI
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain

BINS = 64
"""Values a feature is told apart by, at most; of grow.c."""
_CDEF = """
typedef struct {
    int32_t signals, features, outputs, looks, leaves, least, loose, draw;
    uint64_t random;
    const uint8_t *bins; const float *goals; const float *weight; float *share;
    int32_t *order; int32_t *candidates; float *histogram; int32_t *first, *last;
    float *sums; float *gain; int32_t *best; int32_t *parent;
    int32_t *feature; int32_t *cut; int32_t *children; int32_t *leaf;
} grower;
int32_t grow(grower *g);
void sort_into_bins(int32_t, int32_t, const float *, const float *, float *, uint8_t *);
"""


@dataclass(frozen=True, slots=True)
class Growth:
    """How a tree may grow. `looks` are the features a split chooses from, `least` the signals in a leaf."""

    leaves: int
    looks: int
    least: int = 1
    loose: bool = False
    """Cut a feature anywhere instead of where it is best."""
    draw: bool = False
    """Learn from as many signals drawn with replacement."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A tree: node n sends x[feature[n]] <= threshold[n] to children[n, 0]; ~child is a leaf.

    `ends` is the leaf of every signal it was grown on, drawn or not; `values` (leaves, outputs) are means.
    """

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    children: NDArray[np.int32]
    values: NDArray[np.float32]
    ends: NDArray[np.int32]


class Ground:
    """Features sorted into bins once, for any number of trees."""

    def __init__(self, x: Features) -> None:
        x = np.ascontiguousarray(x, dtype=np.float32)
        self.signals, self.features = x.shape
        self.cuts = np.zeros((self.features, BINS - 1), dtype=np.float32)
        self.bins = np.zeros((self.features, self.signals), dtype=np.uint8)
        columns = np.ascontiguousarray(np.sort(x.T, axis=1))
        ffi, library = _library()
        pointers = [
            ffi.cast(kind, a.ctypes.data)
            for kind, a in (("float *", columns), ("float *", x), ("float *", self.cuts), ("uint8_t *", self.bins))
        ]
        library.sort_into_bins(self.signals, self.features, *pointers)

    def grow(self, goals: NDArray[np.float32], weight: NDArray[np.float32], growth: Growth, seed: int) -> Grown:
        """One tree for goals of (signals, outputs), each signal counting `weight`."""
        ffi, library = _library()
        outputs, leaves, n = goals.shape[1], growth.leaves, self.signals
        keep: dict[str, NDArray[Any]] = {
            "bins": self.bins,
            "goals": np.ascontiguousarray(goals, dtype=np.float32),
            "weight": np.ascontiguousarray(weight, dtype=np.float32),
            "share": np.empty(n, dtype=np.float32),
            "histogram": np.zeros((BINS, outputs + 2), dtype=np.float32),
            "sums": np.empty((leaves, outputs + 1), dtype=np.float32),
            "gain": np.empty(leaves, dtype=np.float32),
        }
        whole = {"order": 2 * n, "candidates": self.features, "first": leaves, "last": leaves, "best": 2 * leaves}
        whole |= {"parent": leaves, "feature": leaves, "cut": leaves, "children": 2 * leaves, "leaf": n}
        keep |= {name: np.zeros(size, dtype=np.int32) for name, size in whole.items()}
        state = ffi.new("grower *")
        state.signals, state.features, state.outputs = n, self.features, outputs
        state.looks, state.leaves, state.least = growth.looks, leaves, growth.least
        state.loose, state.draw, state.random = int(growth.loose), int(growth.draw), seed
        for name, array in keep.items():
            kind = {"f": "float *", "B": "uint8_t *", "i": "int32_t *"}[array.dtype.char]
            setattr(state, name, ffi.cast(kind, array.ctypes.data))
        nodes = int(library.grow(state))
        feature, cut = keep["feature"][:nodes].copy(), keep["cut"][:nodes]
        sums = keep["sums"][: nodes + 1]
        values = sums[:, 1:] / np.maximum(sums[:, :1], np.float32(1e-30))
        children = keep["children"][: 2 * nodes].reshape(nodes, 2).copy()
        return Grown(feature, self.cuts[feature, cut], children, values, keep["leaf"])


@cache
def _library() -> tuple[Any, Any]:
    suffix = {"win32": "dll", "darwin": "dylib"}.get(sys.platform, "so")
    source = Path(__file__).with_name("grow.c").read_bytes()
    exports = Flags("-O3", extra=("-fvisibility=default",))
    built = Toolchain("zig", target("host")).shared(Sources({"grow.c": source}), exports, f"bitloop_grow.{suffix}")
    ffi = FFI()
    ffi.cdef(_CDEF)
    return ffi, ffi.dlopen(str(built))
