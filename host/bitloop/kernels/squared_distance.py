"""Squared Euclidean distances, features upwards."""

from __future__ import annotations

import numpy as np

from bitloop.kernels.base import Features


def squared_distances(x: Features, places: Features) -> Features:
    """(signals, features) and (places, features) to (signals, places)."""
    total = np.zeros((len(x), len(places)), dtype=np.float32)
    for i in range(places.shape[1]):
        off = x[:, i, None] - places[:, i]
        total += off * off
    return total
