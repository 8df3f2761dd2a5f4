"""The search: generation after generation, proposed from the ones before, screened, the best cross-validated."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bitloop import __version__
from bitloop.errors import SearchError
from bitloop.kernels.base import Shape
from bitloop.kernels.record import to_record
from bitloop.native import host
from bitloop.search import committees
from bitloop.search.budget import Budget
from bitloop.search.crew import AGAIN, FULL, SCREEN, TOGETHER, Alone, Crew, Job, Processes, Task
from bitloop.search.finish import finalists
from bitloop.search.journal import Journal
from bitloop.search.propose import FIRST, GENERATION, PARENTS, Proposer
from bitloop.search.recipe import Recipe
from bitloop.search.record import Record, Watcher
from bitloop.search.result import Bar, Outcome, SearchResult
from bitloop.search.space import Space, unit_of
from bitloop.search.table import Table
from bitloop.signals.dataset import Dataset

KEPT = 6
"""Candidates that are evaluated to the end; whoever cannot be hoped to be among them is left early."""
PROMOTED = 5
"""Of a generation, candidates that are cross-validated after screening, at most."""
NEAR = 0.005
"""How much less a screened candidate may have shown than the least of the best."""
FINISHING = 0.2, 30.0
"""Share of the time, and seconds at most, kept for second opinions and for fitting and measuring the finalists."""
LEAST = 0.25
"""Share of the time that is searched however long getting ready took."""
JOINING = 0.03
"""Share of the time that committees may take."""
CONFIRMED, CONFIRMING = 24, 0.07
"""Candidates that get a second opinion, and the share of the time by which it has to be there."""
COMMITTEES = 1 << 40
"""Numbers of committees, beyond those of all candidates."""
RESCUED = 3
"""Screened candidates that are cross-validated when a search ends before any was."""
UNUSABLE = 1000
"""Candidates turned away before a search gives up."""
NEARLY_PERFECT = 0.98
PATIENCE, LONG_PATIENCE = 4000, 40_000
"""Evaluations without a better best after which a search has converged: few where hardly anything is left to gain."""


def search(
    dataset: Dataset,
    budget: Budget,
    *,
    seconds: float | None = None,
    evaluations: int | None = None,
    seed: int = 1,
    jobs: int = 1,
    split: str = "auto",
    journal: Path | None = None,
    cluster: str | None = None,
    progress: Watcher | None = None,
) -> SearchResult:
    """Find the best libraries for a data set that fit a budget.

    Ends after `seconds`, or after `evaluations` candidates, and then gives the same result for any number of `jobs`;
    or when it has converged. Ctrl-C ends it early with what there is. With a `journal` every finished evaluation is
    on disk, and the same search goes on from there. `cluster` is the address of a Dask scheduler whose workers do the
    work. SearchError where the data are too few or nothing fits the budget.
    """
    _check(seconds, evaluations, seed, jobs)
    table = Table.of(dataset)
    host()  # built once here, so that the workers find it in the cache
    record = Record(progress, time.monotonic(), jobs, len(table.x))
    end = math.inf if seconds is None else time.time() + seconds - min(FINISHING[0] * seconds, FINISHING[1])
    space = Space.of(table.kind, Shape(table.axes, table.length), unit_of(table))
    job = Job(table, budget, seed, split)
    with Journal(journal, _about(job)) as known, _crew(job, jobs, cluster) as crew:
        record.cores = crew.cores
        end = end if seconds is None else max(end, time.time() + LEAST * seconds)
        rounds = _Rounds(crew, known, Proposer(space, budget, seed), record, end)
        try:
            stopped = rounds.explore(evaluations)
        except KeyboardInterrupt:
            stopped = "stopped"
        record.tell("finishing")
        rounds.rescue()
        rounds.combine(math.inf if seconds is None else end + JOINING * seconds)
        rounds.confirm(math.inf if seconds is None else end + CONFIRMING * seconds)
        found = finalists(crew.shop, budget, record.ranked, record.evaluations)
    if not found:
        raise SearchError(_nothing(record, budget, time.time() >= end))
    total = record.seconds
    return SearchResult(
        found[0],
        found,
        record.evaluations,
        total,
        record.evaluations / max(total, 1e-9),
        len(record.ranked),
        tuple(record.history),
        stopped,
        record.cores,
    )


@dataclass(slots=True)
class _Rounds:
    """Generation after generation, until something ends it."""

    crew: Crew
    journal: Journal
    proposer: Proposer
    record: Record
    end: float
    stage: str = "searching"
    _looks: list[Outcome] = field(default_factory=list)
    """What the screening of this generation has shown so far."""

    def explore(self, evaluations: int | None) -> str:
        """Why it ended."""
        first = 0
        while evaluations is None or self.record.evaluations < evaluations:
            if time.time() >= self.end:
                return "time"
            if evaluations is None and self._converged():
                return "converged"
            if first > UNUSABLE and not self.record.evaluations:
                return "exhausted"
            size = min(GENERATION, max(FIRST, first))
            size = size if evaluations is None else min(size, evaluations - self.record.evaluations)
            parents, idle = self.record.parents(PARENTS), self.record.idle
            recipes = self.proposer.generation(first, size, parents, self.record.seen, idle)
            if not recipes:
                return "exhausted"  # everything there is has been tried
            self._generation([(first + n, recipe) for n, recipe in enumerate(recipes)])
            first += size
        return "evaluations"

    def rescue(self) -> None:
        """A search that ended before anything was cross-validated does so with the best it has seen."""
        if not self.record.ranked and self._looks:
            self.end, self.stage = math.inf, "finishing"
            best = sorted(self._looks, key=lambda o: (-o.screened, o.index))[:RESCUED]
            self._run(FULL, [(o.index, o.recipe) for o in best], Bar())

    def combine(self, end: float) -> None:
        """Committees of the best, and the best committee with a third member."""
        if self.proposer.space.kind not in committees.KINDS:
            return
        self.end, self.stage = end, "finishing"
        members = committees.pool(self.record.ranked, self.proposer.budget)
        found = self._together(committees.pairs(members), 0)
        if found:
            best = min(found, key=lambda outcome: outcome.rank).recipe
            found += self._together(committees.enlarged(best, members), committees.POOL**2)
        self.record.joined(sorted(found, key=lambda outcome: outcome.rank)[:KEPT])

    def _together(self, recipes: Sequence[Recipe], first: int) -> list[Outcome]:
        """Committees evaluated."""
        tasks = [(COMMITTEES + first + number, recipe) for number, recipe in enumerate(recipes)]
        return [outcome for outcome in self._run(TOGETHER, tasks, Bar()) if outcome.complete]

    def confirm(self, end: float) -> None:
        """The best meet other folds, too: who came first among thousands by luck does not do so again."""
        if len(self.crew.shop.again.split.folds) == len(self.crew.shop.split.folds):
            return
        self.end, self.stage = end, "finishing"
        best = self.record.distinct(CONFIRMED)
        seconds = self._run(AGAIN, [(outcome.index, outcome.recipe) for outcome in best], Bar())
        self.record.confirmed(seconds)

    def _generation(self, tasks: Sequence[Task]) -> None:
        if self.crew.shop.sample is not None:
            screened = self._run(SCREEN, tasks, Bar())
            self._looks = []
            self.record.screens.update({outcome.index: outcome.screened for outcome in screened})
            tasks = self._promoted(screened)
        self._run(FULL, tasks, self.record.bar(KEPT))

    def _run(self, stage: str, tasks: Sequence[Task], bar: Bar) -> list[Outcome]:
        """Outcomes of all tasks: from the journal where they were found before, else by the crew."""
        found, open_tasks = [], []
        for index, recipe in tasks:
            known = self.journal.find(stage, index, recipe)
            if known is None:
                open_tasks.append((index, recipe))
            else:
                found.append(known)
        self._take(stage, found)
        for outcomes in self.crew.evaluate(stage, open_tasks, bar, self.end) if open_tasks else ():
            self.journal.add(stage, outcomes)
            self._take(stage, outcomes)
            found += outcomes
        return found

    def _take(self, stage: str, outcomes: Sequence[Outcome]) -> None:
        if stage == SCREEN:
            self.record.screened(outcomes)
            self._looks += [outcome for outcome in outcomes if not outcome.rejected]
        elif stage == FULL:
            self.record.evaluated(outcomes)
        self.record.tell(self.stage)

    def _promoted(self, screened: Sequence[Outcome]) -> list[Task]:
        """Who is worth a cross-validation: the best of the generation, as far as they come near the best of all."""
        usable = sorted((o for o in screened if not o.rejected), key=lambda o: (-o.screened, o.index))
        least = self.record.least_screened(KEPT) - NEAR
        chosen = [o for n, o in enumerate(usable[:PROMOTED]) if n < 2 or o.screened >= least]
        return [(o.index, o.recipe) for o in chosen]

    def _converged(self) -> bool:
        best = self.record.ranked[0].score if self.record.ranked else 0.0
        return self.record.idle > (PATIENCE if best > NEARLY_PERFECT else LONG_PATIENCE)


def _crew(job: Job, jobs: int, cluster: str | None) -> Crew:
    if cluster is not None:
        from bitloop.search.cluster_crew import Cluster

        return Cluster(job, cluster)
    return Alone(job) if jobs == 1 else Processes(job, jobs)


def _about(job: Job) -> dict[str, Any]:
    """What a journal belongs to."""
    table, budget = job.table, job.budget
    signals = hashlib.sha256(table.x.tobytes() + table.label.tobytes() + table.recording.tobytes())
    signals.update(table.targets.tobytes())
    before = {"before": [to_record(stage) for stage in table.before]} if table.before else {}
    return before | {
        "bitloop": __version__,
        "kind": table.kind,
        "axes": table.axes,
        "labels": list(table.labels),
        "signals": signals.hexdigest(),
        "ram": budget.ram_bytes,
        "flash": budget.flash_bytes,
        "target": budget.target.name,
        "compiler": budget.compiler,
        "seed": job.seed,
        "split": job.split,
    }


def _check(seconds: float | None, evaluations: int | None, seed: int, jobs: int) -> None:
    if seconds is None and evaluations is None:
        raise SearchError("a search needs an end: say how many seconds or how many evaluations")
    if (seconds is not None and not seconds > 0) or (evaluations is not None and evaluations < 1) or jobs < 1:
        raise SearchError("seconds, evaluations and jobs have to be above 0")
    if seed < 0:
        raise SearchError("the seed has to be 0 or more")


def _nothing(record: Record, budget: Budget, late: bool) -> str:
    if late and not record.evaluations:
        return "the time was too short to evaluate a single candidate; give the search more seconds"
    if record.rejected and not record.ranked:
        common = max(record.rejected, key=lambda reason: record.rejected[reason])
        return f"no candidate could be used (most often because it {common}); raise the budget or record more signals"
    return (
        f"no candidate fits {budget.ram_bytes} bytes of RAM and {budget.flash_bytes} bytes of flash;"
        " raise the budget, or record shorter signals"
    )
