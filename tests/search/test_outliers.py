"""Outlier models: fitted on regular signals alone, they tell what is far from those; the same every time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bitloop.kernels.record import to_record
from bitloop.search.fits.outliers import ENTRIES
from bitloop.search.train_outliers import fit_nearest_radius, fit_one_class_svm
from tests.parity.rows import cloud

X = cloud(1, 200, 5)
MIDDLE = {entry.name: {name: values[len(values) // 2] for name, values in entry.hyper.items()} for entry in ENTRIES}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_tells_what_is_far_from_what_it_knows(entry: Any) -> None:
    model = entry.fit(X, MIDDLE[entry.name], 1.0, 0)
    seen = np.concatenate([cloud(2, 100, 5), cloud(3, 100, 5, shift=20.0)])
    assert roc_auc_score(np.repeat([0, 1], 100), model.reference(seen)[:, 0]) > 0.97
    limit = float(np.quantile(model.reference(X), 0.99))
    moved = model.with_limit(limit)
    assert np.mean(moved.reference(seen[:100]) <= 1.0) > 0.8
    np.testing.assert_allclose(moved.reference(X), model.reference(X) / np.float32(limit), rtol=1e-5)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_same_seed_gives_the_same_model(entry: Any) -> None:
    one, again = (to_record(entry.fit(X, MIDDLE[entry.name], 1.0, 5)) for _ in range(2))
    assert one == again


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_few_and_equal_signals_do_no_harm(entry: Any) -> None:
    for x in (np.zeros((6, 3), np.float32), np.full((2, 3), 1e6, np.float32)):
        model = entry.fit(x, MIDDLE[entry.name], 1.0, 0)
        assert np.isfinite(model.reference(np.float32([[0, 0, 0], [1e15, -1e15, 1.0]]))).all()


def test_prototypes_are_all_signals_where_there_are_few_and_centres_where_there_are_many() -> None:
    np.testing.assert_array_equal(fit_nearest_radius(X, {"prototypes": 200, "k": 1}, 1.0, 0).prototypes, X)
    assert fit_nearest_radius(X, {"prototypes": 8, "k": 2}, 1.0, 0).prototypes.shape == (8, 5)


def test_support_vectors_are_a_share_of_the_signals() -> None:
    few, many = (len(fit_one_class_svm(X, {"nu": nu, "width": 1.0}, 1.0, 0).vectors) for nu in (0.05, 0.5))
    assert 10 <= few < 40 and 100 <= many < 130
