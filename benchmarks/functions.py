"""Error of the project's own expf and logf over every float there is, against double precision.

    python benchmarks/functions.py             # every 101st float, seconds
    python benchmarks/functions.py --step 1    # every float, about ten minutes

The C runs on this machine; on every other executor it has the same bits (tests/parity). A unit in the last place is
the spacing of floats at the exact result. Also checked: the NumPy reference gives the same bits, and neither function
ever falls.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bitloop import native
from bitloop.kernels.expf import expf
from bitloop.kernels.logf import logf

F32Array = NDArray[np.float32]
Function = Callable[[F32Array], F32Array]
CHUNK = 1 << 18


class Worst:
    """Largest error seen, where, and how many results were not the nearest float."""

    def __init__(self) -> None:
        self.count, self.inexact, self.error, self.at = 0, 0, 0.0, 0.0

    def see(self, x: F32Array, got: F32Array, exact: NDArray[np.float64]) -> None:
        nearest = exact.astype(np.float32)
        error = np.abs(got - exact) / np.spacing(np.abs(nearest)).astype(np.float64)
        error[np.isinf(nearest)] = 0.0  # beyond the largest float: the bits are compared below
        assert np.array_equal(np.isinf(got), np.isinf(nearest))
        self.count += len(x)
        self.inexact += int(np.count_nonzero(got != nearest))
        if error.max() > self.error:
            self.error, self.at = float(error.max()), float(x[error.argmax()])


def by_c(name: str, x: F32Array) -> F32Array:
    out = x.copy()
    native.host().call(f"blh_{name}", 1, 1, len(x), np.zeros(1, dtype=np.uint32), [], out)
    return out


def sweep(name: str, reference: Function, exact: Callable[..., NDArray[np.float64]], ranges: list[range]) -> Worst:
    """Walks each range of bit patterns, which has to be in rising order of the floats."""
    worst, last = Worst(), -np.inf
    for bits in ranges:
        for first in range(0, len(bits), CHUNK):
            part = bits[first : first + CHUNK]
            x = np.arange(part.start, part.stop, part.step, dtype=np.int64).astype(np.uint32).view(np.float32)
            got = by_c(name, x)
            assert np.array_equal(got.view(np.uint32), reference(x).view(np.uint32)), "the reference disagrees"
            assert got[0] >= last and (got[1:] >= got[:-1]).all(), "the function falls"
            last = got[-1]
            worst.see(x, got, exact(x.astype(np.float64)))
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--step", type=int, default=101, help="every how many-th float is tried")
    step = parser.parse_args().step
    top, bottom, subnormal_result = 0x42B20000, 0xC2D00000, 0xC2AEAC4F  # 89, -104, about -87.34
    table = Table("function", "range", "floats", "largest error", "at", "not the nearest float")
    jobs: list[tuple[str, str, Function, Callable[..., NDArray[np.float64]], list[range]]] = [
        ("expf", "result subnormal", expf, np.exp, [range(bottom, subnormal_result, -step)]),
        (
            "expf",
            "result normal",
            expf,
            np.exp,
            [range(subnormal_result, 0x7FFFFFFF, -step), range(0, top, step)],
        ),
        ("logf", "subnormal", logf, np.log, [range(1, 0x00800000, step)]),
        ("logf", "normal", logf, np.log, [range(0x00800000, 0x7F800000, step)]),
    ]
    with np.errstate(all="ignore"):
        for name, what, reference, exact, ranges in jobs:
            worst = sweep(name, reference, exact, ranges)
            share = f"{100 * worst.inexact / worst.count:.2f} %"
            table.add_row(name, what, str(worst.count), f"{worst.error:.4f} ulp", f"{worst.at:.9g}", share)
    Console().print(table)


if __name__ == "__main__":
    main()
