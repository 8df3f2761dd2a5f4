"""Libraries of every kind, by name, with constants as a fit would leave them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.active_segments import ActiveSegments
from bitloop.kernels.autocorrelation import Autocorrelation
from bitloop.kernels.autoregression import Autoregression
from bitloop.kernels.band_max import BandMax
from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Model, Stage
from bitloop.kernels.biquad import Biquad
from bitloop.kernels.correlation import Correlation
from bitloop.kernels.dct import Dct
from bitloop.kernels.decimate import Decimate
from bitloop.kernels.difference import Difference
from bitloop.kernels.envelope import Envelope
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.hann import Hann
from bitloop.kernels.histogram import Histogram
from bitloop.kernels.linear import Linear
from bitloop.kernels.logarithm import Logarithm
from bitloop.kernels.mel_bands import MelBands
from bitloop.kernels.mel_spectrogram import MelSpectrogram
from bitloop.kernels.norm import Norm
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.power import Power
from bitloop.kernels.quantiles import Quantiles
from bitloop.kernels.relative_logarithm import RelativeLogarithm
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.scale import Scale
from bitloop.kernels.segments import Segments
from bitloop.kernels.statistics import Statistics
from bitloop.kernels.wavelet import Wavelet
from bitloop.library import Library

AXES, LENGTH, LEARNING = 3, 32, 10
CLASSES = ('off "idle"', "high * speed", "défaut??/")
KINDS = ("anomaly", "outlier", "classes", "extrapolation")

_SPECTRUM: tuple[Stage, ...] = (RemoveMean(), Hann(), RfftMagnitude(), BandMean((1, 3, 6, 17)), Logarithm(1e-6))
_STATISTICS: tuple[Stage, ...] = (Statistics(("rms", "peak_to_peak", "kurtosis")),)
_MFCC: tuple[Stage, ...] = (
    MelSpectrogram(16, 8, (0, 2, 4, 6, 9)),
    RelativeLogarithm(0.003),
    ActiveSegments(3, 2, 0.3, 0.5, True),
    Dct(2),
)
_CEPSTRUM: tuple[Stage, ...] = (Hann(), RfftMagnitude(), Power(), MelBands((0, 2, 5, 9, 17)), Logarithm(1e-6), Dct(2))
_COURSE: tuple[Stage, ...] = (Norm(3, True), Biquad.band(0.05, 0.3), Segments(3), Quantiles((0.1, 0.5, 1.0)))
_LIMITS = Histogram(4, "fixed", np.array([[-1.0] * 3, [2.0] * 3], dtype=np.float32))
_SHAPES: dict[str, tuple[tuple[Stage, ...], ...]] = {
    "spectrum": (_SPECTRUM,),
    "both": (_SPECTRUM, _STATISTICS),
    "cepstra": (_MFCC, _CEPSTRUM),
    "course": (_COURSE, (Correlation(1, 2),), (Autoregression(4, False),), (_LIMITS,)),
    "octaves": ((Envelope(0.25), Wavelet("db2", 3)), (Histogram.relative(4, "sigma"),), (Autocorrelation(5),)),
    "raw": ((Difference(), Decimate(4)), (), (RfftMagnitude(), BandMax((0, 8, 17)))),
}
NAMES = tuple(f"{kind}-{shape}" for kind in KINDS for shape in _SHAPES)


def signals(count: int, seed: int, axes: int = AXES, length: int = LENGTH) -> NDArray[np.float32]:
    """(count, length * axes): a slow rotation with harmonics and noise, a little different each time."""
    random = np.random.default_rng(seed)
    t = np.arange(length)[None, :, None]
    phase = random.uniform(0, 6.3, (count, 1, axes))
    amplitude = random.normal(1.0, 0.1, (count, 1, axes))
    wave = amplitude * np.sin(0.4 * t + phase) + 0.3 * np.sin(1.1 * t - phase)
    noise = random.normal(0.0, 0.05, (count, length, axes))
    return (wave + noise + 0.2).reshape(count, length * axes).astype(np.float32)


def edges(axes: int = AXES, length: int = LENGTH) -> NDArray[np.float32]:
    """What an API has to survive: zeros of both signs, subnormals, constants, huge values, NaN, infinity."""
    size = axes * length
    flat = [0.0, -0.0, 1e-45, -1.1754942e-38, 1.0, 1e15, -1e16, 3.4028235e38, np.nan, np.inf, -np.inf]
    rows = [np.full(size, value) for value in flat]
    spike = signals(3, 77, axes, length).astype(np.float64)
    spike[0, size // 2], spike[1, -1], spike[2, 0] = np.nan, -np.inf, 3e38
    noise = np.random.default_rng(5).normal(size=(6, size)) * 10.0 ** np.array([[-30], [-10], [2], [6], [12], [20]])
    return np.concatenate([np.array(rows), spike, noise]).astype(np.float32)


@cache
def library(name: str, pretrained: bool = True) -> Library:
    """The example `<kind>-<pipeline>`; anomaly ones come with a pretrained state unless told otherwise."""
    kind, shape = name.split("-")
    bare = Preprocessing(AXES, LENGTH, _SHAPES[shape])
    head = Scale.zscore(bare(signals(40, 1))[:, :, None])
    preprocessing = Preprocessing(AXES, LENGTH, _SHAPES[shape], (head,))
    model = _MODELS[kind](preprocessing.features)
    if kind != "anomaly":
        return Library(Pipeline(preprocessing, model), CLASSES if kind == "classes" else ())
    assert isinstance(model, RunningGaussian)
    state = model.reference_learn(preprocessing(signals(20, 2)), model.empty()) if pretrained else None
    return Library(Pipeline(preprocessing, model), learning=LEARNING, pretrained=state)


def _noise(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def _linear(features: int) -> Model:
    return Linear(_noise(len(CLASSES), features), _noise(len(CLASSES)))


def _gaussian(features: int) -> Model:
    return Gaussian(_noise(features) * np.float32(0.1), np.abs(_noise(features)) + np.float32(0.1), 1.25)


def _ridge(features: int) -> Model:
    return Ridge(_noise(features), float(np.float32(0.3)))


def _running(features: int) -> Model:
    return RunningGaussian(features, 3.0, float(np.float32(1e-6)))


_MODELS: dict[str, Callable[[int], Model]] = {
    "anomaly": _running,
    "outlier": _gaussian,
    "classes": _linear,
    "extrapolation": _ridge,
}
