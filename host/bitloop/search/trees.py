"""Forests and boosted trees, of trees that grow.py grows. Everything is learned in float32 from binned features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels import boosting_classes, forest_classes, forest_values
from bitloop.kernels.base import Features
from bitloop.kernels.boosting_classes import BoostingClasses
from bitloop.kernels.forest_classes import ForestClasses
from bitloop.kernels.forest_values import ForestValues
from bitloop.kernels.unrolled_forest import UnrolledForest, unrolled
from bitloop.search.balance import balanced
from bitloop.search.grow import Ground, Grown, Growth

Labels = NDArray[np.int64]
Targets = NDArray[np.float32]
Weights = NDArray[np.float32]
Hypers = Mapping[str, float]

MOST_LOOKS = 48
"""Features a split chooses from, at most."""
_LARGEST_STEP = 4.0
"""A leaf moves a class's score by this much at most before the learning rate: nearly pure leaves want infinity."""


def looks(features: int, share: float) -> int:
    """How many features a split chooses from: `share` of them, 0 for the square root of their number."""
    return min(MOST_LOOKS, max(1, round(features**0.5 if share == 0 else share * features)))


def grow(
    x: Features, goals: NDArray[np.float32], weight: Weights, trees: int, growth: Growth, seed: int
) -> list[Grown]:
    """Trees that know nothing of each other."""
    ground = Ground(x)
    seeds = np.random.default_rng([seed, *x.shape]).integers(2**63, size=trees)
    return [ground.grow(goals, weight, growth, int(own)) for own in seeds]


def _weight(y: Labels) -> Weights:
    return balanced(y).astype(np.float32)


def one_hot(y: Labels) -> NDArray[np.float32]:
    return np.eye(int(y.max()) + 1, dtype=np.float32)[y]


def fit_decision_tree(x: Features, y: Labels, hyper: Hypers, seed: int) -> ForestClasses:
    """One tree of at most `leaves` leaves with `least` signals or more in each, grown where it explains most."""
    growth = Growth(int(hyper["leaves"]), x.shape[1], least=int(hyper["least"]))
    return forest_classes.from_grown(grow(x, one_hot(y), _weight(y), 1, growth, seed), x.shape[1])


def fit_random_forest(x: Features, y: Labels, hyper: Hypers, seed: int) -> ForestClasses:
    """`trees` trees of at most `leaves` leaves on random draws; a split chooses from `share` of the features."""
    growth = Growth(int(hyper["leaves"]), looks(x.shape[1], hyper["share"]), draw=True)
    return forest_classes.from_grown(grow(x, one_hot(y), _weight(y), int(hyper["trees"]), growth, seed), x.shape[1])


def fit_fast_forest(x: Features, y: Labels, hyper: Hypers, seed: int) -> UnrolledForest:
    """A random forest as code instead of tables: fewer cycles, more flash."""
    return unrolled(fit_random_forest(x, y, hyper, seed))


def fit_extra_trees(x: Features, y: Labels, hyper: Hypers, seed: int) -> ForestClasses:
    """The same on all signals, each feature cut at random."""
    growth = Growth(int(hyper["leaves"]), looks(x.shape[1], hyper["share"]), loose=True)
    return forest_classes.from_grown(grow(x, one_hot(y), _weight(y), int(hyper["trees"]), growth, seed), x.shape[1])


def fit_boosting(x: Features, y: Labels, hyper: Hypers, seed: int) -> BoostingClasses:
    """`trees` rounds of gradient boosting on the softmax loss; a round is one tree with a Newton step per class.

    A split chooses from `share` of the features; `rate` is the learning rate.
    """
    wanted, weight, ground = one_hot(y), _weight(y), Ground(x)
    classes, rate = wanted.shape[1], np.float32(hyper["rate"])
    growth = Growth(int(hyper["leaves"]), looks(x.shape[1], hyper["share"]), least=2)
    seeds = np.random.default_rng([seed, *x.shape]).integers(2**63, size=int(hyper["trees"]))
    scores, trees = np.zeros_like(wanted), []
    for own in seeds:
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        tree = ground.grow(wanted - p, weight, growth, int(own))
        members = np.zeros((len(tree.values), len(y)), dtype=np.float32)
        members[tree.ends, np.arange(len(y))] = weight
        step = (classes - 1) / classes * (members @ (wanted - p)) / np.maximum(members @ (p * (1 - p)), 1e-6)
        values = (rate * np.clip(step, -_LARGEST_STEP, _LARGEST_STEP)).astype(np.float32)
        scores += values[tree.ends]
        trees.append(replace(tree, values=values))
    return boosting_classes.from_grown(trees, x.shape[1])


def fit_decision_tree_values(x: Features, y: Targets, hyper: Hypers, seed: int) -> ForestValues:
    """One tree of at most `leaves` leaves with `least` signals or more in each."""
    return _values(x, y, 1, Growth(int(hyper["leaves"]), x.shape[1], least=int(hyper["least"])), seed)


def fit_random_forest_values(x: Features, y: Targets, hyper: Hypers, seed: int) -> ForestValues:
    """`trees` trees of at most `leaves` leaves on random draws; a split chooses from `share` of the features."""
    growth = Growth(int(hyper["leaves"]), looks(x.shape[1], hyper["share"]), draw=True)
    return _values(x, y, int(hyper["trees"]), growth, seed)


def fit_extra_trees_values(x: Features, y: Targets, hyper: Hypers, seed: int) -> ForestValues:
    """The same on all signals, each feature cut at random."""
    growth = Growth(int(hyper["leaves"]), looks(x.shape[1], hyper["share"]), loose=True)
    return _values(x, y, int(hyper["trees"]), growth, seed)


def fit_boosting_values(x: Features, y: Targets, hyper: Hypers, seed: int) -> ForestValues:
    """`trees` rounds of gradient boosting on squared error, as a forest whose mean is the boosted sum."""
    rest, level = _levelled(y)
    ground, weight, rate = Ground(x), np.ones(len(x), dtype=np.float32), np.float32(hyper["rate"])
    growth = Growth(int(hyper["leaves"]), looks(x.shape[1], hyper["share"]), least=2)
    seeds = np.random.default_rng([seed, *x.shape]).integers(2**63, size=int(hyper["trees"]))
    trees = []
    for own in seeds:
        tree = ground.grow(rest, weight, growth, int(own))
        rest = rest - rate * tree.values[tree.ends]
        trees.append(replace(tree, values=np.float32(level) + len(seeds) * rate * tree.values))
    return forest_values.from_grown(trees, x.shape[1])


def _values(x: Features, y: Targets, trees: int, growth: Growth, seed: int) -> ForestValues:
    rest, level = _levelled(y)
    grown = grow(x, rest, np.ones(len(x), dtype=np.float32), trees, growth, seed)
    raised = [replace(tree, values=tree.values + np.float32(level)) for tree in grown]
    return forest_values.from_grown(raised, x.shape[1])


def _levelled(y: Targets) -> tuple[NDArray[np.float32], float]:
    """(signals, 1) about their mean, and the mean: sums of squares stay exact enough in float32."""
    level = float(y.astype(np.float64).mean())
    return (y.astype(np.float64) - level).astype(np.float32)[:, None], level
