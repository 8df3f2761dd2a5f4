"""Ways of running within a recording: found where they jump, cut one by one, left together where they are alike."""

from __future__ import annotations

import numpy as np

from bitloop.search.folds import split
from bitloop.search.regimes import described, regimes, stretches
from bitloop.search.table import Table
from bitloop.signals.dataset import ABNORMAL, REGULAR, Dataset, Recording
from tests.search.machines import AXES, LENGTH, anomaly, dataset, tone

SPEEDS = (0.05, 0.09, 0.14, 0.2, 0.27)


def _file(seed: int, speeds: tuple[float, ...], each: int = 12, noise: float = 0.1) -> np.ndarray:
    return np.concatenate([tone(seed + n, speed, each, noise) for n, speed in enumerate(speeds)])


def test_finds_every_change_of_speed_and_nothing_in_steady_running() -> None:
    found = regimes(described(_file(1, SPEEDS), AXES))
    np.testing.assert_array_equal(found, np.repeat(np.arange(5), 12))
    assert regimes(described(tone(3, 0.1, 200), AXES)).max() == 0


def test_a_drift_is_no_jump() -> None:
    rng = np.random.default_rng(1)
    states = rng.normal(size=(400, 4)) + np.linspace(0, 30, 400)[:, None]
    assert regimes(states).max() == 0
    walk = np.cumsum(rng.normal(size=(400, 8)), axis=0)
    assert regimes(walk).max() == 0


def test_jumps_of_states() -> None:
    rng = np.random.default_rng(2)
    states = rng.normal(size=(90, 3)) + np.repeat([0.0, 20.0, -10.0], 30)[:, None]
    np.testing.assert_array_equal(regimes(states), np.repeat(np.arange(3), 30))


def test_every_fold_has_learned_every_speed() -> None:
    made = Recording("speeds", REGULAR, _file(1, SPEEDS))
    table = Table.of(dataset("anomaly", made))
    number = stretches(table)
    assert number is not None and number.max() == 4
    for fold in split(table).folds:
        assert set(number[fold.train]) == set(number[fold.test]) == set(range(5))


def test_starts_of_one_machine_are_held_back_as_they_fall() -> None:
    again = np.concatenate([tone(n, 0.1, 12) * np.float32(1 + 0.05 * n) for n in range(3)])
    made = Recording("starts", REGULAR, again), Recording("fault", ABNORMAL, tone(9, 0.25, 20, 1.0))
    assert stretches(Table.of(dataset("anomaly", *made))) is None
    near = Recording("speeds", REGULAR, _file(1, SPEEDS)), Recording("rough", ABNORMAL, _file(1, SPEEDS, noise=0.15))
    found = stretches(Table.of(dataset("anomaly", *near)))
    assert found is not None and found.max() == 4


def test_recordings_of_different_ways_of_running_are_not_held_back_whole() -> None:
    apart = [Recording(f"r{n}", REGULAR, tone(n, speed, 20, 0.1)) for n, speed in enumerate(SPEEDS)]
    fault = Recording("rough", ABNORMAL, _file(1, SPEEDS, noise=0.15))
    for made in ((*apart, fault), apart):
        table = Table.of(dataset("anomaly", *made))
        for fold in split(table).folds:
            assert set(table.recording[fold.train]) >= set(range(5))
    alike = Table.of(dataset("anomaly", *(Recording(f"r{n}", REGULAR, tone(n, 0.1, 20)) for n in range(6))))
    assert split(alike).by_recording == (True,)


def test_what_never_moves_has_no_jumps() -> None:
    assert regimes(np.ones((50, 3))).max() == 0
    assert regimes(np.ones((3, 3))).max() == 0
    table = Table.of(anomaly())
    assert (table.length, table.axes) == (LENGTH, AXES)
    states = Dataset("anomaly", 2, 1, (Recording("s", REGULAR, np.zeros((30, 2), np.float32)),), multi_sensor=True)
    assert stretches(Table.of(states)) is None


def _speeds(label: int, seed: int) -> np.ndarray:
    """Six ways of running, twelve signals each, three times as loud as the last; a class is a little louder."""
    parts = [3.0**n * (1.0 + 0.3 * label) * tone(seed + n, 0.1, 12, 0.02) for n in range(6)]
    return np.float32(np.concatenate(parts))


def test_speeds_tried_in_turn_are_cut_one_by_one_where_classes_differ_less_than_speeds() -> None:
    made = Dataset("classes", 2, 32, tuple(Recording(f"r{c}", f"c{c}", _speeds(c, 10 * c)) for c in range(2)))
    table = Table.of(made)
    assert stretches(table) is not None
    for fold in split(table).folds:
        for label in range(2):
            rows = fold.train[table.label[fold.train] == label] - 72 * label
            assert len(np.unique(rows // 12)) == 6


def test_restarts_are_held_back_as_blocks_where_classes_differ_more() -> None:
    loud = tuple(Recording(f"r{c}", f"c{c}", (4.0**c * tone(c, 0.1, 60)).astype(np.float32)) for c in range(2))
    assert stretches(Table.of(Dataset("classes", 2, 32, loud))) is None
