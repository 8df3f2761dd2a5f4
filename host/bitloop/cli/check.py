"""bitloop check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bitloop.cli.options import Rate
from bitloop.cli.output import Folder, Json, result, say

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop.signals.band import Band
    from bitloop.signals.check import Report
    from bitloop.signals.checks.finding import Finding

_SHOWN = 8
"""Ranges of lines."""


def check(
    project: Folder,
    rate: Rate = None,
    as_json: Json = False,
) -> None:
    """Look for problems with the signals; exit status 1 where one forbids a search.

    Example: [bold]bitloop check fan[/]
    """
    from bitloop.project import Project
    from bitloop.signals import check as checks

    loaded = Project.load(project)
    settings = loaded.settings
    known = rate or settings.band.rate_hz or None
    report = checks.check(*loaded.read(), rate_hz=known, allowed=settings.allow)
    record = report.to_record() | {"filter": settings.band.words() or None}
    result(as_json, record, lambda console: _show(console, report, settings.band))
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
    if report.rate_hz:
        shape += f" ({report.length / report.rate_hz:.3g} s at {report.rate_hz:g} Hz)"
    say(console, f"{shape}: {'ready' if report.ok else 'not ready'} for a search")


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
