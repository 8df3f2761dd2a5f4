"""The n-fold report: overall, per class, per fold, and what cannot be computed is left out."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as known

from bitloop.search.report import measures, spread
from bitloop.search.table import Table
from tests.search import machines


@dataclass(frozen=True)
class Answers:
    truth: np.ndarray
    said: np.ndarray
    outputs: np.ndarray
    quality: float = 0.0


def table(kind: str, *labels: str) -> Table:
    return replace(Table.of(machines.classes()), kind=kind, labels=labels)


def classes(seed: int, count: int = 60) -> Answers:
    rng = np.random.default_rng(seed)
    truth = rng.integers(3, size=count)
    outputs = rng.dirichlet(np.ones(3), count) + 0.4 * np.eye(3)[truth]
    outputs /= outputs.sum(axis=1, keepdims=True)
    return Answers(truth, outputs.argmax(axis=1), outputs.astype(np.float32))


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return measures(table("classes", "off", "slow", "fast"), [classes(1), classes(2)])


def test_the_whole_agrees_with_scikit_learn(measured: dict[str, Any]) -> None:
    truth, said, outputs = (
        np.concatenate([getattr(classes(1), n), getattr(classes(2), n)]) for n in ("truth", "said", "outputs")
    )
    parts = known.precision_recall_fscore_support(truth, said, average="macro")
    assert measured["balanced_accuracy"] == pytest.approx(known.balanced_accuracy_score(truth, said))
    assert (measured["precision"], measured["f1"]) == pytest.approx((parts[0], parts[2]))
    assert measured["mcc"] == pytest.approx(known.matthews_corrcoef(truth, said))
    assert measured["roc_auc"] == pytest.approx(known.roc_auc_score(truth, outputs, multi_class="ovr"), abs=1e-6)
    assert measured["signals"] == 120 and measured["refused"] == 0


def test_every_class_and_every_fold_has_its_own_numbers(measured: dict[str, Any]) -> None:
    assert list(measured["per_class"]) == ["off", "slow", "fast"]
    slow = measured["per_class"]["slow"]
    assert slow["interval"][0] < slow["recall"] < slow["interval"][1]
    assert set(slow) == {"recall", "precision", "f1", "roc_auc", "interval", "signals"}
    assert sum(row["signals"] for row in measured["per_class"].values()) == 120
    accuracy = measured["per_fold"]["balanced_accuracy"]
    each = [known.balanced_accuracy_score(fold.truth, fold.said) for fold in (classes(1), classes(2))]
    assert accuracy["folds"] == pytest.approx(each, abs=1e-6)
    assert (accuracy["worst"], accuracy["mean"]) == pytest.approx((min(each), sum(each) / 2), abs=1e-6)
    assert measured["per_fold"]["recall"]["off"]["worst"] <= measured["recall"]["off"]


def test_a_fold_without_a_class_does_not_spoil_the_others() -> None:
    one, two = classes(1), classes(2)
    few = two.truth != 2
    folds = [one, Answers(two.truth[few], two.said[few], two.outputs[few])]
    measured = measures(table("classes", "off", "slow", "fast"), folds)
    assert len(measured["per_fold"]["recall"]["fast"]["folds"]) == 1
    assert len(measured["per_fold"]["roc_auc"]["folds"]) == 2
    json.dumps(measured, allow_nan=False)


def test_detection_ranks_by_the_ratio_and_counts_similarities() -> None:
    truth = np.array([0, 0, 0, 1, 1])
    ratio = np.array([[0.5], [0.0], [1.5], [1.2], [9.0]], dtype=np.float32)
    measured = measures(table("anomaly", "regular", "abnormal"), [Answers(truth, (ratio[:, 0] > 1) * 1, ratio)])
    assert measured["roc_auc"] == pytest.approx(5 / 6)
    alike = measured["figures"]["similarity"]
    assert [alike["regular"][at] for at in (97, 100, 73)] + [alike["abnormal"][30]] == [1, 1, 1, 1]
    assert (sum(alike["regular"]), sum(alike["abnormal"]), len(alike["abnormal"])) == (3, 2, 101)


def test_anomalies_are_ranked_by_the_similarity_the_device_answers_outliers_by_the_ratio() -> None:
    truth = np.array([0, 1, 1])
    ratio = np.array([[8200], [9000], [1e5]], dtype=np.float32)  # similarity is 0 from 8100 on
    far = Answers(truth, np.ones(3, dtype=np.int64), ratio)
    assert measures(table("anomaly", "regular", "abnormal"), [far])["roc_auc"] == 0.5
    assert measures(table("outlier", "regular", "abnormal"), [far])["roc_auc"] == 1.0


def test_regular_signals_alone_have_no_area_under_roc() -> None:
    truth, ratio = np.zeros(4, dtype=np.int64), np.array([[0.5], [0.1], [0.2], [2.0]], dtype=np.float32)
    measured = measures(table("outlier", "regular", "abnormal"), [Answers(truth, (ratio[:, 0] > 1) * 1, ratio)])
    assert "roc_auc" not in measured and "roc_auc" not in measured["per_fold"]
    assert measured["recall"] == {"regular": 0.75}
    json.dumps(measured, allow_nan=False)


def test_refused_signals_are_counted_apart() -> None:
    truth, said = np.array([0, 0, 1, 1]), np.array([0, -1, 1, 1])
    measured = measures(table("classes", "a", "b"), [Answers(truth, said, np.eye(2)[np.maximum(said, 0)])])
    assert (measured["refused"], measured["confusion"]) == (1, [[1, 0], [0, 2]])
    assert measured["accuracy"] == 0.75


def test_values_have_errors_whose_worst_is_the_largest() -> None:
    truth = np.linspace(1, 9, 900, dtype=np.float32)
    folds = [Answers(truth, truth + 1, truth, 0.5), Answers(truth, truth, truth, 1.0)]
    measured = measures(table("extrapolation", ""), folds)
    assert measured["r2"] == pytest.approx(known.r2_score(np.r_[truth, truth], np.r_[truth + 1, truth]))
    assert measured["per_fold"]["mae"] == {"mean": 0.5, "worst": 1.0, "folds": [1.0, 0.0]}
    assert measured["per_fold"]["r2"]["worst"] == 0.5
    assert len(measured["figures"]["pairs"]) == 400
    json.dumps(measured, allow_nan=False)


def test_a_spread_of_nothing_is_nothing() -> None:
    assert spread([float("nan")]) == {}
