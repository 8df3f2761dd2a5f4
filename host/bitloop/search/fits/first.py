"""The models of every kind that are quick to fit."""

from __future__ import annotations

from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.hyperspheres import Hyperspheres
from bitloop.kernels.linear import Linear
from bitloop.kernels.naive_bayes import NaiveBayes
from bitloop.kernels.nearest_values import NearestValues
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.sefr import Sefr
from bitloop.search import train_classes, train_regular, train_values
from bitloop.search.fits.entry import UNSCALED, Entry

ENTRIES = (
    Entry("gaussian", Gaussian, train_regular.fit_gaussian, {"smoothing": (1e-6, 1e-4, 1e-3, 1e-2, 1e-1)}, UNSCALED),
    Entry("hyperspheres", Hyperspheres, train_regular.fit_hyperspheres, {"spheres": (1, 2, 4, 8, 16)}),
    Entry(
        "discriminants",
        Linear,
        train_classes.fit_discriminants,
        {"strength": (1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 0.7)},
    ),
    Entry("sefr", Sefr, train_classes.fit_sefr, {}, ("minmax",), rounds=2),
    Entry(
        "naive_bayes",
        NaiveBayes,
        train_classes.fit_naive_bayes,
        {"smoothing": (1e-9, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1)},
        UNSCALED,
    ),
    Entry("ridge", Ridge, train_values.fit_ridge, {"strength": (1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0)}),
    Entry(
        "nearest_values",
        NearestValues,
        train_values.fit_nearest_values,
        {"prototypes": (16, 32, 64, 128, 256), "k": (1, 3, 5)},
    ),
)
