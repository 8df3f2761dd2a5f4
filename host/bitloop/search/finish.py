"""From ranked recipes to libraries: fitted on all signals, measured on linked code, with an honest report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bitloop.kernels.base import StaticModel
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.library.file import Library
from bitloop.library.layout import knowledge_bytes
from bitloop.library.sizes import Sizes, measure
from bitloop.search import threads
from bitloop.search.answers import FoldAnswers, fold_answers
from bitloop.search.calibrate import calibration_error, sharpened, temperature
from bitloop.search.committees import join
from bitloop.search.cost import Cost, least
from bitloop.search.detect import learned, shipped_limit
from bitloop.search.fits import ENTRIES
from bitloop.search.learning import learning_curve, recommended
from bitloop.search.recipe import Recipe
from bitloop.search.report import measures
from bitloop.search.result import Budget, Candidate, Outcome
from bitloop.search.workshop import Workshop

FINALISTS = 5
ATTEMPTS = 24
"""Libraries linked at most to find them."""
LIGHTER = 3
"""Further ones on the Pareto front."""
NEARLY = 0.03
"""Score they may be below the best."""
PER_FAMILY = 2
"""Finalists of one family, so that there is something to choose from."""


def finalists(shop: Workshop, budget: Budget, ranked: Sequence[Outcome], evaluations: int) -> list[Candidate]:
    """The best candidates that really fit, best first, and lighter ones of nearly their score."""
    linked, found = Linked(budget), list[Candidate]()
    families: Counter[str] = Counter()
    for wanted, outcomes in ((FINALISTS, ranked), (FINALISTS + LIGHTER, lighter(ranked))):
        for outcome in outcomes:
            if len(found) >= wanted or linked.tries == ATTEMPTS:
                break
            if families[outcome.recipe.family] >= PER_FAMILY and outcomes is ranked:
                continue
            with threads.single():
                candidate = finish(shop, linked, outcome, evaluations)
            if candidate is not None and all(candidate.library.id != other.library.id for other in found):
                families[outcome.recipe.family] += 1
                found.append(candidate)
    found.sort(key=lambda candidate: (-candidate.score, candidate.flash_bytes, candidate.ram_bytes))
    return [replace(candidate, pareto=not any(_better(other, candidate) for other in found)) for candidate in found]


def lighter(ranked: Sequence[Outcome]) -> list[Outcome]:
    """Of those that score nearly as much as the best, each lighter than all before it; the lightest first."""
    front: list[Outcome] = []
    for outcome in ranked:
        if outcome.score < ranked[0].score - NEARLY:
            break
        if not front or outcome.cost.flash + outcome.cost.ram < 0.8 * (front[-1].cost.flash + front[-1].cost.ram):
            front.append(outcome)
    return front[:0:-1]


def _better(one: Candidate, other: Candidate) -> bool:
    """Whether one candidate is nowhere worse and somewhere better."""
    mine, yours = _merits(one), _merits(other)
    return all(a >= b for a, b in zip(mine, yours, strict=True)) and mine != yours


def _merits(candidate: Candidate) -> tuple[float, ...]:
    return (candidate.score, -candidate.flash_bytes, -candidate.ram_bytes, -candidate.cycles)


@dataclass(slots=True)
class Linked:
    """Sizes of linked code. Whoever is larger than one of its family that failed for its size is not linked again."""

    budget: Budget
    tries: int = 0
    failed: dict[str, list[Cost]] = field(default_factory=dict)

    def sizes(self, library: Library, family: str) -> Sizes | None:
        """The sizes, or None where they exceed the budget."""
        cost = least(library.pipeline.preprocessing, library.pipeline.model)
        if any(cost.flash >= other.flash and cost.ram >= other.ram for other in self.failed.get(family, ())):
            return None
        self.tries += 1
        sizes = measure(library, self.budget.target, self.budget.compiler)
        if sizes.flash <= self.budget.flash_bytes and sizes.ram <= self.budget.ram_bytes:
            return sizes
        self.failed.setdefault(family, []).append(cost)
        return None


def finish(shop: Workshop, linked: Linked, outcome: Outcome, evaluations: int) -> Candidate | None:
    """The candidate of an outcome, or None where its linked code exceeds the budget."""
    folds = list(fold_answers(shop, outcome.recipe))
    metrics = measures(shop.table, folds)
    library = fitted(shop, outcome, metrics, _sharpness(folds, metrics) if shop.table.kind == "classes" else 1.0)
    sizes = linked.sizes(library, outcome.recipe.family)
    if sizes is None:
        return None
    knowledge = knowledge_bytes(library)
    report = _report(shop, outcome, folds, metrics, evaluations)
    report["sizes"] = {
        "target": linked.budget.target.name,
        "compiler": linked.budget.compiler,
        "knowledge": knowledge,
        "flash": sizes.flash,
        "ram": sizes.ram,
    }
    library = Library(
        library.pipeline, library.classes, library.learning, library.pretrained, library.multi_sensor, report
    )
    recipe = outcome.recipe
    return Candidate(
        library,
        outcome.score,
        outcome.quality,
        recipe.family,
        "filter > " * bool(shop.table.before) + recipe.title,
        metrics,
        knowledge,
        sizes.flash,
        sizes.ram,
        least(library.pipeline.preprocessing, library.pipeline.model, linked.budget.target.name).cycles,
    )


def _sharpness(folds: Sequence[FoldAnswers], metrics: dict[str, Any]) -> float:
    """The temperature that makes the probabilities on held-out signals mean what they say, where the model takes one.

    What error is left then is added to the metrics.
    """
    outputs = np.concatenate([fold.outputs[fold.said >= 0] for fold in folds])
    truth = np.concatenate([fold.truth[fold.said >= 0] for fold in folds])
    factor = temperature(outputs, truth)
    model = folds[0].model
    able = isinstance(model, StaticModel) and model.sharpened(2.0) is not model
    metrics["calibration_error"] = calibration_error(sharpened(outputs, factor) if able else outputs, truth)
    return factor if able else 1.0


def fitted(shop: Workshop, outcome: Outcome, metrics: dict[str, Any], factor: float) -> Library:
    """The library of a recipe, from every signal there is. What learning took is added to the metrics."""
    table, recipe = shop.table, outcome.recipe
    if not table.detects:
        found = [_whole(shop, member, factor) for member in recipe.members or (recipe,)]
        pipeline = join(found) if recipe.members else Pipeline(*found[0])
        return Library(pipeline, table.labels if table.kind == "classes" else ())
    rows = table.rows(0)
    view = shop.view(recipe, rows, "all")
    preprocessing = view.preprocessing
    limit = shipped_limit(shop, recipe)
    detector = learned(recipe, view.base[rows[view.usable[rows]]], shop.seed)
    pipeline = Pipeline(preprocessing, detector.model.with_limit(limit))
    if detector.state is None:
        return Library(pipeline)
    curve = learning_curve(shop, recipe, limit)
    metrics["learning_curve"] = [[count, accuracy] for count, accuracy in curve]
    return Library(pipeline, (), recommended(curve), detector.state, table.multi_sensor)


def _whole(shop: Workshop, recipe: Recipe, factor: float) -> tuple[Preprocessing, StaticModel]:
    """A recipe fitted on every signal there is, its probabilities sharpened."""
    rows = np.arange(len(shop.table.x))
    view = shop.view(recipe, rows, "all")
    model: StaticModel = ENTRIES[recipe.model].fit(*shop.examples(view, rows), dict(recipe.hyper), shop.seed)
    return view.preprocessing, model.sharpened(factor)


def _report(
    shop: Workshop, outcome: Outcome, folds: Sequence[FoldAnswers], metrics: dict[str, Any], evaluations: int
) -> dict[str, Any]:
    table = shop.table
    held = "recording" if all(shop.split.by_recording) else "contiguous block"
    held = "value of the target" if shop.split.by_value else held
    notes = [f"scores are from signals held back in {len(folds)} folds, by {held}; the worst fold counts"]
    if table.before:
        notes.append("every signal is filtered first, in these scores as on the device")
    if table.detects:
        notes.append("the limit of each fold was placed by the signals of the other folds")
    if shop.simulated:
        notes.append(
            "there were no abnormal signals: candidates were compared by simulated faults, the limit lies a little"
            " beyond 97 % of the held-out regular signals, and how well real faults are found is unknown"
        )
    return {
        "family": outcome.recipe.family,
        "score": outcome.score,
        "quality": outcome.quality,
        "confidence": outcome.confidence,
        "folds": list(outcome.folds),
        "metrics": metrics,
        "seed": shop.seed,
        "evaluations": evaluations,
        "signals": {label or "all": len(table.rows(n)) for n, label in enumerate(table.labels)},
        "simulated_faults": shop.simulated,
        "notes": notes,
    }
