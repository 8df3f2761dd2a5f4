"""Two executors' answers to the same calls, compared bit for bit. There is no tolerance anywhere in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

OK = 0
"""The status of an answered call in every persona."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a series of calls returned: `status`, `label` int64 (calls,), `outputs` float32 (calls, outputs)."""

    status: NDArray[np.int64]
    label: NDArray[np.int64]
    outputs: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.status)

    def part(self, rows: slice | NDArray[np.bool_]) -> Answers:
        """Some of the calls."""
        return Answers(self.status[rows], self.label[rows], self.outputs[rows])


@dataclass(frozen=True, slots=True)
class Place:
    """The first value that differs: in which call, which value of its answer, and both as raw words."""

    call: int
    what: str  # status, label or output
    index: int
    expected: int | float
    got: int | float
    expected_bits: int
    got_bits: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How much was compared and how much of it differs. Sums with `+`, the first place winning."""

    floats: int = 0
    integers: int = 0
    differing: int = 0
    first: Place | None = None

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.floats + other.floats,
            self.integers + other.integers,
            self.differing + other.differing,
            self.first or other.first,
        )


def words(x: NDArray[np.float32]) -> NDArray[np.uint32]:
    """The bits of float32 values, flattened; a NaN's payload counts like everything else."""
    return np.ascontiguousarray(x, dtype=np.float32).reshape(-1).view(np.uint32)


def first_different(expected: NDArray[np.float32], got: NDArray[np.float32]) -> int | None:
    """Flat index of the first float whose bits differ; where only the lengths differ, the end of the shorter."""
    left, right = words(expected), words(got)
    shorter = min(len(left), len(right))
    where = np.flatnonzero(left[:shorter] != right[:shorter])
    if len(where):
        return int(where[0])
    return None if len(left) == len(right) else shorter


def compare(expected: Answers, got: Answers) -> Tally:
    """Every status, every label and every bit of the outputs, in the order of the calls."""
    wrong = _wrong(expected, got)
    first = None
    if wrong.any():
        call, column = (int(i) for i in np.argwhere(wrong)[0])
        first = _place(expected, got, call, column)
    answered = int((expected.status == OK).sum())  # of the others only the status says anything
    return Tally(answered * expected.outputs.shape[1], len(expected) + answered, int(wrong.sum()), first)


def differing_calls(expected: Answers, got: Answers) -> NDArray[np.bool_]:
    """(calls,): where anything in the answer differs."""
    return np.asarray(np.any(_wrong(expected, got), axis=1))


def compare_floats(expected: NDArray[np.float32], got: NDArray[np.float32], call: int, what: str) -> Tally:
    """One row of floats; `call` and `what` say where it stands if it differs."""
    left, right = words(expected), words(got)
    if len(left) != len(right):
        raise ValueError(f"{what}: {len(right)} floats instead of {len(left)}")
    where = np.flatnonzero(left != right)
    first = None
    if len(where):
        i = int(where[0])
        values = float(expected.reshape(-1)[i]), float(got.reshape(-1)[i])
        first = Place(call, what, i, *values, int(left[i]), int(right[i]))
    return Tally(len(left), 0, len(where), first)


def compare_bytes(expected: bytes, got: bytes, call: int, what: str) -> Tally:
    """Whole buffers, as one value; the place is the first byte that differs."""
    if expected == got:
        return Tally(integers=1)
    pairs = enumerate(zip(expected, got, strict=False))
    at = next((i for i, (left, right) in pairs if left != right), min(len(expected), len(got)))
    left, right = (data[at] if at < len(data) else -1 for data in (expected, got))
    return Tally(0, 1, 1, Place(call, what, at, left, right, left & 0xFF, right & 0xFF))


def _wrong(expected: Answers, got: Answers) -> NDArray[np.bool_]:
    """(calls, 2 + outputs): status, label, outputs."""
    if expected.status.shape != got.status.shape or expected.outputs.shape != got.outputs.shape:
        raise ValueError(f"answers of shapes {expected.outputs.shape} and {got.outputs.shape} cannot be compared")
    return np.concatenate([_integers(expected) != _integers(got), _bits(expected) != _bits(got)], axis=1)


def _integers(answers: Answers) -> NDArray[np.int64]:
    return np.stack([answers.status, answers.label], axis=1)


def _bits(answers: Answers) -> NDArray[np.uint32]:
    return words(answers.outputs).reshape(answers.outputs.shape)


def _place(expected: Answers, got: Answers, call: int, column: int) -> Place:
    if column < 2:
        left, right = int(_integers(expected)[call, column]), int(_integers(got)[call, column])
        return Place(call, ("status", "label")[column], 0, left, right, left & 0xFFFFFFFF, right & 0xFFFFFFFF)
    index = column - 2
    pair: tuple[Any, Any] = (expected.outputs[call, index], got.outputs[call, index])
    bits = int(_bits(expected)[call, index]), int(_bits(got)[call, index])
    return Place(call, "output", index, float(pair[0]), float(pair[1]), *bits)
