"""Similarity: 90 or more exactly up to ratio 1, and never rising with the ratio."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bitloop.kernels.similarity import similarity
from tests.parity.functions import assert_function_parity
from tests.parity.strategies import floats

EDGES = np.float32([0, -0.0, -1, 0.1, 0.9999999, 0.99999994, 1, 1.0000001, 1.0000002, 8099, 8100, np.inf, np.nan])


@given(hnp.arrays(np.float32, 64, elements=st.one_of(floats(), *(st.floats(0, top, width=32) for top in (5, 9000)))))
def test_same_values_on_every_executor(ratios: np.ndarray) -> None:
    x = np.concatenate([EDGES, ratios])
    assert_function_parity("similarity", x, similarity(x).astype(np.float32))


def test_decides_at_one_and_nowhere_else() -> None:
    one = np.float32(1.0)
    edge = [np.nextafter(one, np.float32(0)), one, np.nextafter(one, np.float32(2))]
    np.testing.assert_array_equal(similarity(edge), [90, 90, 89])


def test_falls_from_a_hundred_to_nothing() -> None:
    ratios = [0, 0.5, 0.8, 1, 1.1, 2, 4, 9, 100, 8099, 8100, 1e6]
    np.testing.assert_array_equal(similarity(ratios), [100, 97, 93, 90, 85, 63, 45, 30, 9, 1, 0, 0])


def test_what_is_no_number_is_not_similar() -> None:
    np.testing.assert_array_equal(similarity([np.nan, np.inf, -np.inf, -1, -0.0]), [0, 0, 100, 100, 100])


@given(st.lists(st.floats(0, 1e6, width=32), min_size=2))
def test_never_rises(ratios: list[float]) -> None:
    got = similarity(np.sort(np.float32(ratios)))
    assert (np.diff(got.astype(int)) <= 0).all()


@given(st.floats(0, 8, width=32))
def test_ninety_or_more_exactly_up_to_one(ratio: float) -> None:
    assert (similarity(ratio) >= 90) == (np.float32(ratio) <= 1)
