"""Motions replayed into the sensors of a running virtual board, and what they made of them, from the host's side."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from bitloop.errors import ProbeError
from bitloop_hil import features
from bitloop_hil.benches.virtual import VirtualBoard
from bitloop_hil.boards import board_file
from tests.hil.bare import program
from tests.hil.test_sensors_bare import BOARD, LOG

_PATIENCE = 30.0


@pytest.fixture(scope="module")
def board() -> Iterator[VirtualBoard]:
    with VirtualBoard(board_file(BOARD)) as opened:
        yield opened


def test_what_was_replayed_is_what_the_sensor_put_out(board: VirtualBoard) -> None:
    motion = np.random.default_rng(3).normal(0, 1.0, (300, 3))
    board.flash(program(BOARD, LOG).path)
    board.detune("LSM6DSL", 0.013)
    board.replay("LSM6DSL", "acceleration", motion, 416.0 * 1.013)
    board.reset()
    deadline = time.monotonic() + _PATIENCE
    while len((produced := board.produced("LSM6DSL", "acceleration")).words) < 256:
        assert time.monotonic() < deadline, "the program does not sample"
    expected = np.clip(np.rint(motion / 0.061e-3), -32768, 32767)
    assert produced.first == 0
    assert np.array_equal(produced.words[:256], np.roll(expected, -1, axis=0)[:256])
    assert board.notes() == ""


def test_noise_is_drawn_from_its_seed(board: VirtualBoard) -> None:
    board.flash(program(BOARD, LOG).path)
    heard = []
    for seed in (1, 1, 2):
        board.replay("LSM6DSL", "acceleration", np.zeros((1, 3)), 1.0, noise=0.01, seed=seed)
        board.reset()
        deadline = time.monotonic() + _PATIENCE
        while len((produced := board.produced("LSM6DSL", "acceleration")).words) < 200:
            assert time.monotonic() < deadline, "the program does not sample"
        heard.append(produced.words[:200])
    assert np.array_equal(heard[0], heard[1])
    assert not np.array_equal(heard[0], heard[2])
    assert np.std(heard[2]) == pytest.approx(0.01 / 0.061e-3, rel=0.1)


@pytest.mark.parametrize(
    ("sensor", "quantity", "values", "rate", "says"),
    [
        ("BMI270", "acceleration", np.zeros((1, 3)), 1.0, "has no sensor called 'BMI270'; it has LSM6DSL"),
        ("LSM6DSL", "pressure", np.zeros(1), 1.0, "the LSM6DSL does not measure 'pressure', but rotation"),
        ("LSM6DSL", "speed", np.zeros(1), 1.0, "no sensor feels 'speed'; choose one of acceleration"),
        ("LSM6DSL", "acceleration", np.zeros((4, 2)), 1.0, "give values of shape (samples, 3), not (4, 2)"),
        ("LSM6DSL", "acceleration", np.zeros((0, 3)), 1.0, "give values of shape (samples, 3), not (0, 3)"),
        ("LSM6DSL", "acceleration", np.full((1, 3), np.nan), 1.0, "contain NaN or infinity"),
        ("LSM6DSL", "acceleration", np.zeros((1, 3)), 0.0, "a rate above 0 Hz, not 0.0"),
    ],
)
def test_what_no_sensor_can_feel_is_refused(
    board: VirtualBoard, sensor: str, quantity: str, values: np.ndarray, rate: float, says: str
) -> None:
    with pytest.raises(ProbeError) as caught:
        board.replay(sensor, quantity, values, rate)
    assert says in str(caught.value)


def test_oscillators_are_off_by_little(board: VirtualBoard) -> None:
    with pytest.raises(ProbeError, match="off by a tenth at most"):
        board.detune("LSM6DSL", 0.5)


def test_boards_say_whether_they_can_replay() -> None:
    assert features.lack("motion", "virtual", BOARD) == ""
    assert "no sensors are known on nucleo-l432kc" in features.lack("motion", "virtual", "nucleo-l432kc")
    assert "feels what happens to it" in features.lack("motion", "hardware", BOARD)
