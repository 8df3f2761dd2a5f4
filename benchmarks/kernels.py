"""Throughput of the preprocessing kernels on this machine: the host C against its NumPy reference, one core each.

    python benchmarks/kernels.py

Both work on the same signals in turn; the figures are medians over the rounds. The C's include the copies into and
out of its buffers, as the search pays for them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.table import Table

from bitloop import native
from bitloop.kernels.active_segments import ActiveSegments
from bitloop.kernels.autocorrelation import Autocorrelation
from bitloop.kernels.autoregression import Autoregression
from bitloop.kernels.band_max import BandMax
from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Signals, Stage
from bitloop.kernels.biquad import Biquad
from bitloop.kernels.correlation import Correlation
from bitloop.kernels.dct import Dct
from bitloop.kernels.decimate import Decimate
from bitloop.kernels.difference import Difference
from bitloop.kernels.envelope import Envelope
from bitloop.kernels.hann import Hann
from bitloop.kernels.histogram import Histogram
from bitloop.kernels.logarithm import Logarithm
from bitloop.kernels.mel_bands import MelBands, mel_edges
from bitloop.kernels.mel_spectrogram import MelSpectrogram
from bitloop.kernels.norm import Norm
from bitloop.kernels.power import Power
from bitloop.kernels.quantiles import Quantiles
from bitloop.kernels.relative_logarithm import RelativeLogarithm
from bitloop.kernels.remove_mean import RemoveMean
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.kernels.scale import Scale
from bitloop.kernels.segments import Segments
from bitloop.kernels.stages import STAGES
from bitloop.kernels.statistics import NAMES, Statistics
from bitloop.kernels.wavelet import Wavelet

EDGES = (0, 4, 8, 16, 32, 64, 128)


def stages(x: Signals) -> list[Stage]:
    found: list[Stage] = [
        RemoveMean(),
        Scale.zscore(x),
        Hann(),
        RfftMagnitude(),
        BandMean(EDGES),
        BandMax(EDGES),
        Logarithm(1e-6),
        Difference(),
        RelativeLogarithm(1e-6),
        Power(),
        Dct(13),
        MelBands(EDGES),
        MelSpectrogram(64, 32, mel_edges(33, 16, 0.3)),
        ActiveSegments(x.shape[1], x.shape[1], 0.3, 0.5, False),
        Decimate(4),
        Segments(4),
        Segments(5),
        Norm(3, True),
        Biquad.band(0.05, 0.2),
        Envelope(0.1),
        Wavelet("haar", 4),
        Wavelet("db2", 4),
        Quantiles((0.05, 0.25, 0.5, 0.75, 0.95)),
        Histogram.relative(12, "sigma"),
        Correlation(2, 4),
        Autocorrelation(16),
        Autoregression(8, True),
        Statistics(("rms", "peak_to_peak", "kurtosis")),
        Statistics(NAMES),
    ]
    assert {type(stage) for stage in found} == set(STAGES)
    return found


def seconds(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signals", type=int, default=500)
    parser.add_argument("--axes", type=int, default=3)
    parser.add_argument("--length", type=int, default=256, help="samples per axis, a power of two")
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    x = np.random.default_rng(1).normal(size=(given.signals, given.axes, given.length)).astype(np.float32)
    c = native.host()
    title = f"signals per second, {given.axes} axes x {given.length} samples, median of {given.rounds} rounds"
    table = Table("kernel", "host C", "NumPy reference", "ratio", title=title)
    for stage in stages(x):
        pairs = []
        for _ in range(given.rounds + 1):  # the first one warms up
            pairs.append((seconds(lambda s=stage: s.run(x, c)), seconds(lambda s=stage: s.reference(x))))  # type: ignore[misc]
        native_time, numpy_time = (median(times) for times in zip(*pairs[1:], strict=True))
        ratio = median(slow / fast for fast, slow in pairs[1:])
        name = f"{stage.kernel} (all {len(NAMES)})" if stage == Statistics(NAMES) else stage.kernel
        rates = (f"{given.signals / native_time:,.0f}", f"{given.signals / numpy_time:,.0f}")
        table.add_row(name, *rates, f"{ratio:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
