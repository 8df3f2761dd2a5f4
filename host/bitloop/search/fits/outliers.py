"""Outlier models that look at single signals: support vectors, neighbours, isolating trees."""

from __future__ import annotations

from bitloop.kernels.isolation_forest import IsolationForest
from bitloop.kernels.nearest_radius import NearestRadius
from bitloop.kernels.one_class_svm import OneClassSvm
from bitloop.search import train_outliers as train
from bitloop.search.fits.entry import UNSCALED, Entry

ENTRIES = (
    Entry(
        "one_class_svm",
        OneClassSvm,
        train.fit_one_class_svm,
        {"nu": (0.02, 0.05, 0.1, 0.3), "width": (0.1, 0.3, 1.0, 3.0, 10.0)},
        most=256,
    ),
    Entry(
        "nearest_radius",
        NearestRadius,
        train.fit_nearest_radius,
        {"prototypes": (8, 16, 32, 64, 128), "k": (1, 2, 3, 5)},
    ),
    Entry(
        "isolation_forest",
        IsolationForest,
        train.fit_isolation_forest,
        {"trees": (8, 16, 32), "samples": (16, 32, 64)},
        UNSCALED,
        rounds=1,
    ),
)
