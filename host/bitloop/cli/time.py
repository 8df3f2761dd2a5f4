"""bitloop time: cycles and microseconds of a library, or of any function, on a core nobody has to own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bitloop.cli.chosen import Chosen, Number, choose
from bitloop.cli.options import Compiler, Optimize
from bitloop.cli.output import Json, result, say
from bitloop.errors import ProjectError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rich.console import Console

_ELF = b"\x7fELF"


def time(
    source: Annotated[
        Path,
        typer.Argument(metavar="LIB", help="Project, library file, or linked program (ELF).", show_default=False),
    ],
    core: Annotated[str, typer.Option(help="Core, as cortex-m4f.")] = "cortex-m4f",
    mhz: Annotated[float, typer.Option(min=0.001, help="Frequency of the core.")] = 84.0,
    wait_states: Annotated[
        int, typer.Option("--wait-states", min=0, max=15, help="Of the flash; its accelerator is modelled.")
    ] = 0,
    function: Annotated[
        str, typer.Option(help="Function of the program to call; it gets zeros.", show_default=False)
    ] = "",
    library: Number = None,
    signals: Annotated[int, typer.Option(min=1, help="About how many signals to time.")] = 50,
    compiler: Compiler = "zig",
    optimize: Optimize = "-O2",
    as_json: Json = False,
) -> None:
    """Cycles and microseconds per call on a Cortex-M, and the share of each kernel, from a model of the core.

    Without a project's signals (a library file) a made-up signal of noise is used. Of a program, one function is
    called with zeros as arguments and has to return.

    Example: [bold]bitloop time fan --core cortex-m4f --mhz 84 --wait-states 2[/]
    """
    if _is_elf(source):
        record = _program(source, function, core, wait_states)
    elif function:
        raise ProjectError(f"{source} is no linked program, so --function has no meaning; leave it away")
    else:
        record = _library(choose(source, library), core, wait_states, signals, (compiler, optimize))
    record |= {"mhz": mhz, "wait_states": wait_states}
    for call in record["calls"].values():
        for name in ("min", "median", "max"):
            call[name] = {"cycles": call[name], "us": round(call[name] / mhz, 3)}
    result(as_json, record, lambda console: _show(console, record))


def _is_elf(source: Path) -> bool:
    if not source.is_file():
        return False
    with source.open("rb") as stream:
        return stream.read(4) == _ELF


def _program(source: Path, function: str, core: str, wait_states: int) -> dict[str, Any]:
    from bitloop_hil.timing import Engine

    if not function:
        raise ProjectError(f"{source} has many functions; name one with --function")
    engine = Engine(core, source, wait_states)
    count = engine.call(function)
    spread = {"calls": 1, "min": count.cycles, "median": count.cycles, "max": count.cycles}
    return _record(core, engine.model.table.uncertainty, {function: spread}, {function: count.instructions}, {})


def _library(chosen: Chosen, core: str, wait_states: int, signals: int, recipe: tuple[str, str]) -> dict[str, Any]:
    from bitloop_hil.timing import build_for_timing, time_library

    learn, detect = _signals(chosen, signals)
    image = build_for_timing(chosen.library, core, *recipe)
    timed = time_library(chosen.library, image, core, detect, learn, wait_states)
    calls = {}
    for name, spread in timed.calls.items():
        row = asdict(spread)
        calls[name] = {"calls": row["calls"], "min": row["minimum"], "median": row["median"], "max": row["maximum"]}
    record = _record(core, timed.uncertainty, calls, timed.instructions, timed.kernels)
    return record | {"library": chosen.to_record(), "compiler": recipe[0], "optimize": recipe[1]}


def _record(
    core: str,
    uncertainty: float,
    calls: dict[str, dict[str, Any]],
    instructions: dict[str, Any],
    kernels: dict[str, float],
) -> dict[str, Any]:
    return {
        "core": core,
        "uncertainty": uncertainty,
        "calls": calls,
        "instructions": instructions,
        "kernels": {name: round(share, 4) for name, share in kernels.items()},
    }


def _signals(chosen: Chosen, count: int) -> tuple[NDArray[np.float32] | None, NDArray[np.float32]]:
    """What to learn and what to detect."""
    import numpy as np

    from bitloop.signals.choose import choose_signals

    library = chosen.library
    if chosen.project is not None:
        return choose_signals(chosen.project.dataset(), count, library.learning)
    noise = np.random.default_rng(1).normal(0.0, 1.0, (count, library.axes * library.length)).astype(np.float32)
    return (noise[: max(1, library.learning)], noise) if library.kind == "anomaly" else (None, noise)


def _show(console: Console, record: dict[str, Any]) -> None:
    from rich.table import Table

    doubt = record["uncertainty"]
    exact = f"estimate, within about {doubt:.0%}" if doubt >= 0.1 else "from the model of the core"
    waits = f", {record['wait_states']} wait states" if record["wait_states"] else ", no wait states"
    say(console, f"{record['core']} at {record['mhz']:g} MHz{waits}: {exact}")
    table = Table("", "", "min", "median", "max", box=None, header_style="", pad_edge=False)
    for column in table.columns[2:]:
        column.justify = "right"
    for name, call in record["calls"].items():
        spread = [call[which] for which in ("min", "median", "max")]
        table.add_row(name, "cycles", *(f"{each['cycles']:,.0f}" for each in spread))
        table.add_row("", "us", *(f"{each['us']:,.1f}" for each in spread))
    console.print(table)
    for name, call in record["calls"].items():
        say(console, f"{name}: {record['instructions'][name]:,.0f} instructions, median of {call['calls']} calls")
    for kernel, share in record["kernels"].items():
        if share >= 0.0005:
            say(console, f"  {share:6.1%}  {kernel}")
