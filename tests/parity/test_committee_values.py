"""Committees for extrapolation: the mean of the members' values, in the same bits everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given

from bitloop.kernels.base import Features
from bitloop.kernels.committee import Member
from bitloop.kernels.committee_values import CommitteeValues
from bitloop.kernels.nearest_values import NearestValues
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.scale import Scale
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables

D = 4
X = cloud(2, 50, D)
NEAREST = NearestValues(X[::5].copy(), X[::5, 0].copy(), 2)


@given(rows(D), tables((D,)))
def test_same_bits_on_every_executor(x: Features, weights: Any) -> None:
    scaled = Member(0, D, (Scale.robust(X[:, :, None]),), Ridge(weights, 0.5))
    model = CommitteeValues(D, (scaled, Member(0, D, (), NEAREST), Member(1, 1, (), Ridge(weights[:1].copy(), -1.0))))
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


def test_says_the_mean_of_its_members() -> None:
    ridge = Ridge(X[0].copy(), 0.5)
    model = CommitteeValues(D, (Member(0, D, (), ridge), Member(0, D, (), NEAREST)))
    np.testing.assert_allclose(model.reference(X), (ridge.reference(X) + NEAREST.reference(X)) / 2, atol=1e-4)


def test_values_at_the_edge_of_what_is_allowed_do_not_overflow_together() -> None:
    steep = Ridge(np.full(D, 1e20, dtype=np.float32), 1e20)
    model = CommitteeValues(D, tuple(Member(0, D, (), steep) for _ in range(4)))
    far = np.full((1, D), 1e15, dtype=np.float32)
    assert np.isfinite(model.reference(far)).all()
    assert_static_parity(model, far)


def test_is_silent_where_every_member_is() -> None:
    huge = Scale(np.zeros(D, np.float32), np.full(D, 1e-12, np.float32))
    model = CommitteeValues(D, (Member(0, D, (huge,), Ridge(X[0].copy(), 0.5)),))
    far = np.full((1, D), 1e10, dtype=np.float32)
    np.testing.assert_array_equal(model.reference(far), np.zeros((1, 1), np.float32))
    assert_static_parity(model, far)
