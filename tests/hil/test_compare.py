"""Comparison has no tolerance, and says where the first difference is."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.errors import BitloopError, BuildError, LibraryError, LinkError, LockError
from bitloop_hil.compare import Answers, compare, compare_bytes, compare_floats, differing_calls, first_different
from bitloop_hil.proof import Spread, classify


def answers(*outputs: list[float], status: int = 0, label: int = 0) -> Answers:
    values = np.array(outputs, dtype=np.float32)
    return Answers(np.full(len(values), status, np.int64), np.full(len(values), label, np.int64), values)


def test_equal_bits_are_equal_and_everything_is_counted() -> None:
    one = answers([1.0, 2.0], [3.0, float("nan")])
    tally = compare(one, answers([1.0, 2.0], [3.0, float("nan")]))
    assert (tally.floats, tally.integers, tally.differing, tally.first) == (4, 4, 0, None)


@pytest.mark.parametrize(("left", "right"), [(0.0, -0.0), (1.0, np.nextafter(np.float32(1), np.float32(2)))])
def test_values_that_compare_equal_or_nearly_so_still_differ_in_bits(left: float, right: float) -> None:
    tally = compare(answers([5.0, left]), answers([5.0, float(right)]))
    assert tally.differing == 1 and tally.first is not None
    assert (tally.first.call, tally.first.what, tally.first.index) == (0, "output", 1)
    assert tally.first.expected_bits != tally.first.got_bits


def test_the_first_difference_is_that_of_the_earliest_call() -> None:
    tally = compare(answers([1.0], [2.0], [3.0]), answers([1.0], [2.5], [3.5]))
    assert tally.differing == 2 and tally.first is not None
    assert (tally.first.call, tally.first.expected, tally.first.got) == (1, 2.0, 2.5)


def test_status_and_label_differ_before_outputs() -> None:
    tally = compare(answers([1.0], status=0, label=3), answers([2.0], status=5, label=4))
    assert tally.differing == 3 and tally.first is not None
    assert (tally.first.what, tally.first.expected, tally.first.got) == ("status", 0, 5)


def test_answers_without_floats_are_compared_too() -> None:
    left, right = (
        Answers(np.array([126, last]), np.zeros(2, np.int64), np.zeros((2, 0), np.float32)) for last in (126, 127)
    )
    assert differing_calls(left, right).tolist() == [False, True]


def test_answers_of_another_shape_are_a_defect_of_the_caller() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        compare(answers([1.0]), answers([1.0, 2.0]))
    with pytest.raises(ValueError, match="3 floats instead of 2"):
        compare_floats(np.zeros(2, np.float32), np.zeros(3, np.float32), 0, "state")


def test_a_shorter_array_differs_where_it_ends() -> None:
    assert first_different(np.ones(3, np.float32), np.ones(2, np.float32)) == 2
    assert first_different(np.ones(3, np.float32), np.ones(3, np.float32)) is None


def test_bytes_are_named_by_position() -> None:
    assert compare_bytes(b"abc", b"abc", 0, "knowledge").differing == 0
    for other, at in ((b"axc", 1), (b"ab", 2), (b"abcd", 3)):
        place = compare_bytes(b"abc", other, 4, "knowledge").first
        assert place is not None and (place.call, place.index) == (4, at)


def test_a_sum_of_tallies_keeps_the_first_place() -> None:
    early, late = (compare(answers([1.0]), answers([got])) for got in (2.0, 3.0))
    total = compare(answers([1.0]), answers([1.0])) + early + late
    assert (total.floats, total.differing, total.first) == (3, 2, early.first)


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (LinkError("x"), ("BROKEN", "LINK")),
        (LockError("x"), ("BROKEN", "LOCK")),
        (BuildError("x"), ("FAIL", "BUILD")),
        (LibraryError("x"), ("FAIL", "INPUT")),
    ],
)
def test_only_infrastructure_is_broken(error: BitloopError, verdict: tuple[str, str]) -> None:
    assert classify(error) == verdict


def test_a_spread_has_the_middle_of_its_ticks() -> None:
    assert Spread.of([5, 1, 9]) == Spread(1, 5, 9)
    assert Spread.of([]) is None
