"""Folds: every signal is held back once, neighbours together, recordings whole where there are enough."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from bitloop.errors import SearchError
from bitloop.search.folds import split
from bitloop.search.table import Table
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset, Recording
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


def _couple(name: str, abnormal: bool = True) -> list[Recording]:
    made = [Recording(f"{name}-good", REGULAR, tone(3, 0.1, 30), couple=name)]
    return made + ([Recording(f"{name}-bad", ABNORMAL, tone(4, 0.2, 12), couple=name)] if abnormal else [])


def test_every_couple_is_in_every_fold() -> None:
    made = [recording for name in ("a", "b", "c", "d", "e", "f") for recording in _couple(name)]
    table = Table.of(dataset("anomaly", *made))
    assert table.couples == 6
    for fold in split(table).folds:
        for rows in (fold.train, fold.test):
            assert {(label, couple) for label, couple in zip(table.label[rows], table.couple[rows], strict=True)} == {
                (label, couple) for label in range(2) for couple in range(6)
            }


def test_a_couple_that_cannot_be_judged_is_refused() -> None:
    with pytest.raises(SearchError, match="couple 'b' has no abnormal"):
        Table.of(dataset("anomaly", *_couple("a"), *_couple("b", abnormal=False)))
    with pytest.raises(SearchError, match="couple 'b' has 5 regular"):
        Table.of(dataset("anomaly", *_couple("a", False), Recording("x", REGULAR, tone(1, 0.1, 5), couple="b")))


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


def test_few_values_of_the_target_are_held_back_whole() -> None:
    table = Table.of(extrapolation())
    found = split(table)
    assert found.by_value
    for fold in found.folds:
        assert not set(table.targets[fold.train]) & set(table.targets[fold.test])
    assert not split(table, "blocks").by_value


def test_visits_to_a_value_are_held_back_whole_where_it_was_visited_often() -> None:
    targets = np.repeat(np.tile([1.0, 2.0, 3.0], 8), 6).astype(np.float32)
    x = tone(3, 0.1, len(targets))
    table = Table.of(dataset("extrapolation", Recording("r", "", x, targets)))
    visit = np.arange(len(targets)) // 6
    for fold in split(table).folds:
        assert not set(visit[fold.train]) & set(visit[fold.test])
        assert set(targets[fold.test]) == set(targets[fold.train])
