"""Folds: every signal is held back once, neighbours together, recordings whole where there are enough."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from bitloop.errors import SearchError
from bitloop.search.folds import split
from bitloop.search.table import Table
from bitloop.signals.dataset import Dataset, Recording
from tests.search.machines import anomaly, classes, dataset, extrapolation, tone


@pytest.mark.parametrize("made", [classes(), anomaly(), extrapolation()], ids=lambda d: d.kind)
def test_every_signal_is_held_back_exactly_once_and_never_fitted_on_meanwhile(made: Dataset) -> None:
    table = Table.of(made)
    folds = split(table).folds
    held = np.concatenate([fold.test for fold in folds])
    assert sorted(held) == list(range(len(table.x)))
    for fold in folds:
        assert not set(fold.train) & set(fold.test)
        assert len(fold.train) + len(fold.test) == len(table.x)


def test_recordings_are_held_back_whole_where_there_are_enough() -> None:
    made = [Recording(f"{label}{n}", label, tone(n, 0.1, 5 + n)) for label in "ab" for n in range(6)]
    table = Table.of(dataset("classes", *made))
    found = split(table)
    assert found.by_recording == (True, True)
    for fold in found.folds:
        assert not set(table.recording[fold.train]) & set(table.recording[fold.test])
        assert set(table.label[fold.test]) == {0, 1}


def test_a_single_recording_is_cut_into_contiguous_blocks() -> None:
    table = Table.of(classes())
    found = split(table)
    assert found.by_recording == (False, False, False)
    for fold in found.folds:
        for label in range(3):
            rows = fold.test[table.label[fold.test] == label]
            assert all(b == a + 1 for a, b in pairwise(rows))


def test_each_target_of_a_recording_is_in_every_fold() -> None:
    x = tone(1, 0.1, 60)
    targets = np.repeat(np.float32([1, 2, 3]), 20)
    table = Table.of(dataset("extrapolation", Recording("all", "", x, targets)))
    for fold in split(table).folds:
        assert set(table.targets[fold.test]) == {1, 2, 3}


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (dataset("classes"), "no recordings"),
        (dataset("classes", Recording("a", "a", tone(1, 0.1))), "two classes"),
        (classes(count=3), "too few"),
        (dataset("extrapolation", Recording("a", "", tone(1, 0.1))), "no targets"),
        (dataset("extrapolation", Recording("a", "", tone(1, 0.1), np.ones(24, np.float32))), "same target"),
        (dataset("anomaly", Recording("a", "abnormal", tone(1, 0.1))), "too few"),
        (dataset("anomaly", Recording("a", "regular", tone(1, 0.1) * np.float32(np.nan))), "not finite"),
        (dataset("anomaly", Recording("a", "regular", tone(1, 0.1)[:, 1:])), "64 numbers"),
    ],
)
def test_data_that_cannot_be_searched_are_refused_in_one_sentence(made: Dataset, says: str) -> None:
    with pytest.raises(SearchError, match=says):
        Table.of(made)
