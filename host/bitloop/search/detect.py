"""Anomaly and outlier on held-out signals: learn what is regular, then tell it from the rest.

Each fold's limit comes from the other folds' held-out signals, so that no signal is judged by a limit it helped to
place. The limit a library ships with comes from all of them. Couples are learned and judged one by one, with one
limit for all of them, and the worst counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features, Model
from bitloop.kernels.similarity import similarity
from bitloop.search.detector import Detector, clamp, learned
from bitloop.search.limits import Held, place
from bitloop.search.metrics import balanced_accuracy, roc_auc
from bitloop.search.recipe import Recipe
from bitloop.search.trials import Trial, trials
from bitloop.search.workshop import Prepared, Workshop

OCTAVES = 4.0
"""A gap between regular and abnormal of 2 to this power is as firm as it gets."""
DECISION = 0.5
"""Share of the decision at similarity 90 in the quality of a fold; the order of similarities (area under ROC) has the
rest."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One fold: labels (0 regular, 1 abnormal) as they are and as the C says, and what was used.

    `quality` and `confidence` are those of the worst couple. `auc` is the area under ROC of the similarity. Where
    faults of states are simulated, confidence is in plainness, 1 for as many features as variables: what was drawn up
    around such faults may know nothing of real ones, and who leaves a variable out sees none of its.
    """

    truth: NDArray[np.int64]
    said: NDArray[np.int64]
    ratio: Features
    quality: float
    auc: float
    confidence: float
    model: Model
    view: Prepared
    detector: Detector


def detection_folds(shop: Workshop, recipe: Recipe) -> Iterator[Detection]:
    """Every fold with the limit the other folds suggest."""
    folds = [trials(shop, recipe, number) for number in range(len(shop.split.folds))]
    held = [[_held(trial) for trial in fold] for fold in folds]
    for number, fold in enumerate(folds):
        limit = clamp(recipe, place([h for n, one in enumerate(held) if n != number for h in one]))
        found = _detection(fold, limit)
        if shop.simulated and shop.table.multi_sensor:
            share = shop.table.axes / found.model.inputs
            found = replace(found, confidence=min(share, 1.0 / share))
        yield found


def shipped_limit(shop: Workshop, recipe: Recipe) -> float:
    """The limit from the held-out signals of all folds."""
    folds = [trials(shop, recipe, number) for number in range(len(shop.split.folds))]
    return clamp(recipe, place([_held(trial) for fold in folds for trial in fold]))


def quality_of(truth: NDArray[np.int64], ratio: Features) -> tuple[float, float]:
    """0 to 1, how well ratios tell; and the area under ROC of the similarity, 1 where there is but one label."""
    decided = balanced_accuracy(truth, (ratio > np.float32(1.0)).astype(np.int64), 2)
    area = roc_auc(truth == 1, -similarity(ratio).astype(np.float64))
    area = 1.0 if math.isnan(area) else area
    return DECISION * decided + (1.0 - DECISION) * area, area


def _detection(fold: Sequence[Trial], limit: float) -> Detection:
    truths = [np.concatenate([series.truth for series in trial.judged]) for trial in fold]
    ratios = [trial.detector.ratios(trial.judged, limit) for trial in fold]
    found = np.array([quality_of(*pair) for pair in zip(truths, ratios, strict=True)])
    couples = np.array([trial.couple for trial in fold])
    quality, area = np.min([found[couples == couple].mean(axis=0) for couple in np.unique(couples)], axis=0)
    confidence = min(map(_firmness, ratios, truths))
    truth, ratio, first = np.concatenate(truths), np.concatenate(ratios), fold[0]
    said = (ratio > np.float32(1.0)).astype(np.int64)
    model: Model = first.detector.model.with_limit(limit)
    return Detection(truth, said, ratio, float(quality), float(area), confidence, model, first.view, first.detector)


def _held(trial: Trial) -> Held:
    distance = trial.detector.limits(trial.held)
    truth = np.concatenate([series.truth for series in trial.held])
    return Held(distance[truth == 0], distance[truth == 1])


def _firmness(ratio: Features, truth: NDArray[np.int64]) -> float:
    """0 to 1: how many octaves lie between the far end of regular and the near end of abnormal signals."""
    regular, abnormal = ratio[truth == 0], ratio[truth == 1]
    if not len(regular) or not len(abnormal):
        return 0.0
    low, high = max(float(np.quantile(regular, 0.95)), 1e-6), max(float(np.quantile(abnormal, 0.05)), 1e-6)
    return min(1.0, max(0.0, math.log2(high / low) / OCTAVES))


__all__ = ["Detection", "Detector", "clamp", "detection_folds", "learned", "quality_of", "shipped_limit"]
