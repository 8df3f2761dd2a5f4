"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Persona = Annotated[
    Literal["v3", "v5"], typer.Option(help="Generation of the NanoEdge C API: v3 is 3.x to 5.0, v5 is 5.1 and later.")
]
Compiler = Annotated[Literal["zig", "gcc"], typer.Option(help="zig, or arm-none-eabi-gcc where it is installed.")]
Optimize = Annotated[Literal["-Os", "-O2", "-O3"], typer.Option(help="Optimisation level; results are the same.")]
