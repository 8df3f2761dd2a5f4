"""Libraries fitted to real recordings, so that every stage and every model meets real numbers on every core.

The fits are plain and quick; how well libraries judge is asserted elsewhere. Each case brings 200 signals to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.linear_model import Ridge as RidgeRegression
from sklearn.naive_bayes import GaussianNB

from bitloop.kernels import forest_classes, forest_values
from bitloop.kernels.autocorrelation import Autocorrelation
from bitloop.kernels.autoregression import Autoregression
from bitloop.kernels.band_max import BandMax
from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Features, Model, Stage
from bitloop.kernels.biquad import Biquad
from bitloop.kernels.correlation import Correlation
from bitloop.kernels.decimate import Decimate
from bitloop.kernels.difference import Difference
from bitloop.kernels.envelope import Envelope
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.growing_prototypes import GrowingPrototypes
from bitloop.kernels.hann import Hann
from bitloop.kernels.histogram import Histogram
from bitloop.kernels.hyperspheres import Hyperspheres
from bitloop.kernels.linear import Linear
from bitloop.kernels.logarithm import Logarithm
from bitloop.kernels.mahalanobis import Mahalanobis
from bitloop.kernels.mel_bands import MelBands
from bitloop.kernels.naive_bayes import NaiveBayes
from bitloop.kernels.nearest_classes import NearestClasses
from bitloop.kernels.nearest_values import NearestValues
from bitloop.kernels.norm import Norm
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.quantiles import Quantiles
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.scale import Scale
from bitloop.kernels.sefr import Sefr
from bitloop.kernels.segments import Segments
from bitloop.kernels.statistics import NAMES as STATISTICS
from bitloop.kernels.statistics import Statistics
from bitloop.kernels.wavelet import Wavelet
from bitloop.library.file import Library
from bitloop.signals.reader import read_table
from bitloop_hil.prove import Signals

AXES, JUDGED, LEARNED = 3, 200, 60

Branches = tuple[tuple[Stage, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Recordings:
    """What a kind is fitted on and judges: float32 (signals, values), with a class, a target or nothing for each."""

    train: NDArray[np.float32]
    given: NDArray[Any]
    test: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A fitted library and the real signals that prove it."""

    library: Library
    signals: Signals


@cache
def case(data: Path, name: str) -> Case:
    """The case `<kind>-<model>`."""
    recordings = _RECORDINGS[name.split("-")[0]](data)
    library = _library(name, recordings)
    if library.kind == "anomaly":
        return Case(library, Signals(recordings.test, recordings.train[:LEARNED]))
    return Case(library, Signals(recordings.test))


def _library(name: str, found: Recordings) -> Library:
    branches, scaler, fit = CASES[name]
    length = found.train.shape[1] // AXES
    bare = Preprocessing(AXES, length, branches)
    head = () if scaler is None else (scaler(bare(found.train)[:, :, None]),)
    preprocessing = Preprocessing(AXES, length, branches, head)
    model = fit(preprocessing(found.train), found.given)
    classes = tuple(f"class {c}" for c in range(model.outputs)) if model.kind == "classes" else ()
    return Library(Pipeline(preprocessing, model), classes, 20 if model.kind == "anomaly" else 0)


def _lines(folder: Path, *names: str) -> NDArray[np.float32]:
    return np.concatenate([read_table(folder / name).values for name in names])


def _spread(x: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """At most `count` signals, taken evenly."""
    return x[np.unique(np.linspace(0, len(x) - 1, count).astype(int))]


@cache
def _airblower(data: Path) -> Recordings:
    folder = data / "st_airblower"
    normal = _lines(folder, "train_low_speed.csv", "train_high_speed.csv")
    normal = normal.reshape(2, -1, normal.shape[1]).transpose(1, 0, 2).reshape(normal.shape)  # speeds in turn
    tests = [f"test_{name}.csv" for name in ("low_speed", "high_speed", "clogged", "off")]
    test = np.concatenate([_lines(folder, *tests), _lines(folder, "train_clogged.csv", "train_off.csv")])
    return Recordings(normal, np.zeros(len(normal)), _spread(test, JUDGED))


@cache
def _activities(data: Path) -> Recordings:
    folder, names = data / "st_har", ("running", "stationary", "walking")
    parts = [_lines(folder, f"train_{name}.csv") for name in names]
    given = np.repeat(np.arange(len(names)), [len(part) for part in parts])
    test = _lines(folder, *(f"test_{name}.csv" for name in names))
    return Recordings(np.concatenate(parts), given, _spread(test, JUDGED))


@cache
def _fan(data: Path) -> Recordings:
    folder = data / "st_hsd_fan"
    train = _lines(folder, "train_fan_on.csv")
    rest = [f"{part}_fan_{state}.csv" for part in ("test", "train") for state in ("on", "fault", "off")]
    return Recordings(train, np.zeros(len(train)), _spread(_lines(folder, *rest), JUDGED))


@cache
def _speed(data: Path) -> Recordings:
    train, test = (_lines(data / "uci_fan_speed", f"extrap_{name}.csv") for name in ("train", "test_time"))
    return Recordings(np.ascontiguousarray(train[:, 1:]), train[:, 0], _spread(test[:, 1:], JUDGED))


_RECORDINGS: dict[str, Callable[[Path], Recordings]] = {
    "anomaly": _airblower,
    "outlier": _fan,
    "classes": _activities,
    "extrapolation": _speed,
}


def recordings(data: Path, kind: str) -> Recordings:
    """What libraries of a kind are fitted on and judge."""
    return _RECORDINGS[kind](data)


def _float(value: Any) -> float:
    return float(np.float32(value))


def _running(x: Features, _: Any) -> Model:
    return RunningGaussian(x.shape[1], 3.0, _float(1e-4))


def _mahalanobis(x: Features, _: Any) -> Model:
    return Mahalanobis(x.shape[1], 3.0, _float(1e-3))


def _growing(x: Features, _: Any) -> Model:
    return GrowingPrototypes(x.shape[1], 8, _float(0.6), 3.0)


def _gaussian(x: Features, _: Any) -> Model:
    inverse = 1.0 / (x.var(axis=0, dtype=np.float64) + 1e-6)
    mean = x.mean(axis=0, dtype=np.float64)
    return Gaussian(mean.astype(np.float32), inverse.astype(np.float32), 4.0)


def _hyperspheres(x: Features, _: Any) -> Model:
    found = KMeans(4, n_init=1, random_state=1).fit(x.astype(np.float64))
    far = np.linalg.norm(x - found.cluster_centers_[found.labels_], axis=1)
    radii = [1.2 * far[found.labels_ == c].max() + 1e-3 for c in range(4)]
    return Hyperspheres(found.cluster_centers_.astype(np.float32), np.array(radii, dtype=np.float32))


def _linear(x: Features, given: Any) -> Model:
    found = LogisticRegression(max_iter=300).fit(x.astype(np.float64), given)
    return Linear(found.coef_.astype(np.float32), found.intercept_.astype(np.float32))


def _sefr(x: Features, given: Any) -> Model:
    """One class against the rest: weights from the means of both (Keshavarz et al., SEFR, 2020)."""
    wide, weights, bias = x.astype(np.float64) - x.min(axis=0), [], []
    for c in np.unique(given):
        own, rest = wide[given == c], wide[given != c]
        weight = (own.mean(axis=0) - rest.mean(axis=0)) / (own.mean(axis=0) + rest.mean(axis=0) + 1e-9)
        high, low = (own @ weight).mean(), (rest @ weight).mean()
        between = (len(rest) * high + len(own) * low) / len(wide)
        weights.append(weight)
        bias.append(-between - x.min(axis=0) @ weight)
    return Sefr(np.array(weights, dtype=np.float32), np.array(bias, dtype=np.float32))


def _naive_bayes(x: Features, given: Any) -> Model:
    found = GaussianNB(var_smoothing=1e-6).fit(x.astype(np.float64), given)
    constant = np.log(found.class_prior_) - 0.5 * np.log(2 * np.pi * found.var_).sum(axis=1)
    return NaiveBayes(*(part.astype(np.float32) for part in (found.theta_, 1.0 / found.var_, constant)))


def _nearest_classes(x: Features, given: Any) -> Model:
    chosen = np.concatenate([np.flatnonzero(given == c)[::12] for c in np.unique(given)])
    return NearestClasses(x[chosen], given[chosen].astype(np.uint8), len(np.unique(given)), 5)


def _forest_classes(x: Features, given: Any) -> Model:
    found = RandomForestClassifier(12, max_depth=5, random_state=1).fit(x, given)
    return forest_classes.from_trees(_trees(found), x.shape[1], len(np.unique(given)))


def _ridge(x: Features, given: Any) -> Model:
    found = RidgeRegression(1.0).fit(x.astype(np.float64), given)
    return Ridge(found.coef_.astype(np.float32), _float(found.intercept_))


def _nearest_values(x: Features, given: Any) -> Model:
    return NearestValues(x[::10].copy(), given[::10].astype(np.float32), 3)


def _forest_values(x: Features, given: Any) -> Model:
    found = RandomForestRegressor(10, max_depth=6, random_state=1).fit(x, given)
    return forest_values.from_trees(_trees(found), x.shape[1])


def _trees(forest: Any) -> Sequence[Any]:
    return [estimator.tree_ for estimator in forest.estimators_]


def _spectrum(length: int, bands: int) -> tuple[Stage, ...]:
    edges = tuple(np.unique(np.linspace(1, length // 2 + 1, bands + 1).astype(int)).tolist())
    return (RemoveMean(), Hann(), RfftMagnitude(), BandMean(edges), Logarithm(_float(1e-6)))


_ALL: tuple[Stage, ...] = (Statistics(STATISTICS),)
_PEAKS: tuple[Stage, ...] = (RfftMagnitude(), BandMax((1, 4, 9, 17, 33)))
_MEL: tuple[Stage, ...] = (Hann(), RfftMagnitude(), MelBands((0, 2, 5, 9, 15, 24, 33)))
_SOME: tuple[Stage, ...] = (Difference(), Statistics(("rms", "skewness", "kurtosis", "zero_crossings", "complexity")))
_COURSE: tuple[Stage, ...] = (Norm(3, True), Biquad.band(0.05, 0.3), Segments(4), Quantiles((0.1, 0.5, 0.9)))
_OCTAVES: tuple[Stage, ...] = (Envelope(0.25), Wavelet("db2", 3))
_SHARES: tuple[Stage, ...] = (Histogram.relative(6, "sigma"),)

Fit = Callable[[Features, Any], Model]
CASES: dict[str, tuple[Branches, Callable[[Any], Stage] | None, Fit]] = {
    "anomaly-running": ((_spectrum(128, 12),), Scale.zscore, _running),
    "anomaly-mahalanobis": ((_SOME,), Scale.robust, _mahalanobis),
    "anomaly-growing": (((Difference(), Decimate(16)), _PEAKS), Scale.minmax, _growing),
    "outlier-gaussian": ((_spectrum(64, 8), _ALL), Scale.zscore, _gaussian),
    "outlier-hyperspheres": ((_ALL, _OCTAVES), Scale.robust, _hyperspheres),
    "outlier-raw": (((),), None, _gaussian),
    "classes-linear": ((_ALL, _COURSE, (Correlation(1, 2),)), Scale.zscore, _linear),
    "classes-bayes": ((_spectrum(64, 10), (Autoregression(4, True),)), None, _naive_bayes),
    "classes-nearest": (((Decimate(4),), _SOME, _MEL), Scale.minmax, _nearest_classes),
    "classes-forest": ((_PEAKS, _ALL), None, _forest_classes),
    "classes-sefr": (((Decimate(2), RfftMagnitude(), BandMax((0, 2, 5, 9, 17))),), Scale.minmax, _sefr),
    "extrapolation-ridge": (
        (_spectrum(128, 16), (Autocorrelation(8),), (Histogram.relative(6, "sigma"),)),
        Scale.zscore,
        _ridge,
    ),
    "extrapolation-nearest": (((RemoveMean(), *_PEAKS),), Scale.robust, _nearest_values),
    "extrapolation-forest": ((_SOME, _ALL), None, _forest_values),
}
