"""Choosing: cheap where it costs nothing, and promises that luck does not flatter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitloop.sampling import Cell
from bitloop.sampling.choose import choose
from bitloop.sampling.result import Scored, standard_error

FOLDS = 5


def _scored(
    cell: Cell, held: NDArray[np.float64], inner: NDArray[np.float64] | None = None, signals: int = 100
) -> Scored:
    return Scored(cell, held, np.tile(held, (FOLDS, 1)) if inner is None else inner, np.full(FOLDS, signals))


def _at(cell: Cell, *held: float, signals: int = 100) -> Scored:
    return _scored(cell, np.array(held), signals=signals)


def test_of_equals_the_shorter_buffer_then_the_lower_rate_is_taken() -> None:
    cells = [Cell(1, 64), Cell(1, 32), Cell(4, 32), Cell(8, 64)]
    choice = choose([_at(cell, 1, 1, 1, 1, 1) for cell in cells])
    assert cells[choice.taken] == Cell(4, 32)
    assert (choice.expected, choice.agreed) == (1.0, FOLDS)


def test_a_cheaper_cell_that_is_worse_in_every_block_is_not_taken() -> None:
    worse = _at(Cell(8, 16), 0.985, 0.985, 0.985, 0.985, 0.985, signals=10_000)
    better = _at(Cell(1, 64), 1, 1, 1, 1, 1, signals=10_000)
    assert choose([worse, better]).taken == 1


def test_a_cheaper_cell_within_the_spread_of_blocks_is_taken() -> None:
    alike = _at(Cell(8, 16), 0.97, 0.99, 0.95, 1.0, 0.98)
    best = _at(Cell(1, 64), 0.98, 0.98, 0.97, 0.99, 0.98)
    choice = choose([alike, best])
    assert (choice.taken, choice.best) == (0, 1)


def test_one_bad_block_is_a_reason() -> None:
    bad = _at(Cell(8, 16), 1, 1, 0.5, 1, 1)
    assert choose([bad, _at(Cell(1, 64), 1, 1, 1, 1, 1)]).taken == 1


def test_few_signals_all_right_do_not_beat_many() -> None:
    few = _at(Cell(32, 16), 1, 1, 1, 1, 1, signals=2)
    many = _at(Cell(1, 64), 0.995, 1, 0.995, 1, 1, signals=500)
    choice = choose([few, many])
    assert (choice.taken, choice.best) == (1, 1)
    assert standard_error(np.ones(5), 10) > 0.05


def test_the_promise_is_not_the_maximum_of_noise() -> None:
    rng = np.random.default_rng(1)
    taken, promised = [], []
    for _ in range(40):
        cells = [Cell(division, length) for division in range(1, 17) for length in (16, 32, 64, 128)]
        found = [_scored(c, rng.normal(0.5, 0.1, FOLDS), rng.normal(0.5, 0.1, (FOLDS, FOLDS)), 5) for c in cells]
        choice = choose(found)
        taken.append(found[choice.best].score)
        promised.append(choice.expected)
    assert np.mean(taken) > 0.57
    assert abs(np.mean(promised) - 0.5) < 0.025
