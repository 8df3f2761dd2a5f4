"""Small fitted libraries for tests of the project and the command line, one per kind."""

from __future__ import annotations

import numpy as np

from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.linear import Linear
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.statistics import Statistics
from bitloop.library.file import Library

AXES, LENGTH = 2, 4
_STAGES = Preprocessing(AXES, LENGTH, ((Statistics(("rms", "peak_to_peak")),),))


def outlier_library(seed: int = 1) -> Library:
    """Signals of standard normal noise are regular."""
    x = _features(np.random.default_rng(seed))
    mean, spread = x.mean(axis=0), x.var(axis=0)
    return Library(Pipeline(_STAGES, Gaussian(_f32(mean), _f32(1 / spread), 20.0)))


def anomaly_library() -> Library:
    """Ten learning calls are the minimum."""
    return Library(Pipeline(_STAGES, RunningGaussian(_STAGES.features, 3.0, 1e-3)), learning=10)


def classes_library() -> Library:
    """Quiet and loud, by the RMS of the first axis."""
    weights = np.zeros((2, _STAGES.features))
    weights[1, 0] = 5.0
    return Library(Pipeline(_STAGES, Linear(_f32(weights), _f32([0.0, -15.0]))), classes=("quiet", "loud"))


def extrapolation_library() -> Library:
    """Twice the RMS of the first axis."""
    weights = np.zeros(_STAGES.features)
    weights[0] = 2.0
    return Library(Pipeline(_STAGES, Ridge(_f32(weights), 0.0)))


def noise(count: int, scale: float = 1.0, seed: int = 1) -> np.ndarray:
    """float32 (count, values) of normal noise."""
    return np.random.default_rng(seed).normal(0, scale, (count, AXES * LENGTH)).astype(np.float32)


def _features(rng: np.random.Generator) -> np.ndarray:
    return _STAGES(rng.normal(size=(100, AXES * LENGTH)).astype(np.float32))


def _f32(values: object) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)
