"""Metrics: the same as scikit-learn's, and the interval as documented."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as known

from bitloop.search.metrics import balanced_accuracy, confusion, interval, mae, r2, recalls, skill, smape


def test_classification_metrics_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    truth, said = rng.integers(4, size=200), rng.integers(4, size=200)
    assert balanced_accuracy(truth, said, 4) == pytest.approx(known.balanced_accuracy_score(truth, said))
    np.testing.assert_array_equal(confusion(truth, said, 4), known.confusion_matrix(truth, said))
    np.testing.assert_allclose(recalls(truth, said, 4), known.recall_score(truth, said, average=None))


def test_regression_metrics_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(4)
    truth = rng.normal(size=100)
    said = truth + 0.3 * rng.normal(size=100)
    assert r2(truth, said) == pytest.approx(known.r2_score(truth, said))
    assert skill(truth, said, float(truth.var())) == pytest.approx(known.r2_score(truth, said))
    assert mae(truth, said) == pytest.approx(known.mean_absolute_error(truth, said))
    assert smape(np.array([0.0, 1.0]), np.array([0.0, 3.0])) == pytest.approx(50.0)


def test_refused_signals_count_as_wrong() -> None:
    truth, said = np.array([0, 0, 1, 1]), np.array([0, -1, 1, 1])
    assert balanced_accuracy(truth, said, 2) == 0.75
    np.testing.assert_array_equal(confusion(truth, said, 2), [[1, 0], [0, 2]])


def test_interval_shrinks_with_the_number_of_signals_and_stays_within_0_and_1() -> None:
    low, high = interval(0.9, 98)
    assert (low, high) == pytest.approx((0.892 - 0.06146, 0.892 + 0.06146), abs=1e-4)
    assert interval(1.0, 10)[1] == 1.0
    assert interval(1.0, 10)[0] < interval(1.0, 100)[0] < 1.0
