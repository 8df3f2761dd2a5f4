"""Every model there is, from its library file to its generated C: the same answers, and lines C takes as they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeRegressor

from bitloop.emulator import Emulator
from bitloop.kernels import boosting_classes, forest_classes, forest_values, isolation_forest
from bitloop.kernels.base import Model
from bitloop.kernels.committee import Member
from bitloop.kernels.committee_classes import CommitteeClasses
from bitloop.kernels.committee_values import CommitteeValues
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.growing_prototypes import GrowingPrototypes
from bitloop.kernels.half_space_trees import HalfSpaceTrees
from bitloop.kernels.hyperspheres import Hyperspheres
from bitloop.kernels.linear import Linear
from bitloop.kernels.linear_int8 import LinearInt8
from bitloop.kernels.loda import Loda
from bitloop.kernels.mahalanobis import Mahalanobis
from bitloop.kernels.mlp_classes import MlpClasses
from bitloop.kernels.mlp_int8_values import MlpInt8Values
from bitloop.kernels.mlp_values import MlpValues
from bitloop.kernels.models import MODELS
from bitloop.kernels.naive_bayes import NaiveBayes
from bitloop.kernels.nearest_classes import NearestClasses
from bitloop.kernels.nearest_radius import NearestRadius
from bitloop.kernels.nearest_values import NearestValues
from bitloop.kernels.one_class_svm import OneClassSvm
from bitloop.kernels.pca_residual import PcaResidual
from bitloop.kernels.pick import Pick
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.quadratic import Quadratic
from bitloop.kernels.rbf_classes import RbfClasses
from bitloop.kernels.rbf_classes_int8 import RbfClassesInt8
from bitloop.kernels.rbf_values import RbfValues
from bitloop.kernels.rbf_values_int8 import RbfValuesInt8
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.ridge_int8 import RidgeInt8
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.scale import Scale
from bitloop.kernels.sefr import Sefr
from bitloop.kernels.sliding_neighbors import SlidingNeighbors
from bitloop.kernels.unrolled_forest import unrolled
from bitloop.library import Library
from bitloop.library.codegen import Options
from tests.library.hosted import Hosted
from tests.library.test_parity import assert_same_answers
from tests.parity.rows import cloud
from tests.parity.test_cnn_classes import plain as plain_cnn
from tests.parity.test_cnn_int8_classes import plain as plain_cnn_int8
from tests.parity.test_mlp_int8_classes import plain as plain_int8
from tests.parity.test_mlp_int8_classes import plain_fields

D = 6
X = np.concatenate([cloud(c, 40, D, shift=2.0 * c) for c in range(3)])
Y = np.repeat(np.arange(3), 40)
MEANS = np.stack([X[c].mean(axis=0) for c in (Y == 0, Y == 1, Y == 2)])
VARIANCES = np.stack([X[c].var(axis=0) for c in (Y == 0, Y == 1, Y == 2)])
WILD = np.float32([[0] * D, [-0.0] * D, [1e-45] * D, [1e15] * D, [-1e15] * D, [1e16] * D, [np.nan] * D, [np.inf] * D])
LAYERS = [(X[:8] / 9, X[0, [0] * 8]), (np.tile(X[:4, :4] / 9, 2), X[1, :4]), (X[10:13, :4] / 9, X[2, :3])]

EXAMPLES: dict[str, Callable[[], Model]] = {
    "running_gaussian": lambda: RunningGaussian(D, 3.0, 1e-6, smoothing=3),
    "mahalanobis": lambda: Mahalanobis(D, 3.0, 1e-6),
    "growing_prototypes": lambda: GrowingPrototypes(D, 4, 1.0, 3.0),
    "sliding_neighbors": lambda: SlidingNeighbors(D, 12, 2, 3.0),
    "pca_residual": lambda: PcaResidual(D, 3, 1.0, 1e-6, 3.0, memory=5),
    "half_space_trees": lambda: HalfSpaceTrees.drawn(D, 5, 4, 2.0, 3.0, 1),
    "loda": lambda: Loda.drawn(D, 6, 16, 12.0, 3.0, 1),
    "gaussian": lambda: Gaussian(MEANS[0], 1 / VARIANCES[0], 2.0),
    "hyperspheres": lambda: Hyperspheres(MEANS, np.float32([4, 5, 6])),
    "linear": lambda: Linear(MEANS / 9, np.float32([0, 0.1, -0.2])),
    "linear_int8": lambda: LinearInt8(
        np.int8([[127, -3, 0, 5, -127, 40]] * 3) // np.int8([[1], [2], [3]]),
        np.float32([1e-5, 2e-5, 3e-5]),
        np.float32([0, 0.1, -0.2]),
        100.0,
    ),
    "rbf_classes": lambda: RbfClasses(X[::9].copy(), X[::9, :3] / 9, MEANS / 9, np.float32([0, 0.1, -0.2]), 0.01),
    "rbf_classes_int8": lambda: RbfClassesInt8(
        np.clip(9 * X[::9], -99, 99).astype(np.int8),
        X[::9, :3] / 9,
        np.int8([[127, -3, 0, 5, -127, 40]] * 3) // np.int8([[1], [2], [3]]),
        np.float32([1e-5, 2e-5, 3e-5]),
        np.float32([0, 0.1, -0.2]),
        9.0,
        1e-4,
    ),
    "sefr": lambda: Sefr.fit(np.abs(X), Y, 3),
    "naive_bayes": lambda: NaiveBayes.from_moments(MEANS, VARIANCES, np.full(3, 1 / 3)),
    "nearest_classes": lambda: NearestClasses(X[::4].copy(), Y[::4].astype(np.uint8), 3, 3),
    "forest_classes": lambda: forest_classes.from_trees(
        [DecisionTreeClassifier(min_samples_leaf=n, random_state=n).fit(X, Y).tree_ for n in (2, 4, 8)], D, 3
    ),
    "ridge": lambda: Ridge(MEANS[1], 0.7),
    "ridge_int8": lambda: RidgeInt8(np.int8([127, -3, 0, 5, -127, 40]), 1e-4, 0.7, 100.0),
    "rbf_values": lambda: RbfValues(X[::9].copy(), X[::9, 0].copy(), MEANS[1], 0.7, 0.01),
    "rbf_values_int8": lambda: RbfValuesInt8(
        np.clip(9 * X[::9], -99, 99).astype(np.int8),
        X[::9, 0].copy(),
        np.int8([127, -3, 0, 5, -127, 40]),
        1e-3,
        0.7,
        9.0,
        1e-4,
    ),
    "nearest_values": lambda: NearestValues(X[::4].copy(), X[::4, 0].copy(), 3),
    "unrolled_forest": lambda: unrolled(EXAMPLES["forest_classes"]()),
    "boosting_classes": lambda: boosting_classes.from_trees(
        [DecisionTreeRegressor(min_samples_leaf=n).fit(X, np.eye(3)[Y] - 1 / 3).tree_ for n in (3, 9)], D
    ),
    "forest_values": lambda: forest_values.from_trees(
        [DecisionTreeRegressor(min_samples_leaf=n, random_state=n).fit(X, X[:, 0]).tree_ for n in (3, 9)], D
    ),
    "mlp_classes": lambda: MlpClasses.of(LAYERS),
    "mlp_values": lambda: MlpValues.of([*LAYERS[:2], (MEANS[:1, :4], MEANS[0, :1])]),
    "mlp_int8_classes": lambda: plain_int8((D, 8, 4, 3), 1),
    "mlp_int8_values": lambda: MlpInt8Values(level=7.0, **plain_fields((D, 8, 1), 1)),
    "cnn_classes": lambda: plain_cnn(1, 2, 3, (4, 2, 1), (4, 2, 1), 3, True),
    "cnn_int8_classes": lambda: plain_cnn_int8(1, 2, 3, (4, 1, 2), (4, 2, 1), 3, False),
    "committee_classes": lambda: CommitteeClasses(
        D,
        (
            Member(0, D, (Scale.zscore(X[:, :, None]),), EXAMPLES["linear"]()),
            Member(0, D, (), EXAMPLES["unrolled_forest"]()),
            Member(0, D, (Pick(np.uint16([5, 0, 1, 1, 2, 3])),), EXAMPLES["rbf_classes_int8"]()),
        ),
    ),
    "committee_values": lambda: CommitteeValues(
        D,
        (
            Member(2, 3, (Scale.minmax(X[:, 2:5, None]), Quadratic(3)), Ridge(X[0, [0] * 9], 0.3)),
            Member(0, D, (), EXAMPLES["nearest_values"]()),
            Member(0, D, (), EXAMPLES["mlp_int8_values"]()),
        ),
    ),
    "one_class_svm": lambda: OneClassSvm(X[:40:4].copy(), np.full(10, 0.1, np.float32), 0.02, 3.0),
    "nearest_radius": lambda: NearestRadius(X[:40:4].copy(), 2, 5.0),
    "isolation_forest": lambda: isolation_forest.from_trees(
        [ExtraTreeRegressor(max_features=1, random_state=n).fit(X[n::5], X[n::5, 0]).tree_ for n in range(5)], D, 1.2
    ),
}


def _library(name: str) -> Library:
    """The model on the raw signal: 2 axes of 3 samples."""
    model = EXAMPLES[name]()
    classes = ("a", "b", "c") if model.kind == "classes" else ()
    return Library(
        Pipeline(Preprocessing(2, 3, ((),)), model), classes, learning=20 if model.kind == "anomaly" else 0
    )


def test_every_model_has_an_example() -> None:
    assert set(EXAMPLES) == {model.kernel for model in MODELS}


@pytest.mark.parametrize("name", EXAMPLES)
def test_reads_back_from_a_library_file(name: str) -> None:
    made = _library(name)
    again = Library.from_json(made.to_json())
    assert again.id == made.id
    for before, after in zip(made.pipeline.model.constants(), again.pipeline.model.constants(), strict=True):
        assert (before.name, before.values.dtype) == (after.name, after.values.dtype)
        np.testing.assert_array_equal(before.values, after.values)


@pytest.mark.parametrize("persona", ["v3", "v5"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_generated_c_answers_as_the_reference_does(name: str, persona: str) -> None:
    made = _library(name)
    hosted, emulator = Hosted.build(made, Options(persona)), Emulator(made, persona=persona)
    assert hosted.init() == emulator.init() == 0
    if made.kind == "anomaly":
        learn = np.concatenate([X[:10], WILD, X[10:60]])
        np.testing.assert_array_equal(emulator.learn(learn), hosted.learn(learn))
        assert emulator.knowledge() == hosted.knowledge()
    seen = np.concatenate([X[60:], WILD, 100 * X[:5]])
    assert_same_answers(emulator.detect(seen), hosted.detect(seen), f"{name} {persona}")
