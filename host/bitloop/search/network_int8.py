"""A trained network as int8: ranges are those of the training signals, one step per input, neuron and row of weights.

A step per neuron costs nothing on the device: the next layer's weights are multiplied by it before they are rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.checks import WEIGHT
from bitloop.kernels.dense_int8 import BIAS, dense_int8
from bitloop.kernels.quantise import INT8, int8_rows, quantise
from bitloop.search.network import Layers, Wide

WIDEST = 6.0
"""Standard deviations an input's range spans at most; beyond, it is held at its end."""


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """How features become int8 inputs, and what those stand for: (x - offset) * step, and `unit` deviations each."""

    offset: NDArray[np.float32]
    step: NDArray[np.float32]
    unit: Wide

    @staticmethod
    def of(z: Wide, middle: Wide, spread: Wide) -> Inputs:
        """From standard features, their means and their spreads."""
        reach = np.clip(1.05 * np.abs(z).max(axis=0), 1e-3, WIDEST)
        step = np.minimum(INT8 / (reach * spread), WEIGHT / 2)
        return Inputs(middle.astype(np.float32), step.astype(np.float32), reach / INT8)

    def quantised(self, x: NDArray[np.float32]) -> NDArray[np.int32]:
        """int8 inputs of features, as the kernel makes them."""
        return quantise(x - self.offset, self.step, -INT8, INT8)


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Flat tables of an int8 network, one layer after the other."""

    weights: NDArray[np.int8]
    bias: NDArray[np.int32]
    scale: NDArray[np.float32]


def to_int8(layers: Layers, inputs: Inputs, q: NDArray[np.int32]) -> Tables:
    """Tables of a network trained on q * unit; `q` are its training inputs, to see how far each neuron goes."""
    unit, found = inputs.unit, []
    for number, (weights, bias) in enumerate(layers):
        small, row = int8_rows(weights * unit)
        shift = np.clip(np.rint(bias / row), -BIAS, BIAS).astype(np.int32)
        if number == len(layers) - 1:
            found.append((small, shift, row.astype(np.float32)))
            break
        sums = q.astype(np.float64) @ small.T + shift
        unit = np.maximum((sums * row).max(axis=0), 1e-6) / INT8
        scale = np.minimum(row / unit, WEIGHT).astype(np.float32)
        found.append((small, shift, scale))
        q = dense_int8(small, shift, scale, q)
    weights8, bias32, scales = zip(*found, strict=True)
    return Tables(np.concatenate([w.ravel() for w in weights8]), np.concatenate(bias32), np.concatenate(scales))
