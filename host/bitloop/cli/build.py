"""bitloop build."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bitloop.cli.chosen import Chosen, Number, Source, choose
from bitloop.cli.options import Compiler, Optimize, Persona
from bitloop.cli.output import Force, Json, result, say

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop.targets import Target


def build(
    project: Source,
    output: Annotated[Path, typer.Option("-o", "--output", help="Zip to write.", show_default=False)],
    persona: Persona = "v3",
    target: Annotated[str, typer.Option(help="Board or core (else the project's target).", show_default=False)] = "",
    library: Number = None,
    suffix: Annotated[str, typer.Option(help="For several libraries in one program: fan gives neai_..._fan().")] = "",
    float_abi: Annotated[
        Literal["hard", "soft"] | None,
        typer.Option(
            help="As the rest of your program has it (else hard where there is an FPU).", show_default=False
        ),
    ] = None,
    short_enums: Annotated[bool, typer.Option("--short-enums", help="Your program uses -fshort-enums.")] = False,
    short_wchar: Annotated[bool, typer.Option("--short-wchar", help="Your program uses -fshort-wchar.")] = False,
    compiler: Compiler = "zig",
    optimize: Optimize = "-O2",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write a zip with libneai.a, NanoEdgeAI.h, the readable C, an example and the metadata.

    Existing NanoEdge AI code compiles against it unchanged.

    Example: [bold]bitloop build fan --persona v3 --target cortex-m4f -o fan.zip[/]
    """
    from bitloop.files import refuse_overwrite
    from bitloop.library import build as libraries
    from bitloop.library.options import Options
    from bitloop.library.package import package
    from bitloop.toolchain import Flags

    refuse_overwrite(output, force)
    chosen = choose(project, library)
    options = Options(persona, suffix)
    flags = Flags(optimize, short_enums, short_wchar)
    aim = _target(chosen, target, float_abi)
    built = libraries.build(chosen.library, aim, compiler, options, flags)
    written = package(built, output, force)
    sizes = asdict(written.sizes) | {"ram": written.sizes.ram} if written.sizes else None
    record: dict[str, Any] = {
        "zip": str(output),
        "library": chosen.to_record(),
        "target": aim.name,
        "persona": persona,
    }
    record |= {"compiler": built.toolchain.describe(), "float_abi": aim.float_abi, "suffix": suffix, "sizes": sizes}
    result(as_json, record, lambda console: _show(console, record))


def _target(chosen: Chosen, name: str, float_abi: str | None) -> Target:
    from bitloop import targets
    from bitloop.errors import ProjectError
    from bitloop.project import place

    if not name and chosen.project is None:
        raise ProjectError("a library file does not say what it is for; name a board or core with --target")
    wanted = name or (chosen.project.settings.target if chosen.project else "")
    return targets.target(place(wanted).core.name, float_abi)


def _show(console: Console, record: dict[str, Any]) -> None:
    say(console, f"wrote {record['zip']}: {record['target']}, persona {record['persona']}, {record['compiler']}")
    sizes = record["sizes"]
    if sizes:
        kept = f"RAM {sizes['ram']:,} B (of it stack {sizes['stack']:,} B)"
        say(console, f"flash {sizes['flash']:,} B, {kept}; knowledge {sizes['knowledge']:,} B")
