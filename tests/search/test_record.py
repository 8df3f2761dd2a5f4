"""What has been found: ranked, with second opinions before everything else."""

from __future__ import annotations

from bitloop.search.recipe import Recipe
from bitloop.search.record import Record
from bitloop.search.result import Outcome

RECIPES = [Recipe((), "none", "sefr", (("n", float(n)),)) for n in range(5)]


def outcome(index: int, score: float) -> Outcome:
    return Outcome(index, RECIPES[index], score, score, 1.0, (score,), complete=True)


def record(*scores: float) -> Record:
    made = Record(None, 0.0, 1, 10)
    made.evaluated([outcome(index, score) for index, score in enumerate(scores)])
    return made


def test_a_second_opinion_counts_half_and_comes_before_those_without() -> None:
    made = record(0.9, 0.95, 0.8, 0.99)
    made.confirmed([outcome(0, 0.92), outcome(1, 0.7)])
    assert [o.index for o in made.ranked] == [0, 1, 3, 2]
    assert [round(o.score, 3) for o in made.ranked] == [0.91, 0.825, 0.825, 0.8]


def test_without_second_opinions_nothing_changes() -> None:
    made = record(0.9, 0.95, 0.8)
    before = list(made.ranked)
    made.confirmed([])
    assert made.ranked == before


def test_the_bar_is_that_of_the_last_who_is_kept() -> None:
    made = record(0.9, 0.95, 0.8)
    assert made.bar(4).score == 0.0
    assert (made.bar(2).score, made.bar(2).folds) == (0.9, (0.95,))


def test_second_opinions_are_asked_for_once_of_candidates_that_do_the_same_in_every_fold() -> None:
    made = record(0.9, 0.95, 0.9, 0.8)
    assert [o.index for o in made.distinct(2)] == [1, 0]
    assert [o.index for o in made.distinct(9)] == [1, 0, 3]
