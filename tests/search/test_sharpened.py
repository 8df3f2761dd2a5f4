"""Sharpened probabilities: for every fitted classifier the same decisions, and p^f made to sum to one, by the C."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.kernels.base import Shape, StaticModel
from bitloop.native import host
from bitloop.search.calibrate import sharpened
from bitloop.search.fits import ENTRIES

VOTES = {"nearest_classes", "forest_classes", "unrolled_forest", "sefr"}
"""Kernels whose answers are shares of votes: nothing to sharpen."""
NAMES = [entry.name for entry in ENTRIES.values() if entry.kind == "classes"]


@pytest.mark.parametrize("name", NAMES)
def test_sharpened_by_a_factor_is_the_power_of_the_probabilities(name: str) -> None:
    entry, rng = ENTRIES[name], np.random.default_rng(3)
    y = np.repeat(np.arange(3), 40)
    x = (rng.normal(size=(120, 24)) + 0.8 * np.eye(24)[y]).astype(np.float32)
    hyper = {key: values[0] for key, values in entry.hypers(Shape(1, 24)).items()}
    model = entry.fit(x, y, hyper, 1)
    assert isinstance(model, StaticModel)
    before, after = (m.run(x, host()).astype(np.float64) for m in (model, model.sharpened(1.7)))
    if entry.kernel.kernel in VOTES:
        np.testing.assert_array_equal(after, before)
        return
    np.testing.assert_allclose(after, sharpened(before, 1.7), atol=2e-3)
    clear = np.diff(np.sort(before, axis=1)[:, -2:])[:, 0] > 1e-4
    np.testing.assert_array_equal(after.argmax(axis=1)[clear], before.argmax(axis=1)[clear])
