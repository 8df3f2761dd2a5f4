"""What goes into a search and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bitloop.library.file import Library
from bitloop.search.budget import Budget
from bitloop.search.cost import NOTHING, Cost
from bitloop.search.recipe import Recipe

WEIGHTS = {"quality": 0.5, "mean": 0.4, "confidence": 0.09, "lightness": 0.01}
"""Shares of the score: the worst fold, all folds, and what decides between candidates of about the same quality."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What evaluating one recipe gave. `quality` is its worst fold; `rejected` says why there is no score.

    `screened` is the score of a first look at a sample of the signals. A candidate that is not worth more, or cannot
    reach the best any more, is not evaluated to the end: then `complete` is False, and `quality` is that of what was
    seen. `cost` is a lower bound.
    """

    index: int
    recipe: Recipe
    score: float = 0.0
    quality: float = 0.0
    confidence: float = 0.0
    folds: tuple[float, ...] = ()
    complete: bool = False
    rejected: str = ""
    screened: float = 0.0
    cost: Cost = NOTHING

    @property
    def rank(self) -> tuple[float, int]:
        """Sorts the best first; of equals the one that was tried first."""
        return (-self.score, self.index)


@dataclass(frozen=True, slots=True)
class Bar:
    """What a candidate has to reach: a score, in view of the most that can be hoped for in each fold."""

    score: float = 0.0
    folds: tuple[float, ...] = ()
    confidence: float = 1.0

    def hope(self, fold: int) -> float:
        """The quality a fold not seen yet may have at most."""
        return self.folds[fold] if fold < len(self.folds) else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A library fitted on all signals, with what cross-validation says about its recipe.

    `score` (0 to 1) ranks and `quality` is balanced accuracy or R2 of the worst fold; all further numbers are in
    `metrics`. `flash_bytes` and `ram_bytes` (with stack) are those of the linked code, `cycles` an estimate per call
    (0 where the target has no table). `pareto`: no other candidate is at least as good in everything.
    """

    library: Library
    score: float
    quality: float
    family: str
    pipeline: str
    metrics: Mapping[str, Any]
    knowledge_bytes: int
    flash_bytes: int
    ram_bytes: int
    cycles: int = 0
    pareto: bool = True


@dataclass(frozen=True, slots=True)
class Point:
    """When the best became better."""

    seconds: float
    evaluations: int
    score: float
    quality: float


@dataclass(frozen=True, slots=True, eq=False)
class SearchResult:
    """The best candidate, all finalists best first, and how much was tried.

    `evaluations` are candidates fitted and scored on held-out signals at least once; `complete` of them in every
    fold. `rate` is evaluations per second, everything counted.
    """

    best: Candidate
    candidates: list[Candidate]
    evaluations: int
    seconds: float
    rate: float
    complete: int = 0
    history: tuple[Point, ...] = ()
    stopped: str = ""
    """Why it ended: time, evaluations, converged, stopped, exhausted."""
    cores: int = 1
    """How many candidates were evaluated at once."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands. What is said of the best so far is estimated: it is not linked yet."""

    evaluations: int
    seconds: float
    rate: float
    rate_per_core: float
    score: float
    quality: float
    interval: tuple[float, float]
    family: str
    pipeline: str
    ram: int
    flash: int
    cycles: int
    history: tuple[Point, ...]
    families: tuple[tuple[str, float], ...]
    """The best families and their scores."""
    rejected: int
    stage: str = "searching"


__all__ = ["WEIGHTS", "Bar", "Budget", "Candidate", "Outcome", "Point", "Progress", "SearchResult"]
