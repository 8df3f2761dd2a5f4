"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Kind = Literal["anomaly", "outlier", "classes", "extrapolation"]
"""What a library is to tell; the values of bitloop.library.KINDS, spelt out so that --help need not load NumPy."""
Persona = Annotated[
    Literal["v3", "v5"], typer.Option(help="Generation of the NanoEdge C API: v3 is 3.x to 5.0, v5 is 5.1 and later.")
]
Compiler = Annotated[Literal["zig", "gcc"], typer.Option(help="zig, or arm-none-eabi-gcc where it is installed.")]
Optimize = Annotated[Literal["-Os", "-O2", "-O3"], typer.Option(help="Optimisation level; results are the same.")]
Axes = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Numbers per sample, where that matters.", show_default=False)
]
Log = Annotated[bool, typer.Option("--log", help="A line is one sample of a continuous log.")]
TargetFirst = Annotated[
    bool, typer.Option("--target-first", help="The first number of a line is its target (extrapolation).")
]
