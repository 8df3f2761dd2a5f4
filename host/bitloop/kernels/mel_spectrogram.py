"""Spectra of overlapping frames, pooled to triangular bands: what audio and long vibration signals begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bitloop.errors import LibraryError
from bitloop.kernels.base import WORK, Constant, Shape, Signals, Stage
from bitloop.kernels.circle import half_hann, quarter_wave
from bitloop.kernels.hann import Hann
from bitloop.kernels.mel_bands import Edges, check_edges, pool, tables
from bitloop.kernels.rfft import RfftMagnitude


@dataclass(frozen=True, slots=True)
class MelSpectrogram(Stage):
    """Bands of each frame of `size` samples, a frame every `hop`: (axes, length) to (axes * frames, bands).

    Frames are windowed (Hann) and transformed; `edges` pool size / 2 + 1 magnitudes as in `mel_bands`. Frames of
    one axis stand one after the other. Samples after the last whole frame are left out.
    """

    kernel: ClassVar[str] = "mel_spectrogram"

    size: int
    hop: int
    edges: Edges

    def __post_init__(self) -> None:
        if not 16 <= self.size <= 4096 or self.size & (self.size - 1):
            raise LibraryError(f"a frame has 16 to 4096 samples, a power of two, not {self.size}")
        check_edges(self.edges)
        if self.edges[-1] > self.size // 2 + 1:
            raise LibraryError(f"the last band ends at bin {self.edges[-1]} of a spectrum of {self.size // 2 + 1}")
        if not self.bands <= self.hop <= self.size:
            raise LibraryError(
                f"frames begin every {self.bands} (as many as bands) to {self.size} samples, not every {self.hop}"
            )

    @property
    def bands(self) -> int:
        return len(self.edges) - 2

    def frames(self, length: int) -> int:
        """Whole frames in so many samples."""
        return max(0, (length - self.size) // self.hop + 1)

    def shape(self, given: Shape) -> Shape:
        if given.length < self.size:
            raise LibraryError(f"a frame of {self.size} samples does not fit into {given.length}")
        return Shape(given.axes * self.frames(given.length), self.bands)

    def workspace(self, given: Shape) -> int:
        return self.size

    def effort(self, given: Shape) -> float:
        """Per frame: the passes of the transform, what is done once per sample and per band, and the calls."""
        passes = self.size.bit_length() - 1
        return float(given.axes * self.frames(given.length) * (self.size * (passes + 4) + 8 * self.bands + 40))

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.size, self.hop, self.bands)

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        return (
            Constant("cosine", quarter_wave(self.size), fitted=False),
            Constant("window", half_hann(self.size), fitted=False),
            *tables(self.edges),
        )

    def reference(self, x: Signals) -> Signals:
        starts = self.hop * np.arange(self.frames(x.shape[2]))
        framed = x[:, :, starts[:, None] + np.arange(self.size)].reshape(len(x), -1, self.size)
        return pool(RfftMagnitude().reference(Hann().reference(framed)), self.edges)

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        tables = ", ".join(names[table] for table in ("cosine", "window", "edges", "rise"))
        of = f"(bl_frames){{{self.size}, {self.hop}, {self.bands}, {tables}}}"
        return f"bl_mel_spectrogram({given.axes}, {given.length}, {of}, {names[WORK]}, x);"
