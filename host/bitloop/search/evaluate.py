"""One recipe's score: its folds, the worst above all, how firm it is there, and how light."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum, sqrt

import numpy as np

from bitloop.errors import LibraryError
from bitloop.search.answers import fold_answers
from bitloop.search.budget import Budget
from bitloop.search.cost import NOTHING, Cost, least
from bitloop.search.recipe import Recipe
from bitloop.search.result import WEIGHTS, Bar, Outcome
from bitloop.search.workshop import Workshop

NO_BAR = Bar()
SATURATED = 0.97
"""Quality of the worst fold from which on firmness decides, so that it is asked for in every fold."""
FURTHER_VIEW = 0.25
"""Lightness that a view costs."""
FIRM = 0.995
"""Firmness from which on a committee has nothing left to win."""
_REFUSALS = (LibraryError, np.linalg.LinAlgError, FloatingPointError)


def screen(shop: Workshop, budget: Budget, index: int, recipe: Recipe) -> Outcome:
    """A first impression: fitted and scored once, on a sample of the signals."""
    try:
        answers = next(iter(fold_answers(shop.sample or shop, recipe)))
        cost = least(answers.view.preprocessing, answers.model)
    except _REFUSALS as error:
        return Outcome(index, recipe, rejected=str(error))
    if cost.beyond(budget):
        return Outcome(index, recipe, rejected=cost.beyond(budget))
    quality = min(1.0, max(0.0, answers.quality))
    return Outcome(
        index, recipe, quality=quality, screened=quality + WEIGHTS["lightness"] * lightness(cost, budget, recipe)
    )


def evaluate(shop: Workshop, budget: Budget, index: int, recipe: Recipe, bar: Bar = NO_BAR) -> Outcome:
    """Cross-validate a recipe; stops as soon as it cannot be hoped to reach the bar any more."""
    try:
        return _evaluate(shop, budget, index, recipe, bar)
    except _REFUSALS as error:
        return Outcome(index, recipe, rejected=str(error))


def _evaluate(shop: Workshop, budget: Budget, index: int, recipe: Recipe, bar: Bar) -> Outcome:
    folds: list[float] = []
    firmness: list[Callable[[], float]] = []
    cost: Cost = NOTHING
    for answers in fold_answers(shop, recipe):
        if not folds:
            cost = least(answers.view.preprocessing, answers.model, budget.target.name)
            if cost.beyond(budget):
                return Outcome(index, recipe, rejected=cost.beyond(budget))
        folds.append(min(1.0, max(0.0, answers.quality)))
        firmness.append(answers.firmness)
        unseen = [bar.hope(fold) for fold in range(len(folds), len(shop.split.folds))]
        most = score((*folds, *unseen), bar.confidence, lightness(cost, budget, recipe))
        if most < bar.score:
            return Outcome(index, recipe, most, min(folds), 1.0, tuple(folds), cost=cost)
    asked = firmness if min(folds) >= SATURATED else [firmness[int(np.argmin(folds))]]
    confidence = fsum(firm() for firm in asked) / len(asked)
    total = score(folds, confidence, lightness(cost, budget, recipe))
    if recipe.members:
        total = min(1.0, total + outvoting(folds, confidence, len(shop.table.x)))
    return Outcome(index, recipe, total, min(folds), confidence, tuple(folds), complete=True, cost=cost)


def lightness(cost: Cost, budget: Budget, recipe: Recipe) -> float:
    """1 for what costs nothing; less for every share of the budget, and for every view beside the first.

    Of candidates that score alike the plainer one is likelier to do as well on signals nobody has seen. A committee
    is as plain as its members are on average: what one of them took for a rule by chance, the others outvote.
    """
    return 1.0 - cost.share(budget) / max(1, len(recipe.members)) - FURTHER_VIEW * recipe.further_views


def outvoting(folds: Sequence[float], confidence: float, signals: int) -> float:
    """What a committee is granted: half a standard error of the mean quality, unless everything is firm already.

    So much cross-validation cannot tell, and where it cannot tell, the mean of several models is right more often
    than any one that came first among thousands.
    """
    q = (signals * fsum(folds) / len(folds) + 1.0) / (signals + 2.0)
    return 0.5 * sqrt(q * (1.0 - q) / signals) if confidence < FIRM else 0.0


def score(folds: Sequence[float], confidence: float, light: float) -> float:
    """0 to 1, mostly the worst fold and the mean of all."""
    parts = {
        "quality": min(folds),
        "mean": fsum(folds) / len(folds),
        "confidence": confidence,
        "lightness": light,
    }
    return fsum(WEIGHTS[name] * part for name, part in parts.items())
