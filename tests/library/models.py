"""Every model there is, behind the same preprocessing, with constants as a fit would leave them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from bitloop.kernels import boosting_classes, forest_classes, forest_values, unrolled_forest
from bitloop.kernels.base import Model, Shape, StaticModel
from bitloop.kernels.committee import Member
from bitloop.kernels.committee_classes import CommitteeClasses
from bitloop.kernels.committee_values import CommitteeValues
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.growing_prototypes import GrowingPrototypes
from bitloop.kernels.half_space_trees import HalfSpaceTrees
from bitloop.kernels.hyperspheres import Hyperspheres
from bitloop.kernels.linear import Linear
from bitloop.kernels.loda import Loda
from bitloop.kernels.mahalanobis import Mahalanobis
from bitloop.kernels.naive_bayes import NaiveBayes
from bitloop.kernels.nearest_classes import NearestClasses
from bitloop.kernels.nearest_values import NearestValues
from bitloop.kernels.pca_residual import PcaResidual
from bitloop.kernels.pick import Pick
from bitloop.kernels.pipeline import Pipeline
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.scale import Scale
from bitloop.kernels.sefr import Sefr
from bitloop.kernels.sliding_neighbors import SlidingNeighbors
from bitloop.library import Library
from bitloop.search.fits import ENTRIES
from tests.library.examples import CLASSES, LEARNING, library, signals

_FLOOR = float(np.float32(1e-6))


def _features() -> NDArray[np.float32]:
    return library("anomaly-both").pipeline.preprocessing(signals(60, 21))


def _labels() -> NDArray[np.uint8]:
    return (np.arange(60) % len(CLASSES)).astype(np.uint8)


def _moments() -> Model:
    rows = [_features()[_labels() == c] for c in range(len(CLASSES))]
    mean = np.array([r.mean(axis=0) for r in rows])
    variance = np.array([r.var(axis=0) + 0.01 for r in rows])
    return NaiveBayes.from_moments(mean, variance, np.full(len(CLASSES), 1.0 / len(CLASSES)))


def _forest_classes() -> forest_classes.ForestClasses:
    fitted = RandomForestClassifier(5, max_depth=4, random_state=1).fit(_features(), _labels())
    trees = [tree.tree_ for tree in fitted.estimators_]
    return forest_classes.from_trees(trees, _features().shape[1], len(CLASSES))


def _boosting_classes() -> Model:
    goals = np.eye(len(CLASSES))[_labels()] - 1 / len(CLASSES)
    fitted = RandomForestRegressor(5, max_depth=4, random_state=1).fit(_features(), goals)
    return boosting_classes.from_trees([tree.tree_ for tree in fitted.estimators_], _features().shape[1])


def _forest_values() -> Model:
    fitted = RandomForestRegressor(5, max_depth=4, random_state=1).fit(_features(), _labels().astype(float))
    return forest_values.from_trees([tree.tree_ for tree in fitted.estimators_], _features().shape[1])


def _noise(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


MAKERS: dict[str, Callable[[int], Model]] = {
    "running_gaussian": lambda d: RunningGaussian(d, 3.0, _FLOOR),
    "mahalanobis": lambda d: Mahalanobis(d, 3.0, _FLOOR),
    "growing_prototypes": lambda d: GrowingPrototypes(d, 4, 1.5, 3.0),
    "sliding_neighbors": lambda d: SlidingNeighbors(d, 12, 2, 3.0),
    "pca_residual": lambda d: PcaResidual(d, 3, 1.0, _FLOOR, 3.0),
    "half_space_trees": lambda d: HalfSpaceTrees.drawn(d, 4, 3, 2.0, 3.0, 1),
    "loda": lambda d: Loda.drawn(d, 6, 16, 5.0, 3.0, 1),
    "gaussian": lambda d: Gaussian(_noise(d), np.abs(_noise(d)) + np.float32(0.1), 1.25),
    "hyperspheres": lambda d: Hyperspheres(_features()[:3].copy(), np.array([2.0, 3.5, 3.0], dtype=np.float32)),
    "linear": lambda d: Linear(_noise(3, d), _noise(3)),
    "sefr": lambda d: Sefr.fit(np.abs(_features()), _labels(), 3),
    "naive_bayes": lambda d: _moments(),
    "nearest_classes": lambda d: NearestClasses(_features()[:12].copy(), _labels()[:12].copy(), 3, 3),
    "forest_classes": lambda d: _forest_classes(),
    "unrolled_forest": lambda d: unrolled_forest.unrolled(_forest_classes()),
    "boosting_classes": lambda d: _boosting_classes(),
    "ridge": lambda d: Ridge(_noise(d), 0.5),
    "nearest_values": lambda d: NearestValues(_features()[:9].copy(), _noise(9), 2),
    "forest_values": lambda d: _forest_values(),
    "committee_classes": lambda d: CommitteeClasses(
        d, _members(d, Linear(_noise(3, 4), _noise(3)), _forest_classes())
    ),
    "committee_values": lambda d: CommitteeValues(d, _members(d, Ridge(_noise(4), 0.5), _forest_values())),
}


def _members(features: int, few: StaticModel, other: StaticModel) -> tuple[Member, ...]:
    """One that picks four of the last features, one that takes all of them scaled."""
    scaled = Scale.zscore(_features()[:, :, None])
    picked = Member(features - 5, 5, (Pick(np.array([4, 0, 1, 1], dtype=np.uint16)),), few)
    return picked, Member(0, features, (scaled,), other)


def _fitted(kernel: str) -> Model:
    """As the search fits it, with the first choice of every hyper-parameter."""
    entry = next(entry for entry in ENTRIES.values() if entry.kernel.kernel == kernel)
    x, hyper = _features(), {name: values[0] for name, values in entry.hypers(Shape(1, _features().shape[1])).items()}
    if entry.kind == "outlier":
        return entry.fit(x, hyper, 1.0, 1)  # type: ignore[no-any-return]
    goal = _labels().astype(np.int64) if entry.kind == "classes" else x[:, 0] + _labels()
    return entry.fit(x, goal, hyper, 1)  # type: ignore[no-any-return]


@cache
def with_model(kernel: str) -> Library:
    """The example library with the model of that name."""
    preprocessing = library("anomaly-both").pipeline.preprocessing
    model = MAKERS[kernel](preprocessing.features) if kernel in MAKERS else _fitted(kernel)
    learning = LEARNING if model.kind == "anomaly" else 0
    return Library(Pipeline(preprocessing, model), CLASSES if model.kind == "classes" else (), learning)
