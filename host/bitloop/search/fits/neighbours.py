"""Nearest prototypes: few signals, or places between them, that stand for all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from bitloop.kernels.base import Features
from bitloop.kernels.nearest_classes import NearestClasses
from bitloop.search.cluster import class_centres, squares
from bitloop.search.fits.entry import ALL_SCALES, Entry

Wide = NDArray[np.float64]
Labels = NDArray[np.int64]
Hypers = Mapping[str, float]

CENTRES, REFINED, CONDENSED = range(3)
ROUNDS = 10
STEP = 0.3
"""First step of a refined prototype, as a part of the way its signals would have it go; it falls to nothing."""


def fit_nearest_classes(x: Features, y: Labels, hyper: Hypers, seed: int) -> NearestClasses:
    """`prototypes` of each class; the `k` nearest vote. `kind` says how they are found."""
    wide, classes, each = x.astype(np.float64), int(y.max()) + 1, int(hyper["prototypes"])
    if int(hyper["kind"]) == CONDENSED:
        places, labels = condensed(wide, y, each * classes)
    else:
        places, labels = class_centres(wide, y, each, seed)
        if int(hyper["kind"]) == REFINED and len(places) > classes:
            places = refined(wide, y, places, labels)
    k = min(int(hyper["k"]), len(labels))
    return NearestClasses(places.astype(np.float32), labels.astype(np.uint8), classes, k)


def refined(x: Wide, y: Labels, places: Wide, labels: Labels) -> Wide:
    """Generalised learning vector quantisation (Sato and Yamada, 1996), all signals at once.

    Each signal draws the nearest prototype of its class and drives off the nearest of another, the harder the nearer
    the border it lies; every class weighs the same.
    """
    places = places.copy()
    share = len(y) / np.bincount(y)[y]
    rows, own = np.arange(len(x)), labels == y[:, None]
    pairs = np.arange(0, 2 * len(x) + 1, 2)
    for turn in range(ROUNDS):
        far = squares(x, places)
        friend = np.argmin(np.where(own, far, np.inf), axis=1)
        rival = np.argmin(np.where(own, np.inf, far), axis=1)
        near, other = far[rows, friend], far[rows, rival]
        total = near + other + 1e-12
        slope = np.exp(-2.0 * np.abs((near - other) / total)) * share / (total * total)
        who = np.stack([friend, rival], axis=1).ravel()
        force = np.stack([slope * other, -slope * near], axis=1).ravel()
        drawn = csc_array((force, who, pairs), shape=(len(places), len(x)))
        sizes = np.bincount(who, weights=np.abs(force), minlength=len(places))[:, None]
        move = drawn @ x - np.bincount(who, weights=force, minlength=len(places))[:, None] * places
        places += STEP * (1.0 - turn / ROUNDS) * move / np.maximum(sizes, 1e-30)
    return places


def condensed(x: Wide, y: Labels, count: int) -> tuple[Wide, Labels]:
    """Signals added one at a time where the nearest so far is of another class (Hart, 1968), at most `count`.

    The first are the most central of each class; then always the one that is furthest on the wrong side.
    """
    classes = int(y.max()) + 1
    kept = []
    for c in range(classes):
        members = np.flatnonzero(y == c)
        middle = x[members].mean(axis=0, keepdims=True)
        kept.append(int(members[np.argmin(squares(x[members], middle)[:, 0])]))
    nearest = np.full((len(x), 2), np.inf)  # squared distance to the own class, and to the others
    for at in kept:
        _nearer(nearest, x, y, at)
    while len(kept) < min(count, len(x)):
        wrong = nearest[:, 0] - nearest[:, 1]
        at = int(np.argmax(wrong))
        if not wrong[at] > 0.0:
            break
        kept.append(at)
        _nearer(nearest, x, y, at)
    return x[kept], y[kept]


def _nearer(nearest: Wide, x: Wide, y: Labels, at: int) -> None:
    far = squares(x, x[at : at + 1])[:, 0]
    side = (y != y[at]).astype(np.int64)
    rows = np.arange(len(x))
    nearest[rows, side] = np.minimum(nearest[rows, side], far)


_CLASSES = {"prototypes": (1, 2, 4, 8, 16, 32), "k": (1, 1, 3), "kind": (CENTRES, REFINED, CONDENSED)}

ENTRIES = (Entry("nearest_classes", NearestClasses, fit_nearest_classes, _CLASSES, ALL_SCALES),)
