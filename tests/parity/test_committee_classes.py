"""Committees for classes: the mean of what the members say, in the same bits everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.committee import Member
from bitloop.kernels.committee_classes import CommitteeClasses
from bitloop.kernels.linear import Linear
from bitloop.kernels.pick import Pick
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.scale import Scale
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import cloud, rows, tables

D = 5
X = cloud(1, 60, D)
SCALE = Scale.zscore(X[:, :, None])


def linear(features: int, seed: int) -> Linear:
    rng = np.random.default_rng(seed)
    return Linear(rng.normal(size=(3, features)).astype(np.float32), rng.normal(size=3).astype(np.float32))


def committee(*members: Member) -> CommitteeClasses:
    return CommitteeClasses(D, members)


@given(rows(D), tables((3, 2)))
def test_same_bits_on_every_executor(x: Features, weights: Any) -> None:
    pick = Member(0, D, (SCALE, Pick(np.uint16([4, 0]))), Linear(weights, np.zeros(3, np.float32)))
    model = committee(pick, Member(1, 3, (), linear(3, 1)), Member(0, D, (SCALE,), linear(D, 2)))
    assert_static_parity(model, x)
    np.testing.assert_allclose(model.reference(x).sum(axis=1), 1.0, atol=1e-5)


def test_says_the_mean_of_its_members() -> None:
    one, other = linear(D, 1), linear(3, 2)
    model = committee(Member(0, D, (SCALE,), one), Member(2, 3, (), other))
    scaled = SCALE.reference(X[:, :, None])[:, :, 0]
    wanted = (one.reference(scaled) + other.reference(np.ascontiguousarray(X[:, 2:]))) / 2
    np.testing.assert_allclose(model.reference(X), wanted, atol=1e-6)


def test_a_member_whose_features_overflow_says_nothing() -> None:
    huge = Scale(np.zeros(D, np.float32), np.full(D, 1e-12, np.float32))
    able = linear(D, 1)
    far = np.full((1, D), 1e10, dtype=np.float32)
    model = committee(Member(0, D, (huge,), linear(D, 2)), Member(0, D, (), able))
    np.testing.assert_array_equal(model.reference(far), able.reference(far))
    silent = committee(Member(0, D, (huge,), linear(D, 2)))
    np.testing.assert_array_equal(silent.reference(far), np.full((1, 3), np.float32(1) / np.float32(3)))
    assert_static_parity(model, far)
    assert_static_parity(silent, far)


@pytest.mark.parametrize(
    "make",
    [
        lambda: committee(Member(3, 3, (), linear(3, 1))),
        lambda: committee(Member(0, D, (), linear(3, 1))),
        lambda: committee(Member(0, D, (), Ridge(np.zeros(D, np.float32), 0.0))),
        lambda: committee(Member(0, D, (), committee(Member(0, D, (), linear(D, 1))))),
        lambda: committee(*[Member(0, D, (), linear(D, 1))] * 5),
        lambda: committee(),
    ],
    ids=["beyond the features", "other features", "values", "committee", "too many", "nobody"],
)
def test_refuses_members_that_cannot_answer_together(make: Any) -> None:
    with pytest.raises(LibraryError, match="member"):
        make()
