"""Committees of the best candidates: models that err on different signals are right more often together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from bitloop.errors import LibraryError
from bitloop.kernels.base import Model, Stage, StaticModel
from bitloop.kernels.committee import Committee, Member
from bitloop.kernels.committee_classes import CommitteeClasses
from bitloop.kernels.committee_values import CommitteeValues
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.search.budget import Budget
from bitloop.search.recipe import Recipe
from bitloop.search.result import Outcome

POOL, ALIKE = 8, 2
"""Candidates that committees are made of, and how many of them may look at signals in the same way."""
SHARE = 0.55
"""Of the flash that a member may take, so that there is room for another."""
KINDS = ("classes", "extrapolation")
"""Models that learn on the device answer with a ratio of their own limit: there is no mean of these."""
_COMMITTEES: dict[str, type[CommitteeClasses | CommitteeValues]] = {
    "classes": CommitteeClasses,
    "extrapolation": CommitteeValues,
}


def pool(ranked: Sequence[Outcome], budget: Budget) -> list[Recipe]:
    """The best candidates that leave room for others, few with the same views, and these with different models:
    siblings err alike."""
    alike: Counter[tuple[str, ...]] = Counter()
    families: set[str] = set()
    found: list[Recipe] = []
    light = (outcome for outcome in ranked if outcome.cost.flash <= SHARE * budget.flash_bytes)
    for recipe in (outcome.recipe for outcome in light):
        views = tuple(sorted({branch.view for branch in recipe.branches}))
        if len(found) < POOL and recipe.family not in families and alike[views] < ALIKE:
            found.append(recipe)
            families.add(recipe.family)
            alike[views] += 1
    return found


def pairs(recipes: Sequence[Recipe]) -> list[Recipe]:
    """Every two of them."""
    return [Recipe.together(two) for two in combinations(recipes, 2)]


def enlarged(committee: Recipe, recipes: Sequence[Recipe]) -> list[Recipe]:
    """A committee with each of the others as a further member."""
    return [Recipe.together((*committee.members, one)) for one in recipes if one not in committee.members]


def join(parts: Sequence[tuple[Preprocessing, Model]]) -> Pipeline:
    """One pipeline of several: all branches, and a committee whose members have the heads and models.

    Branches that several parts share are computed once; what stands before all branches is the same in all parts.
    LibraryError where they are too much together.
    """
    branches: list[tuple[Stage, ...]] = []
    places: list[tuple[tuple[tuple[Stage, ...], ...], int, int]] = []
    members = []
    features = 0
    for preprocessing, model in parts:
        known = next((place for place in places if place[0] == preprocessing.branches), None)
        if known is None:
            known = preprocessing.branches, features, preprocessing.gathered
            places.append(known)
            branches += preprocessing.branches
            features += known[2]
        if not isinstance(model, StaticModel):
            raise LibraryError(f"{model.kernel} learns, and cannot be a member of a committee")
        members.append(Member(known[1], known[2], preprocessing.head, model))
    committee: Committee = _COMMITTEES[members[0].model.kind](features, tuple(members))
    return Pipeline(replace(parts[0][0], branches=tuple(branches), head=()), committee)
