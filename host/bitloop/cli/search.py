"""bitloop search."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bitloop.cli.output import Folder, Json, progress, result

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.table import Table

    from bitloop.project import Found, Project
    from bitloop.search.result import Candidate, Progress, SearchResult

SHOWN = 10


def search(
    project: Folder,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="How long to search (60 without --evaluations).", show_default=False)
    ] = None,
    evaluations: Annotated[
        int | None,
        typer.Option(min=1, help="How many candidates to try; the result then depends on nothing but the seed."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Where the search begins.")] = 1,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes at work (else one per core).", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Search for the best libraries within the project's budgets. Ctrl-C ends it and keeps what was found.

    Scores are those of the worst fold of a cross-validation, computed by the C kernels.

    Example: [bold]bitloop search fan --seconds 60 --seed 1[/]
    """
    from bitloop.project import Project

    loaded = Project.load(project)
    if seconds is None and evaluations is None:
        seconds = 60.0
    workers = jobs or os.cpu_count() or 1
    with _live(progress()) as update:
        outcome = find(loaded, seconds=seconds, evaluations=evaluations, seed=seed, jobs=workers, update=update)
    stored = keep(loaded, outcome)
    record = {
        "evaluations": outcome.evaluations,
        "seconds": round(outcome.seconds, 3),
        "rate": round(outcome.rate, 3),
        "seed": seed,
        "jobs": workers,
        "libraries": [found.to_row() for found in stored],
    }
    result(as_json, record, lambda console: _show(console, outcome, stored))


def find(
    project: Project,
    *,
    seconds: float | None,
    evaluations: int | None,
    seed: int,
    jobs: int,
    update: Callable[[Progress], None] | None = None,
) -> SearchResult:
    """Check the project's signals and search."""
    from bitloop.errors import SearchError
    from bitloop.project import place
    from bitloop.search import Budget
    from bitloop.search import search as run
    from bitloop.signals.check import check

    dataset, lines = project.read()
    problems = check(dataset, lines).problems
    if problems:
        raise SearchError(f"the signals are not ready: {problems[0].what}; {problems[0].advice}")
    settings = project.settings
    budget = Budget(settings.max_ram * 1024, settings.max_flash * 1024, place(settings.target).core)
    return run(dataset, budget, seconds=seconds, evaluations=evaluations, seed=seed, jobs=jobs, progress=update)


def keep(project: Project, outcome: SearchResult) -> tuple[Found, ...]:
    """Put the finalists on the project's shelf."""
    signals = project.fingerprint()
    with project.lock():
        return project.libraries.put([(c.library, _found(c, signals)) for c in outcome.candidates])


def table(found: tuple[Found, ...], kind: str) -> Table:
    """Libraries with their scores and sizes, in the order given."""
    from rich.table import Table

    quality, long = ("R²", "that") if kind == "extrapolation" else ("BA", "balanced accuracy")
    drawn = Table(box=None, pad_edge=False, header_style="dim", caption_justify="left")
    drawn.caption = f"{quality}: {long} of the worst fold; flash and RAM (with stack) of the linked code"
    drawn.add_column("no", justify="right")
    drawn.add_column("family")
    for name in ("score", quality, "knowledge", "flash", "RAM"):
        drawn.add_column(name, justify="right", no_wrap=True)
    for f in found:
        sizes = [f"{size:,} B" for size in (f.knowledge, f.flash, f.ram)]
        family = f.family.replace("+", " + ").replace("/", ", ").replace("_", " ")
        drawn.add_row(str(f.number), family, f"{f.score:.4f}", f"{f.quality:.4f}", *sizes)
    return drawn


def _found(candidate: Candidate, signals: str) -> Found:
    from bitloop.project import Found

    return Found(
        0,
        candidate.library.id,
        candidate.family,
        float(candidate.score),
        float(candidate.quality),
        candidate.knowledge_bytes,
        candidate.flash_bytes,
        candidate.ram_bytes,
        signals,
    )


def _show(console: Console, outcome: SearchResult, stored: tuple[Found, ...]) -> None:
    rate = f"{outcome.rate:.1f} per second"
    console.print(f"{outcome.evaluations} candidates in {outcome.seconds:.1f} s ({rate}); kept:")
    console.print(table(stored[:SHOWN], outcome.best.library.kind))


@contextmanager
def _live(console: Console) -> Iterator[Callable[[Progress], None]]:
    """A table that follows the search, where that is a terminal."""
    if not console.is_terminal:
        yield lambda at: None
        return
    from rich.live import Live

    with Live(console=console, transient=True, refresh_per_second=4) as live:
        yield lambda at: live.update(_status(at))


def _status(at: Progress) -> Any:
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, show_header=False)
    drawn.add_column(style="dim")
    drawn.add_column()
    drawn.add_row(at.stage, f"{at.evaluations} candidates, {at.rate:.1f} per second, {at.seconds:.0f} s")
    drawn.add_row("best", f"{at.score:.4f} (quality {at.quality:.4f})  {at.family}")
    return drawn
