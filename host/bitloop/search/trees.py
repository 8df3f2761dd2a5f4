"""Growing the trees of a forest with scikit-learn, one by one: its forests cost more in overhead than in trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features


def grow(
    kind: type[Any],
    x: Features,
    y: NDArray[Any],
    weight: NDArray[np.float64] | None,
    hyper: Mapping[str, float],
    seed: int,
) -> list[Any]:
    """`trees` fitted trees (scikit-learn's `tree_`) of at most `leaves` leaves, each looking at `share` of features.

    A `share` of 0 is the square root of their number. Trees that split anywhere (`loose`) see all signals, the others
    a random draw with replacement of as many.
    """
    width = x.shape[1]
    share = hyper["share"]
    looks = max(1, round(width**0.5 if share == 0 else share * width))
    rng = np.random.default_rng([seed, width, len(x)])
    x = np.ascontiguousarray(x, dtype=np.float32)
    goal = np.ascontiguousarray(y, dtype=np.float64)[:, None]
    found = []
    for _ in range(int(hyper["trees"])):
        own = np.ones(len(x)) if weight is None else weight.copy()
        if not hyper["loose"]:
            own *= np.bincount(rng.integers(len(x), size=len(x)), minlength=len(x))
        tree = kind(max_leaf_nodes=int(hyper["leaves"]), max_features=looks, random_state=int(rng.integers(2**31)))
        tree.fit(x, goal, sample_weight=own, check_input=False)
        found.append(tree.tree_)
    return found
