"""What `Stage.restricted` needs of stages that make the same number of floats for every axis."""

from __future__ import annotations

from collections.abc import Sequence


def used_of_each(count: int, indices: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which of an axis's `count` floats any axis needs, and where `indices` stand when only these are made."""
    used = tuple(sorted({i % count for i in indices}))
    return used, tuple(i // count * len(used) + used.index(i % count) for i in indices)


def first_of_each(count: int, indices: Sequence[int]) -> tuple[int, tuple[int, ...]]:
    """How many of an axis's `count` floats are needed from the first on, and where `indices` stand among these."""
    kept = max(i % count for i in indices) + 1
    return kept, tuple(i // count * kept + i % count for i in indices)
