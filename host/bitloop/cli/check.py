"""bitloop check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bitloop.cli.options import Axes, Rate, TargetFirst
from bitloop.cli.output import Json, result, say

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop.signals.band import Band
    from bitloop.signals.check import Report
    from bitloop.signals.checks.finding import Finding

_SHOWN = 8
"""Ranges of lines."""


def check(
    what: Annotated[
        Path, typer.Argument(metavar="PROJECT|FILE", help="Folder of the project, or one file.", show_default=False)
    ],
    rate: Rate = None,
    axes: Axes = None,
    target_first: TargetFirst = False,
    as_json: Json = False,
) -> None:
    """Look for problems with the signals; exit status 1 where a rule is broken.

    A file is looked at as a recording that is to be added: say with --axes how many numbers a sample has.

    Example: [bold]bitloop check fan[/]
    """
    from bitloop.errors import BitloopError
    from bitloop.signals.band import Band

    Band(rate or 0.0)  # a rate that means nothing is refused before anything is read
    if what.is_dir() and (axes is not None or target_first):
        raise BitloopError("a project knows what its lines are; leave --axes and --target-first out")
    report, band = _file(what, axes, target_first, rate) if what.is_file() else _project(what, rate)
    record = report.to_record() | {"filter": band.words() or None}
    result(as_json, record, lambda console: _show(console, report, band))
    if not report.ok:
        raise typer.Exit(1)


def _project(folder: Path, rate: float | None) -> tuple[Report, Band]:
    from bitloop.project import Project
    from bitloop.signals.check import check as look

    loaded = Project.load(folder)
    settings = loaded.settings
    known = rate or settings.band.rate_hz or None
    return look(*loaded.read(), rate_hz=known, allowed=settings.allow), settings.band


def _file(path: Path, axes: int | None, target_first: bool, rate: float | None) -> tuple[Report, Band]:
    from bitloop.errors import BitloopError
    from bitloop.signals.band import ALL
    from bitloop.signals.check import check as look
    from bitloop.signals.dataset import REGULAR, Dataset
    from bitloop.signals.reader import check_width, read_table, recording

    if axes is None:
        raise BitloopError(f"nobody said how many numbers a sample of {path} has; say --axes 3 for an accelerometer")
    table = read_table(path)
    check_width(path, table, axes=axes, target_first=target_first, multi_sensor=False)
    kind, label = ("extrapolation", "") if target_first else ("outlier", REGULAR)
    one = recording(path.name, label, table, target_first=target_first)
    dataset = Dataset(kind, axes, one.x.shape[1] // axes, (one,))
    return look(dataset, {path.name: table.lines}, rate_hz=rate or table.rate_hz), ALL


def _show(console: Console, report: Report, band: Band) -> None:
    from bitloop.signals.checks.finding import counted

    for finding in report.problems:
        console.print(f"[red]problem[/] {_sentence(finding)}", soft_wrap=True)
    for finding in report.warnings:
        console.print(f"[yellow]warning[/] {_sentence(finding)}", soft_wrap=True)
    if band:
        say(console, f"filter: every library keeps {band.words()}")
    axes = f"{report.axes} ax{'is' if report.axes == 1 else 'es'}"
    signals, samples = counted(report.signals, "signal"), counted(report.length, "sample")
    shape = f"{signals} of {axes} x {samples}"
    if report.rate_hz:
        shape += f" ({report.length / report.rate_hz:.3g} s at {report.rate_hz:g} Hz)"
    say(console, f"{shape}: {_ready(report)}")


def _ready(report: Report) -> str:
    from bitloop.signals.checks.rules import ALLOWABLE

    if report.ok:
        return "ready for a search"
    if all(problem.code in ALLOWABLE for problem in report.problems):
        return "not as the rules have it; a search goes on with what there is"
    return "not ready for a search"


def _sentence(finding: Finding) -> str:
    from rich.markup import escape

    place = finding.recording
    if finding.lines:
        place += f", line{'s' * (finding.total > 1)} {_lines(finding)}"
    return escape(f"{place + ': ' if place else ''}{finding.what}; {finding.advice} ") + f"[dim]\\[{finding.code}][/]"


def _lines(finding: Finding) -> str:
    """`3, 7-9 and 12`, or the first few of many."""
    parts = finding.ranges.split(",") if finding.ranges else []
    if 0 < len(parts) <= _SHOWN:
        return ", ".join(parts)
    return f"{', '.join(map(str, finding.lines))} and {finding.total - len(finding.lines)} more"
