"""MiniRocket: same bits on every executor, the paper's transform, and no more computed than is used."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Signals
from bitloop.kernels.minirocket import QUANTUM, STEPS, TAPS, VALID, MiniRocket, packed
from bitloop.native import host
from tests.parity.matrix import assert_same_bits, assert_stage_parity
from tests.parity.strategies import signals

LENGTH = 30
NAMES = [f.name for f in fields(MiniRocket)]


def stage(seed: int, axes: int, length: int = LENGTH, features: int = 12, scale: float = 1.0) -> MiniRocket:
    """One of random tables, its biases where random signals of that scale are."""
    rng = np.random.default_rng(seed)
    blocks = int(rng.integers(1, 5))
    counts = np.full(blocks, features // blocks)
    counts[0] += features - counts.sum()
    steps = rng.integers(0, 2, blocks) * STEPS
    kernels = packed(TAPS)[rng.integers(0, 84, features)] | rng.integers(0, 2, features) * VALID
    return MiniRocket(
        rng.normal(size=axes).astype(np.float32) * np.float32(scale),
        np.full(axes, 3000.0 / scale, dtype=np.float32),
        rng.integers(1, 1 << axes, blocks).astype(np.uint32),
        (rng.integers(1, (length - 2) // 8 + 1, blocks) | steps).astype(np.uint16),
        counts.astype(np.uint16),
        kernels.astype(np.uint16),
        rng.integers(-40000, 40000, features).astype(np.int32),
    )


@given(st.integers(1, 3), st.integers(0, 1 << 20), st.data())
def test_same_bits_on_every_executor(axes: int, seed: int, data: Any) -> None:
    x = data.draw(signals(axes=axes, length=LENGTH))
    x[0, 0, :3] = np.nan, np.inf, -np.inf
    assert_stage_parity(stage(seed, axes), x)


@pytest.mark.parametrize("length", [10, 18, 96, 257])
def test_same_bits_of_plain_noise_at_every_length(length: int) -> None:
    x = np.random.default_rng(length).normal(size=(6, 4, length)).astype(np.float32)
    made = stage(length, 4, length, features=90)
    assert_stage_parity(made, x)
    shares = made.reference(x)
    assert len(np.unique(shares)) > 5, "features that are all alike test nothing"


def test_nothing_overflows_with_every_axis_at_the_limit() -> None:
    x = np.sign(np.random.default_rng(1).normal(size=(3, 32, 20))).astype(np.float32) * np.float32(1e30)
    made = MiniRocket(
        np.zeros(32, dtype=np.float32),
        np.ones(32, dtype=np.float32),
        np.array([0xFFFFFFFF, 0xFFFFFFFF], dtype=np.uint32),
        np.array([2, STEPS | 1], dtype=np.uint16),
        np.array([84, 84], dtype=np.uint16),
        np.tile(packed(TAPS), 2),
        np.zeros(168, dtype=np.int32),
    )
    assert_stage_parity(made, x)
    extreme = np.tile(np.float32([1e30, -1e30]), (1, 32, 10))
    assert_stage_parity(made, extreme)


def direct(made: MiniRocket, x: Signals) -> np.ndarray:
    """The definition, with weights of -1 and 2 in double precision, sample by sample."""
    wide = np.rint(np.clip((x.astype(np.float64) - made.offset[:, None]) * made.gain[:, None], -QUANTUM, QUANTUM))
    blocks = np.repeat(np.arange(len(made.masks)), made.counts)
    out = np.zeros((len(x), made.features))
    for f, b in enumerate(blocks):
        m = sum(wide[:, a] for a in range(x.shape[1]) if int(made.masks[b]) >> a & 1)
        dilation = int(made.dilations[b])
        if dilation & STEPS:
            m = np.diff(m, axis=1)
        d = dilation & ~STEPS
        weights = np.full(9, -1.0)
        for shift in (0, 4, 8):
            weights[int(made.kernels[f]) >> shift & 15] = 2.0
        n = m.shape[1]
        values = np.zeros((len(x), n))
        for t in range(n):
            for j in range(9):
                if 0 <= t + (j - 4) * d < n:
                    values[:, t] += weights[j] * m[:, t + (j - 4) * d]
        if int(made.kernels[f]) & VALID:
            values = values[:, 4 * d : n - 4 * d]
        out[:, f] = (values > made.biases[f]).mean(axis=1)
    return out


@pytest.mark.parametrize("seed", range(6))
def test_is_the_transform_of_the_paper(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(5, 3, LENGTH)).astype(np.float32)
    made = stage(seed, 3)
    np.testing.assert_allclose(made.reference(x)[:, 0], direct(made, x), atol=1e-6)


@given(st.integers(0, 1 << 20), st.lists(st.integers(0, 11), min_size=1, max_size=6))
def test_a_restricted_one_makes_the_same_bits_of_fewer_features(seed: int, indices: list[int]) -> None:
    x = np.random.default_rng(seed).normal(size=(4, 3, LENGTH)).astype(np.float32)
    made = stage(seed, 3)
    fewer, places = made.restricted(Shape(3, LENGTH), indices)
    assert isinstance(fewer, MiniRocket) and fewer.features == len(set(indices))
    assert fewer.effort(Shape(3, LENGTH)) <= made.effort(Shape(3, LENGTH))
    for run in (lambda s: s.reference(x), lambda s: s.run(x, host())):
        assert_same_bits(run(made)[:, 0, indices], run(fewer)[:, 0, list(places)], "restricted")


def test_refuses_tables_that_would_lead_the_c_astray() -> None:
    good = stage(3, 2)
    tables = {name: getattr(good, name) for name in NAMES}
    bad: list[tuple[str, Any, str]] = [
        ("masks", good.masks * 0, "at least one of the axes"),
        ("masks", good.masks | np.uint32(4), "at least one of the axes"),
        ("dilations", good.dilations & np.uint16(STEPS), "dilation of minirocket has to be 1"),
        ("counts", good.counts + np.uint16(1), "at least one each, and all"),
        ("counts", good.counts[:-1], "counts has to be of shape|at least one each|not empty"),
        ("kernels", good.kernels | np.uint16(0x2000), "three different taps"),
        ("kernels", good.kernels * np.uint16(0), "three different taps"),
        ("biases", good.biases[:-1], "biases has to be of shape"),
        ("biases", np.full_like(good.biases, 1 << 30), "within 67108864"),
        ("gain", good.gain[:1], "gain has to be of shape"),
        ("offset", good.offset * np.float32(np.nan), "numbers from"),
        ("masks", good.masks.astype(np.int64), "array of uint32"),
    ]
    for name, value, message in bad:
        with pytest.raises(LibraryError, match=message):
            MiniRocket(**{**tables, name: value})
    with pytest.raises(LibraryError, match="fitted on 2 axes and gets 3"):
        good.shape(Shape(3, LENGTH))
    with pytest.raises(LibraryError, match="more than the 8 there are"):
        good.shape(Shape(2, 8))
