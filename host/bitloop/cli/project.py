"""bitloop new, bitloop add, bitloop remove."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bitloop.cli.options import Kind
from bitloop.cli.output import Folder, Force, Json, result, say


def new(
    project: Folder,
    kind: Annotated[Kind, typer.Option(help="What the library is to tell.", show_default=False)],
    axes: Annotated[int, typer.Option(help="Numbers per sample: 3 for an accelerometer.", show_default=False)],
    target: Annotated[str, typer.Option(help="Board or core it is to run on.")] = "cortex-m4f",
    max_ram: Annotated[int, typer.Option(help="Budget of RAM, KiB, stack included.")] = 32,
    max_flash: Annotated[int, typer.Option(help="Budget of flash, KiB, code included.")] = 64,
    multi_sensor: Annotated[
        bool, typer.Option("--multi-sensor", help="One sample per line, and their order matters (anomaly only).")
    ] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make a project: a folder of plain files.

    Example: [bold]bitloop new fan --kind anomaly --axes 3 --target nucleo-f411re --max-ram 32 --max-flash 64[/]
    """
    from bitloop.project import Project, Settings

    name = project.name or project.resolve().name
    settings = Settings(name, kind, axes, target, max_ram, max_flash, multi_sensor)
    made = Project.create(project, settings, force)

    text = f"made {project}; now add recordings: bitloop add {project} FILE{_as(kind)}"
    result(as_json, {"project": str(made.folder), **asdict(settings)}, lambda console: say(console, text))


def add(
    project: Folder,
    file: Annotated[Path, typer.Argument(help="Recording, one signal per line or row.", show_default=False)],
    label: Annotated[
        str, typer.Option("--as", help="regular or abnormal; for classes the name of the class.", show_default=False)
    ] = "",
    name: Annotated[str, typer.Option(help="Name of the copy in the project, if not the file's.")] = "",
    couple: Annotated[
        str, typer.Option(help="Machine or place, where one anomaly library is wanted for several.")
    ] = "",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Add a recording: its file is checked and copied into the project.

    Recordings of one --couple are what one device learns and is judged by; the worst couple counts.

    Example: [bold]bitloop add fan healthy.csv --as regular[/]
    """
    from bitloop.project import Project

    loaded = Project.load(project)
    entry = loaded.add(file, label, name, force, couple)
    signals = f"{entry.lines} signal{'s' * (entry.lines != 1)}"
    what = f"{signals} of {entry.values} values" + (f" as {entry.label}" if entry.label else "")
    left = "".join(f"\nline {line} holds only a part of a signal and is left out" for line in entry.cut)
    result(as_json, asdict(entry), lambda console: say(console, f"added {what} ({entry.file}){left}"))


def remove(
    project: Folder,
    recording: Annotated[str, typer.Argument(help="Name of the recording in the project.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Take a recording out of the project. Its copy is kept in removed/; your own file is not touched.

    Example: [bold]bitloop remove fan clogged.csv[/]
    """
    from bitloop.project import Project

    loaded = Project.load(project)
    entry, kept = loaded.remove(recording)
    words = ["bitloop", "add", str(project), str(kept)]
    for option, value in (("--as", entry.label), ("--couple", entry.couple)):
        words += [option, value] if value else []
    words += ["--name", Path(entry.file).stem] if kept.name != entry.file else []
    back = shlex.join(words)
    text = f"removed {entry.file} ({entry.lines} signals); undo with: {back}"
    record = {"removed": asdict(entry), "kept": str(kept), "undo": back}
    result(as_json, record, lambda console: say(console, text))


def _as(kind: Kind) -> str:
    return {"extrapolation": "", "classes": " --as NAME"}.get(kind, " --as regular")
