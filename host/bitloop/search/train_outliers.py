"""Fitting outlier models that look at single signals: support vectors, neighbours, isolating trees.

`limit` places the decision; the search sets it from held-out signals (limits.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.isolation_forest import IsolationForest, from_trees
from bitloop.kernels.nearest_radius import NearestRadius
from bitloop.kernels.one_class_svm import OneClassSvm
from bitloop.search.cluster import centres
from bitloop.search.train_regular import single

Hypers = Mapping[str, float]
MOST = 512
"""Signals support vectors are chosen from, at most: fitting takes their square."""


def fit_one_class_svm(x: Features, hyper: Hypers, limit: float, seed: int) -> OneClassSvm:
    """Schoelkopf's one-class machine; `nu` is the least share of signals that become vectors.

    `width` is in units of one over the features' summed variance.
    """
    from sklearn import config_context
    from sklearn.svm import OneClassSVM

    wide = _some(x.astype(np.float64), MOST)
    gamma = min(max(hyper["width"] / max(float(wide.var(axis=0).sum()), 1e-18), 1e-18), 1e3)
    with config_context(skip_parameter_validation=True, assume_finite=True):
        found = OneClassSVM(gamma=gamma, nu=hyper["nu"], tol=1e-3).fit(wide)
    weights = found.dual_coef_[0]
    kept = weights > 1e-6 * weights.max()
    share = weights[kept] / weights[kept].sum()
    vectors = found.support_vectors_[kept].astype(np.float32)
    return OneClassSvm(vectors, np.clip(share, 1e-9, 1.0).astype(np.float32), single(gamma), single(limit))


def fit_nearest_radius(x: Features, hyper: Hypers, limit: float, seed: int) -> NearestRadius:
    """Cluster centres (every signal where there are no more), and the `k`-th nearest of them."""
    wide, count = x.astype(np.float64), int(hyper["prototypes"])
    found = wide if len(wide) <= count else centres(wide, count, seed)[0]
    return NearestRadius(found.astype(np.float32), min(int(hyper["k"]), len(found)), single(limit))


def fit_isolation_forest(x: Features, hyper: Hypers, limit: float, seed: int) -> IsolationForest:
    """`trees` trees that split anywhere, each on `samples` signals, down to the depth that would tell all apart."""
    from sklearn import config_context
    from sklearn.tree import ExtraTreeRegressor

    rng = np.random.default_rng([seed, x.shape[1], len(x)])
    size = min(int(hyper["samples"]), len(x))
    depth, found = max(1, math.ceil(math.log2(size))), []
    narrow = np.ascontiguousarray(x, dtype=np.float32)
    with config_context(skip_parameter_validation=True, assume_finite=True):
        for _ in range(int(hyper["trees"])):
            own = narrow[rng.choice(len(x), size, replace=False)]
            tree = ExtraTreeRegressor(max_features=1, max_depth=depth, random_state=int(rng.integers(2**31)))
            found.append(tree.fit(own, rng.random(size)[:, None], check_input=False).tree_)
    return from_trees(found, x.shape[1], single(limit))


def _some(x: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Rows from all over, at most so many."""
    return x if len(x) <= most else x[np.linspace(0, len(x) - 1, most).astype(np.intp)]
