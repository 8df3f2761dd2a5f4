"""Cycles of code on Cortex-M cores, without the core.

`Engine(core, elf).call(function, *arguments)` counts the cycles and instructions of any function that returns:

    from bitloop_hil.timing import Engine
    count = Engine("cortex-m4f", Path("program.elf")).call("fir", 0x20001000, 64)
    print(count.cycles, count.instructions, count.result)

`build_for_timing` and `time_library` do it for the calls of a generated library. `Model(core)` prices blocks of code
for the virtual bench. How far a count may be off says `Model(core).table.uncertainty` (0.03 is 3 %).
"""

from bitloop_hil.timing.engine import Count, Engine
from bitloop_hil.timing.library import LibraryTime, Spread, build_for_timing, time_library
from bitloop_hil.timing.lines import Lines
from bitloop_hil.timing.model import Model
from bitloop_hil.timing.tables import Table, cores, table

__all__ = [
    "Count",
    "Engine",
    "LibraryTime",
    "Lines",
    "Model",
    "Spread",
    "Table",
    "build_for_timing",
    "cores",
    "table",
    "time_library",
]
