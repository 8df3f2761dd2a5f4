"""Pruned branches make the bits of the features kept, and compute less."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.autocorrelation import Autocorrelation
from bitloop.kernels.band_max import BandMax
from bitloop.kernels.band_mean import BandMean
from bitloop.kernels.base import Shape
from bitloop.kernels.dct import Dct
from bitloop.kernels.difference import Difference
from bitloop.kernels.hann import Hann
from bitloop.kernels.logarithm import Logarithm
from bitloop.kernels.minirocket import MiniRocket
from bitloop.kernels.pipeline import Preprocessing
from bitloop.kernels.quantiles import Quantiles
from bitloop.kernels.rfft import RfftMagnitude
from bitloop.kernels.statistics import Statistics
from bitloop.native import host
from bitloop.search.prune import Chain, prune
from bitloop.search.rocket import fit
from tests.parity.matrix import assert_same_bits

GIVEN = Shape(2, 32)
X = np.random.default_rng(8).normal(size=(9, 64)).astype(np.float32)
ROCKET = fit(X.reshape(9, 32, 2).transpose(0, 2, 1), 84, 1)
BRANCHES: tuple[Chain, ...] = (
    (Difference(), Statistics(("rms", "kurtosis", "mobility")), Logarithm(0.1)),
    (Hann(), RfftMagnitude(), BandMean((1, 3, 6, 9, 17)), Logarithm(0.1)),
    (ROCKET,),
    (RfftMagnitude(), BandMax((1, 5, 9, 17))),
    (),
    (Autocorrelation(6),),
    (Quantiles((0.0, 0.1, 0.5, 0.9)),),
    (Dct(5), Logarithm(0.1)),
)
TOTAL = Preprocessing(2, 32, BRANCHES).gathered


@given(st.lists(st.integers(0, TOTAL - 1), min_size=1, max_size=12))
def test_kept_features_have_the_same_bits(kept: list[int]) -> None:
    branches, pick = prune(GIVEN, BRANCHES, kept)
    fewer = Preprocessing(2, 32, branches)
    assert fewer.gathered <= TOTAL
    for executor in (None, host()):
        full, got = Preprocessing(2, 32, BRANCHES)(X, executor), fewer(X, executor)
        assert_same_bits(full[:, kept], got if pick is None else got[:, pick], "kept features")


def test_what_nobody_uses_is_not_computed() -> None:
    branches, pick = prune(GIVEN, BRANCHES, [1, 4, 7, 13, 14 + 7, 14 + 50])
    assert pick is not None
    statistics, bands, rocket = branches[0][1], branches[1][2], branches[2][0]
    assert statistics == Statistics(("kurtosis",))
    assert bands == BandMean((3, 6, 9, 17)), "only bands at the ends can go"
    assert isinstance(rocket, MiniRocket) and rocket.features == 2
    assert len(branches) == 3, "a branch without a feature that is kept is gone"


def test_trailing_lags_and_coefficients_and_unused_quantiles_go() -> None:
    branches, pick = prune(GIVEN, BRANCHES[5:], [2, 6 + 1, 12 + 1, 12 + 7, 20 + 3])
    assert pick is not None
    assert branches == ((Autocorrelation(3),), (Quantiles((0.1, 0.9)),), (Dct(4), Logarithm(0.1)))


def test_exactly_what_is_made_needs_no_picking() -> None:
    branches, pick = prune(GIVEN, (BRANCHES[2],), [3, 70, 81])
    assert pick is None and Preprocessing(2, 32, branches).gathered == 3
    assert prune(GIVEN, (BRANCHES[2],), [70, 3])[1] is not None


def test_keeping_everything_changes_nothing() -> None:
    branches, pick = prune(GIVEN, BRANCHES[:2], range(14))
    assert pick is None and branches == BRANCHES[:2]


def test_refuses_features_that_are_not_there() -> None:
    for kept in ([], [-1], [TOTAL]):
        with pytest.raises(LibraryError, match="some of the"):
            prune(GIVEN, BRANCHES, kept)
