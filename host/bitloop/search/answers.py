"""What a recipe answers on held-out signals, fold by fold: fit on the rest, then run the C kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features, Model, StaticModel
from bitloop.kernels.committee import mean
from bitloop.kernels.pipeline import Preprocessing, refused
from bitloop.native import host
from bitloop.search.committees import join
from bitloop.search.detect import detection_folds
from bitloop.search.fits import ENTRIES
from bitloop.search.folds import Fold
from bitloop.search.metrics import balanced_accuracy, r2, skill
from bitloop.search.recipe import Recipe
from bitloop.search.table import Table
from bitloop.search.workshop import Prepared, Workshop

REFUSED = -1
"""The answer to signals whose features the library refuses: always wrong."""


class Prepares(Protocol):
    """Whatever knows the kernels before its model."""

    @property
    def preprocessing(self) -> Preprocessing: ...


@dataclass(frozen=True, slots=True, eq=False)
class FoldAnswers:
    """One fold: what was true and what was said (class numbers, 0 regular and 1 abnormal, or values).

    `quality` is balanced accuracy, or R2 against the variance of all targets. `firmness` computes, 0 to 1, how well
    it holds when things get harder: for classes balanced accuracy on varied signals, and with the parts swapped
    (fitted on the held-out signals, tested on the rest); for extrapolation R2 with the parts swapped; for detection
    the gap between regular and abnormal. `outputs` is what the model gave: probabilities, ratios or values; zeros
    where the signal is not `usable` but refused.
    """

    truth: NDArray[Any]
    said: NDArray[Any]
    outputs: Features
    quality: float
    usable: NDArray[np.bool_]
    firmness: Callable[[], float]
    model: Model
    view: Prepares


def fold_answers(shop: Workshop, recipe: Recipe) -> Iterator[FoldAnswers]:
    """Answers of each fold; LibraryError where the recipe does not fit the signals."""
    return _committee(shop, recipe) if recipe.members else _KINDS[shop.table.kind](shop, recipe)


def _committee(shop: Workshop, recipe: Recipe) -> Iterator[FoldAnswers]:
    """The mean of the members' answers, which are remembered for the other committees they sit on.

    It is as firm as its members are on average.
    """
    table = shop.table
    for parts in zip(*(_remembered(shop, member) for member in recipe.members), strict=True):
        usable = np.logical_and.reduce([part.usable for part in parts])
        ballots = [np.concatenate([usable[:, None], part.outputs], axis=1, dtype=np.float32) for part in parts]
        truth, outputs = parts[0].truth, mean(ballots, 0.0)
        said, quality = judged(table, truth, outputs, usable)
        whole = join([(part.view.preprocessing, part.model) for part in parts])
        yield FoldAnswers(truth, said, outputs, quality, usable, partial(_mean_firmness, parts), whole.model, whole)


def _remembered(shop: Workshop, recipe: Recipe) -> tuple[FoldAnswers, ...]:
    return shop.remember(
        ("answers", recipe),
        lambda: tuple(replace(part, firmness=cache(part.firmness)) for part in fold_answers(shop, recipe)),
        lambda found: sum(4 * part.outputs.nbytes + (1 << 14) for part in found),
    )


def _mean_firmness(parts: Sequence[FoldAnswers]) -> float:
    return sum(part.firmness() for part in parts) / len(parts)


def _classes(shop: Workshop, recipe: Recipe) -> Iterator[FoldAnswers]:
    table, fit = shop.table, ENTRIES[recipe.model].fit
    count = len(table.labels)
    for number, fold in enumerate(shop.split.folds):
        view = shop.view(recipe, fold.train, number)
        x, label = shop.examples(view, fold.train)
        if len(np.unique(label)) < count:
            raise LibraryError("the features of a whole class are refused")
        model = fit(x, label, dict(recipe.hyper), shop.seed)
        truth, usable = table.label[fold.test], view.usable[fold.test]
        outputs = run(model, view.base[fold.test], usable)
        said, quality = judged(table, truth, outputs, usable)
        firmness = partial(_class_firmness, shop, recipe, fold, view, model)
        yield FoldAnswers(truth, said, outputs, quality, usable, firmness, model, view)


def _class_firmness(shop: Workshop, recipe: Recipe, fold: Fold, view: Prepared, model: StaticModel) -> float:
    label, count = shop.table.label, len(shop.table.labels)
    twins = shop.finished(view, fold.test)
    varied = choose(model, twins, ~refused(twins))
    x, few = shop.examples(view, fold.test)
    if len(np.unique(few)) < count:
        return 0.0
    hasty = ENTRIES[recipe.model].fit(x, few, dict(recipe.hyper), shop.seed)
    swapped = choose(hasty, view.base[fold.train], view.usable[fold.train])
    robust = balanced_accuracy(label[fold.test], varied, count)
    return (robust + balanced_accuracy(label[fold.train], swapped, count)) / 2


def _values(shop: Workshop, recipe: Recipe) -> Iterator[FoldAnswers]:
    table, fit = shop.table, ENTRIES[recipe.model].fit
    for number, fold in enumerate(shop.split.folds):
        view = shop.view(recipe, fold.train, number)
        x, targets = shop.examples(view, fold.train)
        if len(np.unique(targets)) < 2:
            raise LibraryError("the features of too many signals are refused")
        model = fit(x, targets, dict(recipe.hyper), shop.seed)
        truth, usable = table.targets[fold.test], view.usable[fold.test]
        outputs = run(model, view.base[fold.test], usable)
        said, quality = judged(table, truth, outputs, usable)
        firmness = partial(_value_firmness, shop, recipe, fold, view)
        yield FoldAnswers(truth, said, outputs, quality, usable, firmness, model, view)


def _value_firmness(shop: Workshop, recipe: Recipe, fold: Fold, view: Prepared) -> float:
    targets = shop.table.targets
    x, few = shop.examples(view, fold.test)
    if len(np.unique(few)) < 2:
        return 0.0
    hasty = ENTRIES[recipe.model].fit(x, few, dict(recipe.hyper), shop.seed)
    said = run(hasty, view.base[fold.train], view.usable[fold.train])[:, 0]
    return min(1.0, max(0.0, r2(targets[fold.train], said)))


def _detections(shop: Workshop, recipe: Recipe) -> Iterator[FoldAnswers]:
    for fold in detection_folds(shop, recipe):
        yield FoldAnswers(
            fold.truth,
            fold.said,
            fold.ratio[:, None],
            fold.quality,
            np.ones(len(fold.truth), dtype=np.bool_),
            partial(float, fold.confidence),
            fold.model,
            fold.view,
        )


def judged(
    table: Table, truth: NDArray[Any], outputs: Features, usable: NDArray[np.bool_]
) -> tuple[NDArray[Any], float]:
    """What outputs of classes or values say, and their quality."""
    if table.kind == "classes":
        said = decide(outputs, usable)
        return said, balanced_accuracy(truth, said, len(table.labels))
    return outputs[:, 0], skill(truth, outputs[:, 0], float(np.var(table.targets, dtype=np.float64)))


def choose(model: StaticModel, x: Features, usable: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(signals,): the first of the most probable classes, by the C."""
    return decide(run(model, x, usable), usable)


def decide(outputs: Features, usable: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(signals,): the first of the most probable classes."""
    return np.where(usable, np.argmax(outputs, axis=1), REFUSED)


def run(model: StaticModel, x: Features, usable: NDArray[np.bool_]) -> Features:
    """(signals, outputs) by the C kernel; zeros for signals that are refused."""
    out = np.zeros((len(x), model.outputs), dtype=np.float32)
    if usable.all():
        return model.run(x, host())
    if usable.any():
        out[usable] = model.run(x[usable], host())
    return out


_KINDS: Mapping[str, Callable[[Workshop, Recipe], Iterator[FoldAnswers]]] = {
    "classes": _classes,
    "extrapolation": _values,
    "anomaly": _detections,
    "outlier": _detections,
}
