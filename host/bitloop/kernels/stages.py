"""The preprocessing kernels there are, by the name a library file gives them."""

from __future__ import annotations

from bitloop.kernels.active_segments import ActiveSegments
from bitloop.kernels.autocorrelation import Autocorrelation
from bitloop.kernels.autoregression import Autoregression
from bitloop.kernels.band_max import BandMax
from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Stage
from bitloop.kernels.biquad import Biquad
from bitloop.kernels.correlation import Correlation
from bitloop.kernels.dct import Dct
from bitloop.kernels.decimate import Decimate
from bitloop.kernels.difference import Difference
from bitloop.kernels.envelope import Envelope
from bitloop.kernels.hann import Hann
from bitloop.kernels.histogram import Histogram
from bitloop.kernels.logarithm import Logarithm
from bitloop.kernels.mel_bands import MelBands
from bitloop.kernels.mel_spectrogram import MelSpectrogram
from bitloop.kernels.minirocket import MiniRocket
from bitloop.kernels.norm import Norm
from bitloop.kernels.pick import Pick
from bitloop.kernels.power import Power
from bitloop.kernels.projection import Projection
from bitloop.kernels.quadratic import Quadratic
from bitloop.kernels.quantiles import Quantiles
from bitloop.kernels.relative_logarithm import RelativeLogarithm
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.kernels.scale import Scale
from bitloop.kernels.segments import Segments
from bitloop.kernels.statistics import Statistics
from bitloop.kernels.wavelet import Wavelet

STAGES: tuple[type[Stage], ...] = (
    ActiveSegments,
    Autocorrelation,
    Autoregression,
    BandMax,
    BandMean,
    Biquad,
    Correlation,
    Dct,
    Decimate,
    Difference,
    Envelope,
    Hann,
    Histogram,
    Logarithm,
    MelBands,
    MelSpectrogram,
    MiniRocket,
    Norm,
    Pick,
    Power,
    Projection,
    Quadratic,
    Quantiles,
    RelativeLogarithm,
    RemoveMean,
    RfftMagnitude,
    Scale,
    Segments,
    Statistics,
    Wavelet,
)

PARTS = ("all_finite", "all_within", "deinterleave", "expf", "logf", "operation", "quantise", "similarity")
"""Functions that kernels and libraries are built of; firmware/host exports them as if they were stages, for tests."""
