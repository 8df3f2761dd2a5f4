"""How fast the cycle models are: simulated cycles per second while a library detects.

python -m benchmarks.timing
"""

from __future__ import annotations

import time

from bitloop_hil.timing import build_for_timing, cores
from bitloop_hil.timing.engine import Engine
from bitloop_hil.timing.library import _DETECTS, _INIT, _LABEL, _SIGNAL
from tests.library import examples

SECONDS = 3.0


def rate(core: str) -> tuple[float, float]:
    """(simulated cycles, instructions) per second of wall time on one processor."""
    library = examples.library("outlier-both")
    engine = Engine(core, build_for_timing(library, core))
    engine.call(_INIT)
    engine.write(_SIGNAL, examples.signals(1, 3)[0].astype("<f4").tobytes())
    engine.call(_DETECTS["outlier"], _SIGNAL, _LABEL)
    cycles = instructions = 0
    began = time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        count = engine.call(_DETECTS["outlier"], _SIGNAL, _LABEL)
        cycles, instructions = cycles + count.cycles, instructions + count.instructions
    took = time.perf_counter() - began
    return cycles / took, instructions / took


if __name__ == "__main__":
    for core in cores():
        cycles, instructions = rate(core)
        print(f"{core:14} {cycles / 1e6:7.1f} million cycles/s, {instructions / 1e6:7.1f} million instructions/s")
