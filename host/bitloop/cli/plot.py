"""bitloop plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bitloop.cli.options import Axes, Log, Rate, TargetFirst
from bitloop.cli.output import Force, Json, result, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def plot(
    sources: Annotated[
        list[Path], typer.Argument(metavar="FILE...|PROJECT", help="Recordings, or a project.", show_default=False)
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the pictures.")] = Path(),
    rate: Rate = None,
    form: Annotated[Literal["png", "svg"], typer.Option("--format", help="What to write.")] = "png",
    axes: Axes = None,
    log: Log = False,
    target_first: TargetFirst = False,
    filtered: Annotated[
        bool, typer.Option("--filtered", help="Signals of a project behind its filter, as libraries see them.")
    ] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Draw signals: per axis mean, extremes and standard deviation, spectrum and spectrogram.

    A project is drawn label by label, files one by one, and then all of them over each other.

    Example: [bold]bitloop plot healthy.csv clogged.csv --axes 3 --rate 1666 -o plots[/]
    """
    from bitloop.errors import BitloopError
    from bitloop.files import refuse_overwrite
    from bitloop.plots import save, signal_figures

    if rate is not None and not 0 < rate < 1e9:
        raise BitloopError(f"a rate of {rate:g} Hz is none; give samples per second")
    project = next((path for path in sources if path.is_dir()), None)
    if project is not None and len(sources) > 1:
        raise BitloopError(f"{project} is a folder; draw a project alone, or give files only")
    if project is not None and (axes is not None or log or target_first):
        raise BitloopError("a project knows what its lines are; leave --axes, --log and --target-first out")
    if project is None and filtered:
        raise BitloopError("files have no filter; --filtered is for a project")
    seen = _of_files(sources, axes, log, target_first, rate) if project is None else _of_project(project, filtered)
    figures = signal_figures(seen.classes, rate or seen.rate, seen.axes, seen.seams)
    for name in figures:
        refuse_overwrite(output / f"{name}.{form}", force)
    written = [str(path) for name, draw in figures.items() for path in save({name: draw()}, output, (form,), force)]
    record = {"sources": [str(path) for path in sources], "plots": written}
    result(as_json, record, lambda console: say(console, "\n".join(written)))


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Signals or logs by name, and what is known of their rate, axes and seams."""

    classes: dict[str, NDArray[np.float32]]
    rate: float | None = None
    axes: tuple[str, ...] = ()
    seams: dict[str, tuple[int, ...]] = field(default_factory=dict)


def _of_files(paths: list[Path], axes: int | None, log: bool, target_first: bool, rate: float | None) -> _Seen:
    from bitloop.errors import BitloopError
    from bitloop.signals.reader import read_table
    from bitloop.signals.shape import sheet_of

    found: dict[str, NDArray[np.float32]] = {}
    seams: dict[str, tuple[int, ...]] = {}
    rates, names = set(), set()
    for path in paths:
        table = read_table(path)
        sheet = sheet_of(path, table, axes, log, target_first)
        if sheet.name in found:
            raise BitloopError(f"two of the files are called {sheet.name}; draw them with a command each")
        found[sheet.name] = sheet.values if sheet.log else sheet.signals()
        seams[sheet.name] = sheet.seams
        rates.add(table.rate_hz)
        both = zip(table.axes, table.units, strict=True)
        names.add(tuple(f"{name}, {unit}" if unit else name for name, unit in both))
    if rate is None and len(rates) > 1:
        raise BitloopError("the files were not sampled at one and the same rate; draw them with a command each")
    return _Seen(found, rates.pop(), names.pop() if len(names) == 1 else (), seams)


def _of_project(folder: Path, filtered: bool) -> _Seen:
    """Signals by label; by recording where there are no labels."""
    from bitloop.errors import ProjectError
    from bitloop.kernels.pipeline import Preprocessing
    from bitloop.project import Project

    loaded = Project.load(folder)
    dataset, rate = loaded.dataset(), loaded.settings.band.rate_hz or None
    if not dataset.signals:
        raise ProjectError(f"{folder} has no recordings; add some with: bitloop add {folder} FILE")
    if filtered and not dataset.before:
        raise ProjectError(f"{folder} has no filter; leave --filtered out, or set one with: bitloop filter {folder}")
    if dataset.kind == "extrapolation":
        flat = {Path(recording.name).stem: recording.x for recording in dataset.recordings}
    else:
        flat = {label: dataset.labelled(label) for label in dataset.labels}
    if dataset.multi_sensor:
        return _Seen(flat, rate)
    start = Preprocessing(dataset.axes, dataset.length, ((),), before=dataset.before if filtered else ())
    return _Seen({name: start.begun(x).transpose(0, 2, 1) for name, x in flat.items()}, rate)
