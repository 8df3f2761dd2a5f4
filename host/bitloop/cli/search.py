"""bitloop search."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bitloop.cli.listing import table
from bitloop.cli.output import Folder, Json, progress, result, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from bitloop.project import Found, Project
    from bitloop.project.searches import Journalled
    from bitloop.search.hints import Hint
    from bitloop.search.result import Candidate, Progress, SearchResult

SHOWN = 10
Split = Literal["auto", "blocks", "random"]


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
    split: Annotated[
        Split,
        typer.Option(
            help="How signals are held back: whole recordings, or blocks where there are too few of them (auto),"
            " always blocks, or at random, which flatters and is there for comparison with other tools."
        ),
    ] = "auto",
    resume: Annotated[
        bool | None,
        typer.Option(
            "--resume/--fresh",
            help="Go on from the same search before, or begin again (else only a killed one goes on).",
            show_default=False,
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Dask scheduler whose workers do the work.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Search for the best libraries within the project's budgets. Ctrl-C ends it and keeps what was found.

    Scores come from signals held back, computed by the C kernels; the worst fold counts most.

    Example: [bold]bitloop search fan --seconds 60 --seed 1[/]
    """
    from bitloop.cli.live import live
    from bitloop.project import Project

    loaded = Project.load(project)
    if seconds is None and evaluations is None:
        seconds = 60.0
    workers = jobs or os.cpu_count() or 1
    console, kind = progress(), loaded.settings.kind
    if loaded.settings.band:
        say(console, f"filter: every library keeps {loaded.settings.band.words()}")
    with loaded.searches.journal(_key(loaded, seed, split), resume) as journal, live(console, kind) as update:
        if journal.before:
            say(console, f"going on after {journal.before:,} evaluations of the same search")
        outcome = find(
            loaded,
            seconds=seconds,
            evaluations=evaluations,
            seed=seed,
            jobs=workers,
            split=split,
            journal=journal.path,
            cluster=cluster,
            update=update,
        )
    stored = keep(loaded, outcome)
    advice = advise(loaded, outcome)
    about = {"seed": seed, "jobs": outcome.cores, "split": split, "stopped": outcome.stopped}
    remember(loaded, outcome, stored, advice, about)
    record = _record(loaded, outcome, stored, advice, about, journal)
    result(as_json, record, lambda out: _show(out, loaded, record, stored, advice))


def find(
    project: Project,
    *,
    seconds: float | None,
    evaluations: int | None,
    seed: int,
    jobs: int,
    split: str = "auto",
    journal: Path | None = None,
    cluster: str | None = None,
    update: Callable[[Progress], None] | None = None,
) -> SearchResult:
    """Check the project's signals and search. Rules that a project may decide to live with are only remarked on."""
    from bitloop.errors import SearchError
    from bitloop.project import place
    from bitloop.search import Budget
    from bitloop.search import search as run
    from bitloop.signals.check import RULES, check
    from bitloop.signals.checks.rules import ALLOWABLE

    dataset, lines = project.read()
    settings = project.settings
    report = check(dataset, lines, allowed=ALLOWABLE, looks=RULES)
    if report.problems:
        problem = report.problems[0]
        raise SearchError(f"the signals are not ready: {problem.what}; {problem.advice}")
    for remark in report.warnings:
        if remark.code in ALLOWABLE and remark.code not in settings.allow:
            typer.echo(f"bitloop: {remark.what}; {remark.advice}", err=True)
    budget = Budget(settings.max_ram * 1024, settings.max_flash * 1024, place(settings.target).core)
    return run(
        dataset,
        budget,
        seconds=seconds,
        evaluations=evaluations,
        seed=seed,
        jobs=jobs,
        split=split,
        journal=journal,
        cluster=cluster,
        progress=update,
    )


def keep(project: Project, outcome: SearchResult) -> tuple[Found, ...]:
    """Put the finalists on the project's shelf."""
    signals = project.fingerprint()
    with project.lock():
        return project.libraries.put([(c.library, _found(c, signals)) for c in outcome.candidates])


def advise(project: Project, outcome: SearchResult) -> tuple[Hint, ...]:
    """What the best result and the signals suggest to do."""
    from bitloop.search.hints import hints
    from bitloop.search.table import Table

    dataset = project.dataset()
    return hints(Table.of(dataset), outcome.best.metrics, [r.name for r in dataset.recordings])


def remember(
    project: Project,
    outcome: SearchResult,
    stored: Sequence[Found],
    advice: Sequence[Hint],
    about: dict[str, Any],
) -> None:
    """Keep the course of the search for reports."""
    record = {
        **about,
        "evaluations": outcome.evaluations,
        "seconds": round(outcome.seconds, 3),
        "libraries": [found.number for found in stored],
        "hints": [hint.to_row() for hint in advice],
        "history": [[round(p.seconds, 3), p.evaluations, p.score, p.quality] for p in outcome.history],
    }
    with project.lock():
        project.libraries.note(record)


def _key(project: Project, seed: int, split: str) -> str:
    """What a journal belongs to, in 16 digits."""
    from bitloop import __version__
    from bitloop.cache import digest
    from bitloop.project import place

    settings = project.settings
    parts = [__version__, project.fingerprint(), settings.kind, place(settings.target).core.name, split]
    numbers = (settings.axes, settings.max_ram, settings.max_flash, int(settings.multi_sensor), seed)
    return digest([*parts, *map(str, numbers)])[:16]


def _found(candidate: Candidate, signals: str) -> Found:
    from bitloop.project import Found

    metrics = candidate.metrics
    low, high = metrics.get("interval", (0.0, 1.0))
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
        candidate.pipeline,
        int(candidate.cycles),
        float(metrics["r2"] if "r2" in metrics else metrics["balanced_accuracy"]),
        float(low),
        float(high),
    )


def _record(
    project: Project,
    outcome: SearchResult,
    stored: Sequence[Found],
    advice: Sequence[Hint],
    about: dict[str, Any],
    journal: Journalled,
) -> dict[str, Any]:
    from bitloop.project import front

    rows, best = [], front(stored)
    for found, candidate in zip(stored, outcome.candidates, strict=True):
        row = {**found.to_record(project.settings.kind), "pareto": found.number in best}
        row |= {"roc_auc": candidate.metrics["roc_auc"]} if "roc_auc" in candidate.metrics else {}
        rows.append(row | ({"learning": candidate.library.learning} if candidate.library.learning else {}))
    fresh = max(0, outcome.evaluations - journal.before)
    rate = fresh / max(outcome.seconds, 1e-9) / about["jobs"]
    return {
        **about,
        "filter": project.settings.band.words() or None,
        "resumed": journal.before,
        "complete": outcome.complete,
        "crowned": project.libraries.crowned,
        "hints": [hint.to_row() for hint in advice],
        "evaluations": outcome.evaluations,
        "seconds": round(outcome.seconds, 3),
        "evaluations_per_second_per_core": round(rate, 3),
        "best": rows[0],
        "candidates": rows,
    }


def _show(
    console: Console, project: Project, record: dict[str, Any], stored: tuple[Found, ...], advice: Sequence[Hint]
) -> None:
    from bitloop.project import front

    rate = f"{record['evaluations_per_second_per_core']:.1f} per second and core"
    why = {"converged": ", converged", "stopped": ", stopped", "exhausted": ", everything there is"}
    ended = why.get(record["stopped"], "")
    console.print(f"{record['evaluations']:,} evaluations in {record['seconds']:.1f} s ({rate}{ended}); kept:")
    console.print(table(stored[:SHOWN], project.settings.kind, front(stored), record["crowned"]))
    for hint in advice:
        say(console, f"hint: {hint.what}; {hint.advice}")
    if record["crowned"] is not None:
        undo = f"bitloop crown {project.folder} --none"
        say(
            console, f"library {record['crowned']} is crowned and stays the one to build and prove; undo with: {undo}"
        )
