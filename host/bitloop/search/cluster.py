"""Centres of a cloud of points: k-means++ and Lloyd's iterations, small and without overhead for small clouds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
ROUNDS = 15


def centres(points: Points, count: int, seed: int) -> tuple[Points, NDArray[np.int64]]:
    """At most `count` centres, and of each point which centre is nearest; every centre has at least one point."""
    distinct = np.unique(points, axis=0)
    if count >= len(distinct):
        return distinct, nearest(points, distinct)
    found = _spread_out(points, count, np.random.default_rng([seed, count]))
    member = nearest(points, found)
    for _ in range(ROUNDS):
        sums = np.zeros_like(found)
        np.add.at(sums, member, points)
        sizes = np.bincount(member, minlength=len(found))
        kept = sizes > 0
        found = sums[kept] / sizes[kept, None]
        before, member = member, nearest(points, found)
        if kept.all() and np.array_equal(before, member):
            break
    used, member = np.unique(member, return_inverse=True)
    return found[used], member.astype(np.int64)


def nearest(points: Points, centres: Points) -> NDArray[np.int64]:
    """Number of the nearest centre of each point, the first of equals."""
    found: NDArray[np.int64] = np.argmin(squares(points, centres), axis=1)
    return found


def squares(points: Points, centres: Points) -> NDArray[np.float64]:
    """(points, centres): squared distances, not below 0."""
    products = points @ centres.T
    total = (points * points).sum(axis=1)[:, None] + (centres * centres).sum(axis=1)[None, :] - 2.0 * products
    distances: NDArray[np.float64] = np.maximum(total, 0.0)
    return distances


def _spread_out(points: Points, count: int, rng: np.random.Generator) -> Points:
    """First centres: each drawn with probability proportional to the squared distance from those there are."""
    chosen = [int(rng.integers(len(points)))]
    distance = squares(points, points[chosen])[:, 0]
    while len(chosen) < count:
        steps = np.cumsum(distance)
        chosen.append(min(int(np.searchsorted(steps, rng.random() * steps[-1], side="right")), len(points) - 1))
        distance = np.minimum(distance, squares(points, points[chosen[-1:]])[:, 0])
    return points[chosen]
