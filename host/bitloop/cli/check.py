"""bitloop check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bitloop.cli.output import Folder, Json, result, say

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop.signals.band import Band
    from bitloop.signals.check import Finding, Report


def check(project: Folder, as_json: Json = False) -> None:
    """Look for problems with the signals; exit status 1 where one forbids a search.

    Example: [bold]bitloop check fan[/]
    """
    from bitloop.project import Project
    from bitloop.signals import check as checks

    loaded = Project.load(project)
    report, band = checks.check(*loaded.read()), loaded.settings.band
    record = report.to_record() | {"filter": band.words() or None}
    result(as_json, record, lambda console: _show(console, report, band))
    if not report.ok:
        raise typer.Exit(1)


def _show(console: Console, report: Report, band: Band) -> None:
    for finding in report.problems:
        console.print(f"[red]problem[/] {_sentence(finding)}", soft_wrap=True)
    for finding in report.warnings:
        console.print(f"[yellow]warning[/] {_sentence(finding)}", soft_wrap=True)
    if band:
        say(console, f"filter: every library keeps {band.words()}")
    shape = f"{report.signals} signals of {report.axes} axes x {report.length} samples"
    say(console, f"{shape}: {'ready' if report.ok else 'not ready'} for a search")


def _sentence(finding: Finding) -> str:
    from rich.markup import escape

    place = finding.recording
    if finding.lines:
        place += f", line{'s' * (len(finding.lines) > 1)} {', '.join(map(str, finding.lines))}"
    return escape(f"{place + ': ' if place else ''}{finding.what}; {finding.advice}")
