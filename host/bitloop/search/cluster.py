"""Centres of a cloud of points: k-means++ and Lloyd's iterations, small and without overhead for small clouds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Labels = NDArray[np.int64]
ROUNDS = 15
FEW_ROUNDS = 5
"""For centres that something else is fitted to afterwards: further rounds move them by next to nothing."""


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


def class_centres(points: Points, label: Labels, each: int, seed: int) -> tuple[Points, Labels]:
    """At most `each` centres of every class on its own, class after class, and their classes.

    All classes go through every step together, padded to the longest: with a few dozen points in each, the steps cost
    less than taking them one class at a time.
    """
    sizes = np.bincount(label)
    most = int(sizes.max())
    real = np.arange(most) < sizes[:, None]
    padded = np.zeros((len(sizes), most, points.shape[1]))
    padded[real] = points[np.argsort(label, kind="stable")]
    found, there = _spread_out_together(padded, real, min(each, most), np.random.default_rng([seed, each]))
    own = np.einsum("cpd,cpd->cp", padded, padded)[:, :, None]
    before = np.empty(0)
    for _ in range(FEW_ROUNDS):
        distance = own - 2.0 * (padded @ found.swapaxes(1, 2)) + np.einsum("ckd,ckd->ck", found, found)[:, None, :]
        member = np.argmin(np.where(there[:, None, :], distance, np.inf), axis=2)
        if np.array_equal(member, before):
            break
        before = member
        belongs = ((member[:, None, :] == np.arange(found.shape[1])[:, None]) & real[:, None, :]).astype(np.float64)
        count = belongs.sum(axis=2)
        there = count > 0
        found = (belongs @ padded) / np.maximum(count, 1.0)[:, :, None]
    return found[there], np.nonzero(there)[0]


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


def _spread_out_together(
    padded: Points, real: NDArray[np.bool_], count: int, rng: np.random.Generator
) -> tuple[Points, NDArray[np.bool_]]:
    """The same for every class of (classes, points, features) at once, and which centres there are."""
    classes = np.arange(len(padded))
    own = np.einsum("cpd,cpd->cp", padded, padded)
    chosen = np.zeros((len(padded), count), dtype=np.int64)
    there = np.zeros((len(padded), count), dtype=np.bool_)
    chosen[:, 0] = np.minimum(rng.random(len(padded)) * real.sum(axis=1), real.sum(axis=1) - 1).astype(np.int64)
    there[:, 0] = True
    distance = np.where(real, np.inf, 0.0)
    for step in range(1, count):
        last = chosen[:, step - 1]
        across = (padded @ padded[classes, last][:, :, None])[:, :, 0]
        distance = np.minimum(distance, np.maximum(own + own[classes, last][:, None] - 2.0 * across, 0.0))
        distance[classes, last] = 0.0
        steps = np.cumsum(distance, axis=1)
        at = (steps <= rng.random(len(padded))[:, None] * steps[:, -1:]).sum(axis=1)
        chosen[:, step] = np.minimum(at, real.sum(axis=1) - 1)
        there[:, step] = there[:, step - 1] & (steps[:, -1] > 0.0)
    return padded[classes[:, None], chosen], there
