"""bitloop plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bitloop.cli.options import Axes, Log, Rate, TargetFirst
from bitloop.cli.output import Force, Json, result, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Classes = dict[str, NDArray[np.float32]]


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
    if project is None:
        classes = _of_files(sources, axes, log, target_first)
    else:
        classes, known = _of_project(project)
        rate = rate or known
    figures = signal_figures(classes, rate)
    for name in figures:
        refuse_overwrite(output / f"{name}.{form}", force)
    written = [str(path) for name, draw in figures.items() for path in save({name: draw()}, output, (form,), force)]
    record = {"sources": [str(path) for path in sources], "plots": written}
    result(as_json, record, lambda console: say(console, "\n".join(written)))


def _of_files(paths: list[Path], axes: int | None, log: bool, target_first: bool) -> Classes:
    from bitloop.errors import BitloopError
    from bitloop.signals.shape import open_sheet

    found: Classes = {}
    for path in paths:
        sheet = open_sheet(path, axes, log, target_first)
        if sheet.name in found:
            raise BitloopError(f"two of the files are called {sheet.name}; draw them with a command each")
        found[sheet.name] = sheet.values if sheet.log else sheet.signals()
    return found


def _of_project(folder: Path) -> tuple[Classes, float | None]:
    """Signals by label, by recording where there are no labels, and the rate where the project knows it."""
    from bitloop.errors import ProjectError
    from bitloop.project import Project

    loaded = Project.load(folder)
    dataset, rate = loaded.dataset(), loaded.settings.band.rate_hz or None
    if not dataset.signals:
        raise ProjectError(f"{folder} has no recordings; add some with: bitloop add {folder} FILE")
    if dataset.kind == "extrapolation":
        flat = {Path(recording.name).stem: recording.x for recording in dataset.recordings}
    else:
        flat = {label: dataset.labelled(label) for label in dataset.labels}
    if dataset.multi_sensor:
        return flat, rate
    return {name: x.reshape(len(x), dataset.length, dataset.axes) for name, x in flat.items()}, rate
