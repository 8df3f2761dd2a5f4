"""The models there are, by the name a library file gives them."""

from __future__ import annotations

from bitloop.kernels.base import Model
from bitloop.kernels.boosting_classes import BoostingClasses
from bitloop.kernels.cnn_classes import CnnClasses
from bitloop.kernels.cnn_int8_classes import CnnInt8Classes
from bitloop.kernels.committee_classes import CommitteeClasses
from bitloop.kernels.committee_values import CommitteeValues
from bitloop.kernels.forest_classes import ForestClasses
from bitloop.kernels.forest_values import ForestValues
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.growing_prototypes import GrowingPrototypes
from bitloop.kernels.half_space_trees import HalfSpaceTrees
from bitloop.kernels.hyperspheres import Hyperspheres
from bitloop.kernels.isolation_forest import IsolationForest
from bitloop.kernels.linear import Linear
from bitloop.kernels.linear_int8 import LinearInt8
from bitloop.kernels.loda import Loda
from bitloop.kernels.mahalanobis import Mahalanobis
from bitloop.kernels.mlp_classes import MlpClasses
from bitloop.kernels.mlp_int8_classes import MlpInt8Classes
from bitloop.kernels.mlp_int8_values import MlpInt8Values
from bitloop.kernels.mlp_values import MlpValues
from bitloop.kernels.naive_bayes import NaiveBayes
from bitloop.kernels.nearest_classes import NearestClasses
from bitloop.kernels.nearest_radius import NearestRadius
from bitloop.kernels.nearest_values import NearestValues
from bitloop.kernels.one_class_svm import OneClassSvm
from bitloop.kernels.pca_residual import PcaResidual
from bitloop.kernels.rbf_classes import RbfClasses
from bitloop.kernels.rbf_classes_int8 import RbfClassesInt8
from bitloop.kernels.rbf_values import RbfValues
from bitloop.kernels.rbf_values_int8 import RbfValuesInt8
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.ridge_int8 import RidgeInt8
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.sefr import Sefr
from bitloop.kernels.sliding_neighbors import SlidingNeighbors
from bitloop.kernels.unrolled_forest import UnrolledForest

MODELS: tuple[type[Model], ...] = (
    RunningGaussian,
    Mahalanobis,
    GrowingPrototypes,
    SlidingNeighbors,
    PcaResidual,
    HalfSpaceTrees,
    Loda,
    Gaussian,
    Hyperspheres,
    Linear,
    LinearInt8,
    Sefr,
    NaiveBayes,
    NearestClasses,
    RbfClasses,
    RbfClassesInt8,
    ForestClasses,
    BoostingClasses,
    UnrolledForest,
    Ridge,
    RidgeInt8,
    NearestValues,
    RbfValues,
    RbfValuesInt8,
    ForestValues,
    MlpClasses,
    MlpValues,
    MlpInt8Classes,
    MlpInt8Values,
    CnnClasses,
    CnnInt8Classes,
    OneClassSvm,
    NearestRadius,
    IsolationForest,
    CommitteeClasses,
    CommitteeValues,
)
