"""Dropping from branches what nobody uses: features that were not selected are not computed on the device."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape, Stage

Chain = tuple[Stage, ...]


def prune(
    given: Shape, branches: Sequence[Chain], kept: Sequence[int] | NDArray[np.integer]
) -> tuple[tuple[Chain, ...], NDArray[np.uint16] | None]:
    """Branches that make the features `kept` of all that these make, bit for bit, and what to pick of theirs.

    `kept` counts the features of all branches, one branch after the other, in the order wanted; the second result has
    the place of each among the features of the new branches, None where they are just these in this order. A
    branch without a kept feature is gone.
    """
    wanted = np.asarray(kept, dtype=np.int64)
    sizes = [_after(given, chain).size for chain in branches]
    starts = np.cumsum([0, *sizes])
    if not len(wanted) or wanted.min() < 0 or wanted.max() >= starts[-1]:
        raise LibraryError(f"features to keep have to be some of the {starts[-1]} there are")
    places = np.empty(len(wanted), dtype=np.int64)
    found: list[Chain] = []
    total = 0
    for chain, first, last in zip(branches, starts[:-1], starts[1:], strict=True):
        own = np.flatnonzero((first <= wanted) & (wanted < last))
        if not len(own):
            continue
        fewer, local = restrict(given, chain, tuple(int(i) for i in wanted[own] - first))
        places[own] = total + np.array(local)
        total += _after(given, fewer).size
        found.append(fewer)
    same = np.array_equal(places, np.arange(total))
    return tuple(found), None if same else places.astype(np.uint16)


def restrict(given: Shape, chain: Chain, indices: tuple[int, ...]) -> tuple[Chain, tuple[int, ...]]:
    """A chain that makes no more than needed for some of its floats, and where these stand in its result."""
    last = len(chain)
    while last and chain[last - 1].pointwise:
        last -= 1
    if not last:
        return chain, indices
    found = chain[last - 1].restricted(_after(given, chain[: last - 1]), indices)
    if found is None:
        return chain, indices
    return (*chain[: last - 1], found[0], *chain[last:]), found[1]


def _after(given: Shape, chain: Chain) -> Shape:
    for stage in chain:
        given = stage.shape(given)
    return given
