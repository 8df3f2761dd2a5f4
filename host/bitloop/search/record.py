"""What a search has found so far: the ranking, the front, and how the best became better."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bitloop.search.metrics import interval
from bitloop.search.recipe import Recipe
from bitloop.search.result import Bar, Outcome, Point, Progress

Watcher = Callable[[Progress], None]
SIBLINGS, FRONT = 3, 3
"""Parents of one family at most, and of the front."""
SHOWN = 5
"""Families shown while searching."""
BETTER = 1e-4
"""Score by which the best has to grow for the search not to be at its end."""


@dataclass(slots=True)
class Record:
    """Outcomes, ranked. `cores` evaluate at once; `signals` is how many there are, for the interval."""

    watcher: Watcher | None
    start: float
    cores: int
    signals: int
    evaluations: int = 0
    seen: set[Recipe] = field(default_factory=set)
    screens: dict[int, float] = field(default_factory=dict)
    """What each candidate showed when it was screened, by number."""
    ranked: list[Outcome] = field(default_factory=list)
    rejected: dict[str, int] = field(default_factory=dict)
    history: list[Point] = field(default_factory=list)
    last_better: int = 0
    """Evaluations when the best last grew by more than a trifle."""
    _settled: float = 0.0

    def screened(self, outcomes: Iterable[Outcome]) -> None:
        """Candidates that were looked at once."""
        for outcome in outcomes:
            self._count(outcome)

    def evaluated(self, outcomes: Iterable[Outcome]) -> None:
        """Candidates that were cross-validated, perhaps after they were screened."""
        for outcome in outcomes:
            if outcome.index not in self.screens:
                self._count(outcome)
            if outcome.complete:
                self.ranked.append(replace(outcome, screened=self.screens.get(outcome.index, 0.0)))
        self.ranked.sort(key=lambda outcome: outcome.rank)
        self._remember()

    def distinct(self, count: int) -> list[Outcome]:
        """The best so many of which no two did the same in every fold: options that change nothing do not count."""
        found: dict[tuple[str, tuple[float, ...], float], Outcome] = {}
        for outcome in self.ranked:
            found.setdefault((outcome.recipe.family, outcome.folds, outcome.confidence), outcome)
            if len(found) == count:
                break
        return list(found.values())

    def joined(self, outcomes: Iterable[Outcome]) -> None:
        """Committees of candidates that were evaluated before: no candidates of their own."""
        self.ranked += [outcome for outcome in outcomes if outcome.complete]
        self.ranked.sort(key=lambda outcome: outcome.rank)
        self._remember()

    def confirmed(self, outcomes: Iterable[Outcome]) -> None:
        """Second opinions: who has one goes before everybody else, by the mean of both."""
        second = {outcome.index: outcome.score for outcome in outcomes if outcome.complete}
        sure = [replace(o, score=(o.score + second[o.index]) / 2) for o in self.ranked if o.index in second]
        sure.sort(key=lambda outcome: outcome.rank)
        most = sure[-1].score if sure else 1.0
        rest = [replace(o, score=min(o.score, most)) for o in self.ranked if o.index not in second]
        self.ranked = sure + rest

    def least_screened(self, kept: int) -> float:
        """What the least of the best so many had shown when they were screened; nothing while there are fewer."""
        if len(self.ranked) < kept:
            return -math.inf
        return min(outcome.screened for outcome in self.ranked[:kept])

    def bar(self, kept: int) -> Bar:
        """The score of the last of `kept` candidates: who cannot be among them is left early.

        In folds not seen yet a candidate is granted as much as the best of those had there, and their best firmness.
        """
        if len(self.ranked) < kept:
            return Bar()
        best = self.ranked[:kept]
        folds = zip(*(outcome.folds for outcome in best), strict=True)
        return Bar(best[-1].score, tuple(map(max, folds)), max(outcome.confidence for outcome in best))

    def parents(self, count: int) -> list[Outcome]:
        """The best, few of a family, and some on the front: lighter than all above them."""
        families: Counter[str] = Counter()
        lightest, best, front = math.inf, list[Outcome](), list[Outcome]()
        for outcome in self.ranked[: 30 * count]:
            size = outcome.cost.flash + outcome.cost.ram
            if len(best) < count and families[outcome.recipe.family] < SIBLINGS:
                best.append(outcome)
                families[outcome.recipe.family] += 1
            elif size < lightest:
                front.append(outcome)
            lightest = min(lightest, size)
        return best[: count - FRONT] + front[:FRONT]

    @property
    def idle(self) -> int:
        """Evaluations since the best grew by more than a trifle."""
        return self.evaluations - self.last_better

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.start

    def tell(self, stage: str) -> None:
        """Report to whoever watches."""
        if self.watcher is None:
            return
        seconds = self.seconds
        rate = self.evaluations / max(seconds, 1e-9)
        best = self.ranked[0] if self.ranked else None
        families: dict[str, float] = {}
        for outcome in self.ranked[: 20 * SHOWN]:
            families.setdefault(outcome.recipe.family, outcome.score)
        self.watcher(
            Progress(
                self.evaluations,
                seconds,
                rate,
                rate / self.cores,
                best.score if best else 0.0,
                best.quality if best else 0.0,
                interval(_mean(best), self.signals) if best else (0.0, 1.0),
                best.recipe.family if best else "",
                best.recipe.title if best else "",
                best.cost.ram if best else 0,
                best.cost.flash if best else 0,
                best.cost.cycles if best else 0,
                tuple(self.history),
                tuple(families.items())[:SHOWN],
                sum(self.rejected.values()),
                stage,
            )
        )

    def _count(self, outcome: Outcome) -> None:
        self.seen.add(outcome.recipe)
        if outcome.rejected:
            self.rejected[outcome.rejected] = self.rejected.get(outcome.rejected, 0) + 1
        else:
            self.evaluations += 1

    def _remember(self) -> None:
        if self.ranked and (not self.history or self.ranked[0].score > self.history[-1].score):
            best = self.ranked[0]
            self.history.append(Point(self.seconds, self.evaluations, best.score, best.quality))
            if best.score > self._settled + BETTER:
                self._settled, self.last_better = best.score, self.evaluations


def _mean(outcome: Outcome) -> float:
    return sum(outcome.folds) / max(1, len(outcome.folds))
