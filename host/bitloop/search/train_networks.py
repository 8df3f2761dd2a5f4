"""Fitting multilayer perceptrons, in float32 and int8.

`hidden` and `second` are the widths of the hidden layers (`second` 0: one layer), `decay` pulls weights towards 0,
`noise` is added to the standardised inputs while training, and `steps` is how many batches are learned from, whatever
the number of signals: a fit of 100 takes some 10 ms.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features
from bitloop.kernels.mlp_classes import MlpClasses
from bitloop.kernels.mlp_int8_classes import MlpInt8Classes
from bitloop.kernels.mlp_int8_values import MlpInt8Values
from bitloop.kernels.mlp_values import MlpValues
from bitloop.search.network import Layers, Slope, Wide, standard, towards_classes, towards_values, train, unscaled
from bitloop.search.network_int8 import Inputs, to_int8
from bitloop.search.train_regular import single

Labels = NDArray[np.int64]
Targets = NDArray[np.float32]
Hypers = Mapping[str, float]


def fit_mlp_classes(x: Features, y: Labels, hyper: Hypers, seed: int) -> MlpClasses:
    """Cross entropy; every class weighs the same. The standardisation becomes part of the first layer."""
    z, middle, spread = standard(x)
    layers = _trained(z, int(y.max()) + 1, towards_classes(y), hyper, seed)
    return MlpClasses.of(unscaled(layers, middle, spread))


def fit_mlp_values(x: Features, y: Targets, hyper: Hypers, seed: int) -> MlpValues:
    """Least squares on standardised targets."""
    z, middle, spread = standard(x)
    goal, level, size = _standard_targets(y)
    layers = _trained(z, 1, towards_values(goal), hyper, seed)
    weights, bias = layers[-1]
    return MlpValues.of(unscaled([*layers[:-1], (weights * size, bias * size + level)], middle, spread))


def fit_mlp_int8_classes(x: Features, y: Labels, hyper: Hypers, seed: int) -> MlpInt8Classes:
    """The same in int8, trained on the rounded inputs."""
    inputs, q = _rounded(x)
    layers = _trained(q * inputs.unit, int(y.max()) + 1, towards_classes(y), hyper, seed)
    found = to_int8(layers, inputs, q)
    return MlpInt8Classes(_widths(layers), inputs.offset, inputs.step, found.weights, found.bias, found.scale)


def fit_mlp_int8_values(x: Features, y: Targets, hyper: Hypers, seed: int) -> MlpInt8Values:
    """The same in int8, trained on the rounded inputs."""
    inputs, q = _rounded(x)
    goal, level, size = _standard_targets(y)
    layers = _trained(q * inputs.unit, 1, towards_values(goal), hyper, seed)
    found = to_int8(layers, inputs, q)
    scale = found.scale.copy()
    scale[-1:] = (scale[-1:].astype(np.float64) * size).astype(np.float32)
    widths = _widths(layers)
    return MlpInt8Values(widths, inputs.offset, inputs.step, found.weights, found.bias, scale, single(level))


def _trained(z: Wide, outputs: int, slope: Slope, hyper: Hypers, seed: int) -> Layers:
    hidden = [int(hyper[name]) for name in ("hidden", "second") if hyper[name]]
    return train(z, (z.shape[1], *hidden, outputs), slope, hyper["decay"], hyper["noise"], int(hyper["steps"]), seed)


def _rounded(x: Features) -> tuple[Inputs, NDArray[np.int32]]:
    inputs = Inputs.of(*standard(x))
    return inputs, inputs.quantised(x)


def _standard_targets(y: Targets) -> tuple[Wide, float, float]:
    wide = y.astype(np.float64)
    level, size = float(wide.mean()), float(wide.std())
    size = size if size > 0 else 1.0
    return (wide - level) / size, level, size


def _widths(layers: Layers) -> tuple[int, ...]:
    return (layers[0][0].shape[1], *(len(bias) for _, bias in layers))
