"""Centres of a cloud of points: k-means++ and Lloyd's iterations, small and without overhead for small clouds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
ROUNDS = 15


def centres(points: Points, count: int, seed: int) -> tuple[Points, NDArray[np.int64]]:
    """At most `count` centres, and of each point which centre is nearest; every centre has at least one point."""
    found = _spread_out(points, count, np.random.default_rng([seed, count]))
    member = nearest(points, found)
    for _ in range(ROUNDS if len(found) > 1 else 1):
        belongs = (member == np.arange(len(found))[:, None]).astype(np.float64)
        sizes = belongs.sum(axis=1)
        kept = sizes > 0
        found = (belongs[kept] @ points) / sizes[kept, None]
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
    across = np.einsum("pd,pd->p", points, points)[:, None] + np.einsum("cd,cd->c", centres, centres)
    distances: NDArray[np.float64] = np.maximum(across - 2.0 * (points @ centres.T), 0.0)
    return distances


def _spread_out(points: Points, count: int, rng: np.random.Generator) -> Points:
    """First centres: each drawn with probability proportional to the squared distance from those there are."""
    own = np.einsum("pd,pd->p", points, points)
    chosen = [int(rng.integers(len(points)))]
    distance = np.full(len(points), np.inf)
    while True:
        last = chosen[-1]
        distance = np.minimum(distance, np.maximum(own + own[last] - 2.0 * (points @ points[last]), 0.0))
        distance[last] = 0.0
        steps = np.cumsum(distance)
        if len(chosen) >= count or not steps[-1] > 0.0:  # or every point is a centre
            return points[chosen]
        chosen.append(min(int(np.searchsorted(steps, rng.random() * steps[-1], side="right")), len(points) - 1))
