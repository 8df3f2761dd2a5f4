"""Hyperspheres: same bits on every executor, and inside is inside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.hyperspheres import Hyperspheres
from tests.parity.matrix import assert_static_parity
from tests.parity.rows import rows, tables


@given(rows(4), tables((3, 4), 1e15), tables((3,), positive=True))
def test_same_bits_on_every_executor(x: Features, centres: Any, radii: Any) -> None:
    model = Hyperspheres(centres, np.maximum(radii, np.float32(1e-12)))
    assert_static_parity(model, x)
    assert np.isfinite(model.reference(x)).all()


def test_is_the_distance_from_the_best_sphere_over_its_radius() -> None:
    model = Hyperspheres(np.float32([[0, 0], [10, 0]]), np.float32([5, 1]))
    got = model.reference(np.float32([[3, 4], [0, 0], [10, 0.5], [8, 0], [0, 20]]))
    np.testing.assert_array_equal(got[:, 0], np.float32([1, 0, 0.5, 1.6, 4]))


@pytest.mark.parametrize(
    "fields",
    [
        (np.ones((2, 3), np.float32), np.ones(3, np.float32)),
        (np.ones((2, 3), np.float32), np.zeros(2, np.float32)),
        (np.ones(3, np.float32), np.ones(3, np.float32)),
        (np.ones((0, 3), np.float32), np.ones(0, np.float32)),
    ],
)
def test_refuses_fields_it_cannot_work_with(fields: Any) -> None:
    with pytest.raises(LibraryError, match="hyperspheres"):
        Hyperspheres(*fields)
