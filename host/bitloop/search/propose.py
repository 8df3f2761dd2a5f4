"""Which recipe comes next: a pure function of the seed, the candidate's number and what earlier generations found."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from bitloop.errors import LibraryError
from bitloop.search.cost import least
from bitloop.search.recipe import Recipe
from bitloop.search.result import Budget, Outcome
from bitloop.search.space import ENTRIES, Space

GENERATION = 64
"""Candidates proposed from the same knowledge."""
PARENTS = 12
EXPLORE = 0.2
"""Share of later generations that is still drawn at random."""
TRIES = 40


@dataclass(frozen=True, slots=True)
class Proposer:
    """Draws recipes of a space that can fit the budget."""

    space: Space
    budget: Budget
    seed: int

    def generation(self, first: int, size: int, ranked: Sequence[Outcome], seen: Set[Recipe]) -> list[Recipe]:
        """Recipes number `first` to `first + size - 1`, none of them in `seen`; fewer when there are no more."""
        taken = set(seen)
        found: list[Recipe] = []
        for index in range(first, first + size):
            recipe = self._one(index, ranked, taken)
            if recipe is not None:
                taken.add(recipe)
                found.append(recipe)
        return found

    def _one(self, index: int, ranked: Sequence[Outcome], taken: Set[Recipe]) -> Recipe | None:
        rng = np.random.default_rng([self.seed, index])
        families = self.space.families
        opening = index < len(families)
        for attempt in range(TRIES):
            if opening and attempt < TRIES // 2:
                views, model = families[index]
                recipe = self.space.draw(rng, views, model)
            elif opening or not ranked or rng.random() < EXPLORE:
                views, model = families[int(rng.integers(len(families)))]
                recipe = self.space.draw(rng, views, model)
            else:
                recipe = self.space.mutate(rng, _parent(rng, ranked).recipe)
            if recipe not in taken and self._possible(recipe):
                return recipe
        return None

    def _possible(self, recipe: Recipe) -> bool:
        try:
            preprocessing = recipe.preprocessing(self.space.given)
        except LibraryError:
            return False
        most = ENTRIES[recipe.model].most
        return preprocessing.features <= most and not least(preprocessing).beyond(self.budget)


def _parent(rng: np.random.Generator, ranked: Sequence[Outcome]) -> Outcome:
    """One of the best, the better the likelier."""
    best = ranked[:PARENTS]
    return best[min(int(rng.integers(len(best))), int(rng.integers(len(best))))]
