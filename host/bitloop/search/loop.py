"""The search: generation after generation, each proposed from the ones before, evaluated by the crew."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bitloop.errors import SearchError
from bitloop.kernels.base import Shape
from bitloop.native import host
from bitloop.search.crew import Crew
from bitloop.search.finish import FINALISTS, finalists
from bitloop.search.propose import GENERATION, PARENTS, Proposer
from bitloop.search.recipe import Recipe
from bitloop.search.result import Budget, Outcome, Progress, SearchResult
from bitloop.search.space import Space, unit_of
from bitloop.search.table import Table
from bitloop.signals.dataset import Dataset

KEPT = max(PARENTS, 3 * FINALISTS)
"""Candidates that are evaluated to the end; whoever cannot be among them is left early."""
FINISHING = 0.15, 8.0
"""Share of the time, and seconds at most, kept for fitting and measuring the finalists."""
LEAST = 0.25
"""Share of the time that is searched however long getting ready took."""

Watcher = Callable[[Progress], None]


@dataclass(slots=True)
class _Record:
    """What has been found so far."""

    watcher: Watcher | None
    start: float
    evaluations: int = 0
    seen: set[Recipe] = field(default_factory=set)
    ranked: list[Outcome] = field(default_factory=list)
    rejected: dict[str, int] = field(default_factory=dict)

    def add(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self.evaluations += 1
            self.seen.add(outcome.recipe)
            if outcome.rejected:
                self.rejected[outcome.rejected] = self.rejected.get(outcome.rejected, 0) + 1
            elif outcome.complete:
                self.ranked.append(outcome)
        self.ranked.sort(key=lambda o: o.rank)
        self.tell("searching")

    def bar(self) -> float:
        return self.ranked[KEPT - 1].score if len(self.ranked) >= KEPT else 0.0

    def tell(self, stage: str) -> None:
        if self.watcher is None:
            return
        seconds = time.monotonic() - self.start
        best = self.ranked[0] if self.ranked else None
        self.watcher(
            Progress(
                self.evaluations,
                seconds,
                self.evaluations / max(seconds, 1e-9),
                best.score if best else 0.0,
                best.quality if best else 0.0,
                best.recipe.family if best else "",
                stage,
            )
        )


def search(
    dataset: Dataset,
    budget: Budget,
    *,
    seconds: float | None = None,
    evaluations: int | None = None,
    seed: int = 1,
    jobs: int = 1,
    progress: Watcher | None = None,
) -> SearchResult:
    """Find the best libraries for a data set that fit a budget.

    Ends after `seconds`, or after `evaluations` candidates, and then gives the same result for any number of `jobs`.
    Ctrl-C ends it early with what there is. SearchError where the data are too few or nothing fits the budget.
    """
    if seconds is None and evaluations is None:
        raise SearchError("a search needs an end: say how many seconds or how many evaluations")
    if (seconds is not None and not seconds > 0) or (evaluations is not None and evaluations < 1) or jobs < 1:
        raise SearchError("seconds, evaluations and jobs have to be above 0")
    if seed < 0:
        raise SearchError("the seed has to be 0 or more")
    table = Table.of(dataset)
    host()  # built once here, so that the workers find it in the cache
    record = _Record(progress, time.monotonic())
    end = math.inf if seconds is None else time.time() + seconds - min(FINISHING[0] * seconds, FINISHING[1])
    space = Space.of(table.kind, Shape(table.axes, table.length), unit_of(table))
    with Crew(table, budget, seed, jobs) as crew:
        end = end if seconds is None else max(end, time.time() + LEAST * seconds)
        try:
            _explore(crew, Proposer(space, budget, seed), record, evaluations, end)
        except KeyboardInterrupt:
            record.tell("stopping")
        searched = time.monotonic() - record.start
        record.tell("finishing")
        found = finalists(crew.shop, budget, record.ranked, record.evaluations)
    if not found:
        raise SearchError(_nothing(record, budget, time.time() >= end))
    total = time.monotonic() - record.start
    return SearchResult(found[0], found, record.evaluations, total, record.evaluations / max(searched, 1e-9))


def _explore(crew: Crew, proposer: Proposer, record: _Record, evaluations: int | None, end: float) -> None:
    first = 0
    while time.time() < end and (evaluations is None or first < evaluations):
        size = GENERATION if evaluations is None else min(GENERATION, evaluations - first)
        recipes = proposer.generation(first, size, record.ranked, record.seen)
        if not recipes:
            break  # everything there is has been tried
        tasks = [(first + n, recipe) for n, recipe in enumerate(recipes)]
        for outcomes in crew.evaluate(tasks, record.bar(), end):
            record.add(outcomes)
        first += size


def _nothing(record: _Record, budget: Budget, late: bool) -> str:
    if late and not record.evaluations:
        return "the time was too short to evaluate a single candidate; give the search more seconds"
    if record.rejected and not record.ranked:
        common = max(record.rejected, key=lambda reason: record.rejected[reason])
        return f"no candidate could be used (most often because it {common}); raise the budget or record more signals"
    return (
        f"no candidate fits {budget.ram_bytes} bytes of RAM and {budget.flash_bytes} bytes of flash;"
        " raise the budget, or record shorter signals"
    )
