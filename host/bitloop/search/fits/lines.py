"""Lines through targets: elastic net, and ridge with int8 weights."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.quantise import int8_rows
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.ridge_int8 import RidgeInt8
from bitloop.search.fits.entry import ALL_SCALES, Entry
from bitloop.search.fits.linear import feature_scale
from bitloop.search.fits.ridge_classifier import fit_ridge_values

Targets = NDArray[np.float32]
Hypers = Mapping[str, float]

SWEEPS = 200
"""Passes over the features at most; what has not settled by then is regularised by it."""


def fit_elastic_net(x: Features, y: Targets, hyper: Hypers, seed: int) -> Ridge:
    """Least squares with `strength` times (`sparse` |w| + (1 - `sparse`) / 2 w^2), in standard deviations of y."""
    import sklearn
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import enet_path

    wide, goal = x.astype(np.float64), y.astype(np.float64)
    middle, level = wide.mean(axis=0), float(goal.mean())
    spread = max(float(goal.std()), 1e-12)
    off, wanted = np.asfortranarray(wide - middle), (goal - level) / spread
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = enet_path(
            off,
            wanted,
            l1_ratio=hyper["sparse"],
            alphas=[hyper["strength"]],
            precompute=off.T @ off,
            Xy=off.T @ wanted,
            check_input=False,
            max_iter=SWEEPS,
            tol=1e-3,
        )
    weights = spread * found[1][:, 0]
    return Ridge(weights.astype(np.float32), float(np.float32(level - middle @ weights)))


def fit_int8(x: Features, y: Targets, hyper: Hypers, seed: int) -> RidgeInt8:
    """Ridge whose strength errs least on signals left out, its weights rounded to 8 bits."""
    wide = fit_ridge_values(x, y, hyper, seed)
    whole, steps = int8_rows(wide.weights[None, :])
    scale = feature_scale(x)
    # What rounding takes from the mean of the targets is given back by the bias.
    lost = float(x.mean(axis=0, dtype=np.float64) @ (wide.weights - whole[0] * steps[0]))
    return RidgeInt8(whole[0], float(np.float32(steps[0] / scale)), float(np.float32(wide.bias + lost)), scale)


_NET = {"strength": (1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1), "sparse": (0.1, 0.5, 0.9)}
_INT8 = {"firmer": (1.0, 1.0, 3.0, 10.0, 0.3)}

ENTRIES = (
    Entry("elastic_net", Ridge, fit_elastic_net, _NET, ALL_SCALES, rounds=1),
    Entry("ridge_int8", RidgeInt8, fit_int8, _INT8, ALL_SCALES, 1024, rounds=1),
)
