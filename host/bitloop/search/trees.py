"""Growing the trees of a forest with scikit-learn, one by one: its forests cost more in overhead than in trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features

MOST_LOOKS = 48
"""Features a split chooses from, at most."""


def grow(
    x: Features, goals: NDArray[np.float64], weight: NDArray[np.float64], hyper: Mapping[str, float], seed: int
) -> list[Any]:
    """`trees` regression trees (scikit-learn's `tree_`) of at most `leaves` leaves, for goals of (signals, outputs).

    On one column per class, 1 or 0, least squares is Gini's impurity and a leaf holds the shares of the classes. Each
    split looks at `share` of the features (0: the square root of their number). Trees that split anywhere (`loose`)
    see all signals, the others a random draw with replacement of as many.
    """
    from sklearn import config_context
    from sklearn.tree import DecisionTreeRegressor, ExtraTreeRegressor

    kind = ExtraTreeRegressor if hyper["loose"] else DecisionTreeRegressor
    width, share = x.shape[1], hyper["share"]
    looks = min(MOST_LOOKS, max(1, round(width**0.5 if share == 0 else share * width)))
    rng = np.random.default_rng([seed, width, len(x)])
    x, goals = np.ascontiguousarray(x, dtype=np.float32), np.ascontiguousarray(goals, dtype=np.float64)
    found = []
    with config_context(skip_parameter_validation=True, assume_finite=True):
        for _ in range(int(hyper["trees"])):
            own = weight
            if not hyper["loose"]:
                own = weight * np.bincount(rng.integers(len(x), size=len(x)), minlength=len(x))
            state = int(rng.integers(2**31))
            tree = kind(max_leaf_nodes=int(hyper["leaves"]), max_features=looks, random_state=state)
            tree.fit(x, goals, sample_weight=own, check_input=False)
            found.append(tree.tree_)
    return found
