"""Which recipe comes next: a pure function of the seed, the candidate's number and what earlier generations found."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.pipeline import Preprocessing
from bitloop.search.budget import Budget
from bitloop.search.cost import NOTHING, Cost, least
from bitloop.search.fits import ENTRIES
from bitloop.search.heads import HEADS
from bitloop.search.recipe import Branch, Recipe
from bitloop.search.result import Outcome
from bitloop.search.space import Space
from bitloop.search.views import VIEWS

FIRST, GENERATION = 24, 96
"""Candidates proposed from the same knowledge: at first few, later so many."""
PARENTS = 16
EXPLORE = 0.15
"""Share of later generations that is still drawn at random."""
STUCK, RESTLESS = 0.6, 8000
"""That share at most, and the evaluations without success that lead there."""
CROSS = 0.15
"""Share that joins two parents."""
OPENING = 0.5
"""Share of each early generation that goes through the families in turn; the rest improves on what was found."""
TRIES = 60
USUAL = 120
"""Features that a candidate usually has; more of them take longer to compute and to fit."""

Family = tuple[tuple[str, ...], str]
"""Views and a model."""


@dataclass(frozen=True, slots=True)
class Proposer:
    """Draws recipes of a space that can fit the budget."""

    space: Space
    budget: Budget
    seed: int

    def generation(
        self, first: int, size: int, parents: Sequence[Outcome], seen: Set[Recipe], idle: int = 0
    ) -> list[Recipe]:
        """Recipes number `first` to `first + size - 1`, none of them in `seen`; fewer when there are no more.

        The longer nothing better was found (`idle` evaluations), the more of them are drawn at random.
        """
        explore = EXPLORE + (STUCK - EXPLORE) * min(1.0, idle / RESTLESS)
        taken = set(seen)
        opening = self._opening(first, size, bool(parents))
        found: list[Recipe] = []
        for index in range(first, first + size):
            rng = np.random.default_rng([self.seed, index])
            recipe = self._one(rng, opening.get(index), parents, taken, explore)
            if recipe is not None:
                taken.add(recipe)
                found.append(recipe)
        return found

    def _opening(self, first: int, size: int, later: bool) -> dict[int, Family]:
        """Which of these candidates belong to the opening: all of the first generation, then a share of each."""
        pairs = self.space.opening()
        order = np.random.default_rng([self.seed, len(pairs)]).permutation(len(pairs))
        step = OPENING if later else 1.0
        start = 0 if not later else round(FIRST + (first - FIRST) * OPENING)
        ranks = range(start, min(len(pairs), start + round(size * step)))
        return {first + n: pairs[int(order[rank])] for n, rank in enumerate(ranks)}

    def _one(
        self,
        rng: np.random.Generator,
        pair: Family | None,
        parents: Sequence[Outcome],
        taken: Set[Recipe],
        explore: float,
    ) -> Recipe | None:
        for attempt in range(TRIES):
            if pair is not None and attempt < TRIES // 2:
                recipe = self.space.draw(rng, *pair)
            elif not parents or rng.random() < explore:
                recipe = self.space.draw(rng)
            elif rng.random() < CROSS:
                recipe = self.space.cross(rng, _parent(rng, parents), _parent(rng, parents))
            else:
                recipe = self.space.mutate(rng, _parent(rng, parents))
                if rng.random() < 0.3:
                    recipe = self.space.mutate(rng, recipe)
            features = self._features(recipe) if recipe not in taken else 0
            if features and (pair is not None or rng.random() < _cheap(recipe, features)):
                return recipe
        return None

    def _features(self, recipe: Recipe) -> int:
        """How many features its views make; 0 where it cannot be or cannot fit the budget."""
        twice = len(set(recipe.branches)) < len(recipe.branches)
        if twice or not ENTRIES[recipe.model].takes([branch.view for branch in recipe.branches]):
            return 0
        features, cost = _planned(recipe.branches, self.space.given)
        head, made = HEADS.get(recipe.head.name), features
        if head is not None:
            if head.choose is not None and recipe.head.width >= made:
                return 0
            made = min(made, recipe.head.width) if head.narrows else made
        return features if made <= ENTRIES[recipe.model].most and not cost.beyond(self.budget) else 0


@lru_cache(maxsize=1 << 14)
def _planned(branches: tuple[Branch, ...], given: Shape) -> tuple[int, Cost]:
    """How many features views make of signals of that shape, 0 where they cannot, and what they cost at least."""
    try:
        plan = Preprocessing(given.axes, given.length, tuple(branch.stages(given) for branch in branches))
    except LibraryError:
        return 0, NOTHING
    return plan.features, least(plan)


def _cheap(recipe: Recipe, features: int) -> float:
    """Chance of a recipe to be tried when it comes up: the dearer, the rarer."""
    views = min(VIEWS[branch.view].cheap for branch in recipe.branches)
    return ENTRIES[recipe.model].cheap * min(views, USUAL / features) * (0.5 if recipe.varied else 1.0)


def _parent(rng: np.random.Generator, parents: Sequence[Outcome]) -> Recipe:
    """One of the best, the better the likelier."""
    best = parents[:PARENTS]
    return best[min(int(rng.integers(len(best))), int(rng.integers(len(best))))].recipe
