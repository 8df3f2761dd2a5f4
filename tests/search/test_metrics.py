"""Metrics: the same as scikit-learn's, and the interval as documented."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as known

from bitloop.search.metrics import (
    balanced_accuracy,
    confusion,
    f1_scores,
    interval,
    macro_auc,
    mae,
    mcc,
    precisions,
    r2,
    recalls,
    roc_auc,
    skill,
    smape,
)


def test_classification_metrics_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    truth, said = rng.integers(4, size=200), rng.integers(4, size=200)
    assert balanced_accuracy(truth, said, 4) == pytest.approx(known.balanced_accuracy_score(truth, said))
    np.testing.assert_array_equal(confusion(truth, said, 4), known.confusion_matrix(truth, said))
    np.testing.assert_allclose(recalls(truth, said, 4), known.recall_score(truth, said, average=None))


@pytest.mark.parametrize("said_of", [4, 3], ids=["all", "one class never said"])
def test_precision_f1_and_correlation_agree_with_scikit_learn(said_of: int) -> None:
    rng = np.random.default_rng(5)
    truth = rng.integers(4, size=200)
    said = np.where(rng.random(200) < 0.5, np.minimum(truth, said_of - 1), rng.integers(said_of, size=200))
    table, support = confusion(truth, said, 4), np.bincount(truth, minlength=4)
    parts = known.precision_recall_fscore_support(truth, said, average=None, zero_division=0)
    np.testing.assert_allclose(precisions(table), parts[0])
    np.testing.assert_allclose(f1_scores(table, support), parts[2])
    assert mcc(table, support) == pytest.approx(known.matthews_corrcoef(truth, said))


def test_a_refused_signal_costs_recall_f1_and_correlation_but_no_precision() -> None:
    truth, said = np.array([0, 0, 1, 1]), np.array([0, -1, 1, 1])
    table, support = confusion(truth, said, 2), np.bincount(truth)
    assert precisions(table).tolist() == [1.0, 1.0]
    assert f1_scores(table, support) == pytest.approx([2 / 3, 1.0])
    assert mcc(table, support) == pytest.approx(known.matthews_corrcoef(truth, np.array([0, 2, 1, 1])))


def test_correlation_is_0_where_nothing_varies() -> None:
    truth = np.zeros(5, dtype=np.int64)
    assert mcc(confusion(truth, truth, 2), np.array([5, 0])) == 0.0


def test_areas_under_roc_agree_with_scikit_learn_ties_included() -> None:
    rng = np.random.default_rng(6)
    truth = rng.integers(3, size=150)
    scores = np.round(rng.random((150, 3)) + 0.3 * np.eye(3)[truth], 1)
    scores /= scores.sum(axis=1, keepdims=True)
    assert roc_auc(truth == 1, scores[:, 1]) == pytest.approx(known.roc_auc_score(truth == 1, scores[:, 1]))
    expected = known.roc_auc_score(truth, scores, multi_class="ovr", average="macro")
    assert macro_auc(truth, scores) == pytest.approx(expected)
    assert roc_auc(np.array([False, True]), np.array([1e6, 1e6])) == 0.5


def test_there_is_no_area_without_positives_or_negatives() -> None:
    assert np.isnan(roc_auc(np.array([True, True]), np.array([0.1, 0.2])))
    assert np.isnan(macro_auc(np.zeros(3, dtype=np.int64), np.ones((3, 2))))


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
