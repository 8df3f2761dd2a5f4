"""Multilayer perceptrons and small convolutional networks. They bring their own scaling: the device computes none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bitloop.kernels.cnn_classes import CnnClasses
from bitloop.kernels.cnn_int8_classes import CnnInt8Classes
from bitloop.kernels.mlp_classes import MlpClasses
from bitloop.kernels.mlp_int8_classes import MlpInt8Classes
from bitloop.kernels.mlp_int8_values import MlpInt8Values
from bitloop.kernels.mlp_values import MlpValues
from bitloop.search import train_cnn as cnn
from bitloop.search import train_networks as train
from bitloop.search.fits.entry import UNSCALED, Entry

_HYPER: Mapping[str, Sequence[float]] = {
    "hidden": (8, 16, 24, 32, 64),
    "second": (0, 0, 16),
    "decay": (0.03, 0.1, 0.3, 1.0),
    "noise": (0.0, 0.0, 0.3),
    "steps": (100, 100, 100, 400),
}
_VALUES = {**_HYPER, "decay": (0.01, 0.1, 0.3), "steps": (100, 400, 800)}
"""Numbers take more steps than classes to get right."""
_CONVOLUTIONS: Mapping[str, Sequence[float]] = {
    "filters": (8, 16),
    "taps": (5, 9, 15),
    "stride": (2, 4),
    "mean": (0, 1),
    "decay": (0.03, 0.3),
    "steps": (150, 300),
}

ENTRIES = (
    Entry("mlp_classes", MlpClasses, train.fit_mlp_classes, _HYPER, UNSCALED, most=256, rounds=1),
    Entry("mlp_int8_classes", MlpInt8Classes, train.fit_mlp_int8_classes, _HYPER, UNSCALED, most=256, rounds=1),
    Entry("mlp_values", MlpValues, train.fit_mlp_values, _VALUES, UNSCALED, most=256, rounds=1),
    Entry("mlp_int8_values", MlpInt8Values, train.fit_mlp_int8_values, _VALUES, UNSCALED, most=256, rounds=1),
    Entry("cnn_classes", CnnClasses, cnn.fit_cnn_classes, _CONVOLUTIONS, UNSCALED, 1024, 1, view="raw"),
    Entry(
        "cnn_int8_classes",
        CnnInt8Classes,
        cnn.fit_cnn_int8_classes,
        _CONVOLUTIONS,
        UNSCALED,
        1024,
        1,
        view="raw",
    ),
)
