"""MiniRocket: how often random convolutions of a signal are above thresholds, exact in integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import WORK, Constant, Shape, Signals, Stage
from bitloop.kernels.record import F32, I32, U16, U32

TAPS = np.array(list(combinations(range(9), 3)), dtype=np.int64)
"""(84, 3): the places of the three taps of weight 2 among nine; the other six weigh -1."""
AXES = 32
VALID, STEPS = 0x1000, 0x8000
QUANTUM = 32767
BIAS = 1 << 26
"""No sum of a kernel reaches it: 2 * 32 axes * 32767 * (9 + 9)."""
Integers = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class MiniRocket(Stage):
    """Share of positions at which a kernel's output is above a bias: (axes, length) to (1, features).

    Samples become integers: (x - offset) * gain per axis, rounded, within +-32767. A block is a channel and a
    dilation: the sum of the axes whose bits are set in `masks`, or its steps from sample to sample where `dilations`
    has STEPS set; `counts` is its number of features. Each of them has a `kernels` entry, the places of its three
    taps in four bits each and VALID where positions that reach beyond the ends do not count, and a bias.
    After Dempster, Schmidt and Webb: MiniRocket, 2021.
    """

    kernel: ClassVar[str] = "minirocket"

    offset: F32
    gain: F32
    masks: U32
    dilations: U16
    counts: U16
    kernels: U16
    biases: I32

    def __post_init__(self) -> None:
        name = self.kernel
        checks.floats(self.offset, 1, f"{name}.offset", -checks.WEIGHT, checks.WEIGHT)
        checks.floats(self.gain, 1, f"{name}.gain", 0.0, checks.WEIGHT)
        checks.alike(self.gain.shape, self.offset.shape, f"{name}.gain")
        checks.whole(len(self.offset), 1, AXES, f"the number of axes of {name}")
        checks.table(self.masks, np.uint32, 1, f"{name}.masks")
        for field in ("dilations", "counts", "kernels"):
            checks.table(getattr(self, field), np.uint16, 1, f"{name}.{field}")
        checks.table(self.biases, np.int32, 1, f"{name}.biases")
        for table in (self.dilations, self.counts):
            checks.alike(table.shape, self.masks.shape, f"{name}.dilations and counts")
        checks.alike(self.biases.shape, self.kernels.shape, f"{name}.biases")
        self._check_values()

    def _check_values(self) -> None:
        allowed = np.concatenate([packed(TAPS), packed(TAPS) | VALID])
        if np.any(self.masks == 0) or np.any(self.masks.astype(np.int64) >> len(self.offset)):
            raise LibraryError("a channel of minirocket needs at least one of the axes there are, and no other")
        if np.any((self.dilations & ~np.uint16(STEPS)) == 0):
            raise LibraryError("a dilation of minirocket has to be 1 or more")
        if np.any(self.counts == 0) or int(self.counts.sum(dtype=np.int64)) != len(self.kernels):
            raise LibraryError("the features of minirocket's blocks have to be at least one each, and all")
        if not np.isin(self.kernels, allowed).all():
            raise LibraryError("a kernel of minirocket has three different taps among nine, in rising order")
        if np.any(np.abs(self.biases.astype(np.int64)) > BIAS):
            raise LibraryError(f"a bias of minirocket has to be within {BIAS} in size")

    @property
    def features(self) -> int:
        """How many there are."""
        return len(self.kernels)

    def shape(self, given: Shape) -> Shape:
        if given.axes != len(self.offset):
            raise LibraryError(f"minirocket was fitted on {len(self.offset)} axes and gets {given.axes}")
        reach = 8 * spacing(self.dilations) + ((self.dilations & STEPS) != 0)
        if int(reach.max()) >= given.length:
            raise LibraryError(
                f"a kernel spans {int(reach.max()) + 1} samples, more than the {given.length} there are"
            )
        return Shape(1, self.features)

    def workspace(self, given: Shape) -> int:
        return self.features + 3 * given.length

    def effort(self, given: Shape) -> float:
        """Per sample: two steps to quantise, one per axis of a channel, three for nine taps, two per feature."""
        axes = sum(int(mask).bit_count() for mask in self.masks)
        return float(2 * given.size + (axes + 3 * len(self.masks) + 2 * self.features) * given.length)

    def params(self, given: Shape) -> tuple[int, ...]:
        return (self.features, len(self.masks))

    def constants(self, given: Shape) -> tuple[Constant, ...]:
        names = ("offset", "gain", "masks", "dilations", "counts", "kernels", "biases")
        return tuple(Constant(name, getattr(self, name), fitted=True) for name in names)

    def reference(self, x: Signals) -> Signals:
        """Sums are exact, so that their order does not matter here."""
        q = quantised(x, self.offset, self.gain)
        found = []
        for b, kernels in enumerate(np.split(np.arange(self.features), np.cumsum(self.counts)[:-1])):
            m = channel(q, int(self.masks[b]), bool(self.dilations[b] & STEPS))
            for f in kernels:
                c = convolved(m, int(spacing(self.dilations[b])), int(self.kernels[f]))
                above = np.count_nonzero(c > self.biases[f], axis=1)
                found.append(above.astype(np.float32) / np.float32(c.shape[1]))
        return np.stack(found, axis=1)[:, None, :]

    def emit(self, given: Shape, names: Mapping[str, str]) -> str:
        tables = ", ".join(names[constant.name] for constant in self.constants(given))
        sizes = f"{given.axes}, {given.length}, {self.features}, {len(self.masks)}"
        return f"bl_minirocket({sizes}, {tables}, x, {names[WORK]});"

    def restricted(self, given: Shape, indices: Sequence[int]) -> tuple[Stage, tuple[int, ...]]:
        """Only the features used; blocks without any are gone."""
        kept = sorted(set(indices))
        block = np.repeat(np.arange(len(self.masks)), self.counts)[kept]
        used, counts = np.unique(block, return_counts=True)
        stage = MiniRocket(
            self.offset,
            self.gain,
            self.masks[used],
            self.dilations[used],
            counts.astype(np.uint16),
            self.kernels[kept],
            self.biases[kept],
        )
        return stage, tuple(kept.index(i) for i in indices)


def packed(taps: NDArray[np.int64]) -> NDArray[np.uint16]:
    """(n, 3) places of taps as the C wants them."""
    return (taps[:, 0] | taps[:, 1] << 4 | taps[:, 2] << 8).astype(np.uint16)


def spacing(dilations: NDArray[np.uint16] | np.uint16) -> NDArray[np.int64]:
    """Samples between neighbouring taps."""
    return np.asarray(dilations).astype(np.int64) & ~STEPS


def quantised(x: Signals, offset: F32, gain: F32) -> Integers:
    """(signals, axes, length) as integers within +-QUANTUM."""
    most = np.float32(QUANTUM)
    v = (x - offset[:, None]) * gain[:, None]
    within = np.where(v >= most, most, np.where(v > -most, v, -most))
    found: Integers = (within + (most + np.float32(0.5))).astype(np.int32) - np.int32(QUANTUM)
    return found


def channel(q: Integers, mask: int, steps: bool) -> Integers:
    """(signals, length): the sum of the axes of the mask, or its steps, which are one fewer."""
    chosen = [a for a in range(q.shape[1]) if mask >> a & 1]
    m: Integers = q[:, chosen].sum(axis=1, dtype=np.int32)
    return m[:, 1:] - m[:, :-1] if steps else m


def convolved(m: Integers, dilation: int, kernel: int) -> Integers:
    """(signals, positions): a kernel's outputs at every position that counts."""
    n, pad = m.shape[1], 4 * dilation
    wide = np.pad(m, [(0, 0), (pad, pad)])
    taps = [wide[:, j * dilation : j * dilation + n] for j in range(9)]
    three = sum((taps[kernel >> shift & 15] for shift in (0, 4, 8)), np.int32(0))
    c: Integers = (np.int32(3) * three - sum(taps, np.int32(0))).astype(np.int32)
    return c[:, pad : n - pad] if kernel & VALID else c
