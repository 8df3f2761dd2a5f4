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
Rate = Annotated[
    float | None, typer.Option(metavar="HZ", help="Sampling rate, samples per second.", show_default=False)
]
HighPass = Annotated[
    float | None, typer.Option(metavar="HZ", help="Filter every signal: only what is faster.", show_default=False)
]
LowPass = Annotated[
    float | None, typer.Option(metavar="HZ", help="Filter every signal: only what is slower.", show_default=False)
]
FilterOrder = Annotated[
    int | None, typer.Option(metavar="N", help="Poles on either side of the band (else 2).", show_default=False)
]
Axes = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Numbers per sample, where that matters.", show_default=False)
]
Log = Annotated[bool, typer.Option("--log", help="A line is one sample of a continuous log.")]
TargetFirst = Annotated[
    bool, typer.Option("--target-first", help="The first number of a line is its target (extrapolation).")
]
