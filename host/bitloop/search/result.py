"""What goes into a search and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bitloop.errors import SearchError
from bitloop.library.file import Library
from bitloop.search.recipe import Recipe
from bitloop.targets import Target

WEIGHTS = {"quality": 0.75, "mean": 0.15, "confidence": 0.09, "lightness": 0.01}
"""Shares of the score: the worst fold, all folds, and what decides between candidates of about the same quality."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a library may cost on its target: RAM with stack and flash with constants, in bytes."""

    ram_bytes: int
    flash_bytes: int
    target: Target
    compiler: str = "zig"

    def __post_init__(self) -> None:
        if self.ram_bytes < 1 or self.flash_bytes < 1:
            raise SearchError("the budgets for RAM and flash have to be above 0 bytes")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What evaluating one recipe gave. `quality` is its worst fold; `rejected` says why there is no score.

    A candidate that cannot reach the best any more is not evaluated to the end: then `complete` is False, `quality`
    is that of the folds seen and the true one is no higher.
    """

    index: int
    recipe: Recipe
    score: float = 0.0
    quality: float = 0.0
    confidence: float = 0.0
    folds: tuple[float, ...] = ()
    complete: bool = False
    rejected: str = ""

    @property
    def rank(self) -> tuple[float, int]:
        """Sorts the best first; of equals the one that was tried first."""
        return (-self.score, self.index)


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A library fitted on all signals, with what cross-validation says about its recipe.

    `score` (0 to 1) ranks and `quality` is balanced accuracy or R2 of the worst fold; all further numbers are in
    `metrics`. `flash_bytes` and `ram_bytes` (with stack) are those of the linked code.
    """

    library: Library
    score: float
    quality: float
    family: str
    metrics: Mapping[str, Any]
    knowledge_bytes: int
    flash_bytes: int
    ram_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class SearchResult:
    """The best candidate, all finalists best first, and how much was tried."""

    best: Candidate
    candidates: list[Candidate]
    evaluations: int
    seconds: float
    rate: float
    """Evaluations per second."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands. `quality`, `score` and `family` are of the best so far."""

    evaluations: int
    seconds: float
    rate: float
    score: float
    quality: float
    family: str
    stage: str = "searching"
