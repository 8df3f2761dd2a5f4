"""bitloop new, bitloop filter, bitloop add, bitloop remove."""

from __future__ import annotations

import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bitloop.cli.options import FilterOrder, HighPass, Kind, LowPass, Rate
from bitloop.cli.output import Folder, Force, Json, result, say

if TYPE_CHECKING:
    from bitloop.signals.band import Band


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
    rate: Rate = None,
    high_pass: HighPass = None,
    low_pass: LowPass = None,
    filter_order: FilterOrder = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(help="A rule that may be broken without a word: too-few, length.", show_default=False),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make a project: a folder of plain files.

    With --high-pass or --low-pass every library filters its signals first, on the device as in the search.

    Example: [bold]bitloop new fan --kind anomaly --axes 3 --target nucleo-f411re --max-ram 32 --max-flash 64[/]
    """
    from bitloop.project import Project, Settings
    from bitloop.signals.band import ALL

    name = project.name or project.resolve().name
    band = _band(ALL, rate, high_pass, low_pass, filter_order)
    settings = Settings(name, kind, axes, target, max_ram, max_flash, multi_sensor, band, tuple(allow or ()))
    made = Project.create(project, settings, force)

    text = f"made {project}; now add recordings: bitloop add {project} FILE{_as(kind)}"
    result(as_json, {"project": str(made.folder), **asdict(settings)}, lambda console: say(console, text))


def filter_(
    project: Folder,
    rate: Rate = None,
    high_pass: HighPass = None,
    low_pass: LowPass = None,
    filter_order: FilterOrder = None,
    off: Annotated[bool, typer.Option("--off", help="Filter no longer.")] = False,
    as_json: Json = False,
) -> None:
    """Show a project's filter, set it, or take it away. What is not named stays as it is; a limit of 0 is none.

    Every library then filters its signals first: one Butterworth filter, the same on the device, bit for bit.
    Libraries found before stay on the shelf as they are; search again to get filtered ones.

    Example: [bold]bitloop filter fan --rate 1666 --high-pass 20 --low-pass 400[/]
    """
    from bitloop.errors import BitloopError
    from bitloop.project import Project

    loaded = Project.load(project)
    wanted = (rate, high_pass, low_pass, filter_order)
    limits = (high_pass, low_pass, filter_order)
    if off and any(value is not None for value in limits):
        raise BitloopError("--off takes the filter away; leave it out to set limits")
    if off:
        high_pass, low_pass = 0.0, 0.0
    band = _band(loaded.settings.band, rate, high_pass, low_pass, filter_order)
    if off or any(value is not None for value in wanted):
        loaded = loaded.filtered(band)
    text = f"filter: {band.words()}" if band else "no filter"
    result(as_json, {"filter": asdict(band), "on": bool(band)}, lambda console: say(console, text))


def _band(
    known: Band, rate: float | None, high_pass: float | None, low_pass: float | None, order: int | None
) -> Band:
    """What is known, with what was said."""
    return replace(
        known,
        rate_hz=known.rate_hz if rate is None else rate,
        high_pass=known.high_pass if high_pass is None else high_pass,
        low_pass=known.low_pass if low_pass is None else low_pass,
        order=known.order if order is None else order,
    )


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
