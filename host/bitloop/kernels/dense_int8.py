"""Fully connected layers of int8 weights and inputs with int32 sums, the twin of dense_int8.h; and their tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features
from bitloop.kernels.quantise import INT8, quantise
from bitloop.kernels.record import F32, I8, I32

BIAS = 1 << 30
"""Largest size of a bias: with 1024 products of 127 x 127 the sum still fits 32 bits."""
TABLES = ("offset", "step", "weights", "bias", "scale")
"""What a network hands its C kernel, in order."""
Integers = NDArray[np.int32]


def words(inputs: int) -> int:
    """32-bit words of a row of weights; its inputs take twice as many."""
    return -(-inputs // 4)


def pack(weights: NDArray[np.int8]) -> NDArray[np.uint32]:
    """(outputs, inputs) to (outputs, words): four a word, the first in the lowest byte, zeros at the end."""
    whole = np.zeros((len(weights), 4 * words(weights.shape[1])), dtype=np.int8)
    whole[:, : weights.shape[1]] = weights
    four = whole.view(np.uint8).reshape(len(weights), -1, 4).astype(np.uint32)
    packed: NDArray[np.uint32] = (four << np.array([0, 8, 16, 24], dtype=np.uint32)).sum(axis=-1, dtype=np.uint32)
    return packed


class Quantised(Protocol):
    """What a network of such layers holds: inputs (x - offset) * step, one layer after the other in the rest."""

    kernel: ClassVar[str]

    @property
    def offset(self) -> F32: ...
    @property
    def step(self) -> F32: ...
    @property
    def weights(self) -> I8: ...
    @property
    def bias(self) -> I32: ...
    @property
    def scale(self) -> F32: ...


def check_tables(network: Quantised) -> None:
    """LibraryError for tables that cannot be, or whose sums might not fit."""
    name = network.kernel
    checks.floats(network.offset, 1, f"{name}.offset", -checks.PLACE, checks.PLACE)
    checks.floats(network.step, 1, f"{name}.step", 0.0, checks.WEIGHT)
    checks.table(network.weights, np.int8, 1, f"{name}.weights")
    checks.table(network.bias, np.int32, 1, f"{name}.bias")
    checks.floats(network.scale, 1, f"{name}.scale", 0.0, checks.WEIGHT)
    checks.alike(network.step.shape, network.offset.shape, f"{name}.step")
    checks.alike(network.scale.shape, network.bias.shape, f"{name}.scale")
    if network.weights.size and int(network.weights.min()) < -INT8:
        raise LibraryError(f"{name}.weights has to hold integers from -{INT8} to {INT8} only")
    if np.any(np.abs(network.bias.astype(np.int64)) > BIAS):
        raise LibraryError(f"{name}.bias has to hold integers from -{BIAS} to {BIAS} only")


def tables(network: Quantised, layers: Iterable[I8]) -> tuple[Constant, ...]:
    """The tables in the order of TABLES, the weights (outputs, inputs) of every layer packed."""
    packed = np.concatenate([pack(weights).ravel() for weights in layers])
    found = (network.offset, network.step, packed, network.bias, network.scale)
    return tuple(Constant(name, table, fitted=True) for name, table in zip(TABLES, found, strict=True))


def sums(weights: NDArray[np.int8], bias: NDArray[np.int32], x: Integers) -> Features:
    """(..., inputs) to (..., outputs): int32 sums as the nearest float32. float64 holds them exactly."""
    exact = x.astype(np.float64) @ weights.T.astype(np.float64) + bias
    return exact.astype(np.float32)


def inputs(offset: Features, step: Features, x: Features) -> Integers:
    """Features to int8 inputs."""
    return quantise(x - offset, step, -INT8, INT8)


def dense_int8(weights: NDArray[np.int8], bias: NDArray[np.int32], scale: Features, x: Integers) -> Integers:
    """A hidden layer: sum * scale as int8, not below 0."""
    return quantise(sums(weights, bias, x), scale, 0, INT8)


def scores_int8(weights: NDArray[np.int8], bias: NDArray[np.int32], scale: Features, x: Integers) -> Features:
    """The last layer: sum * scale as float."""
    return sums(weights, bias, x) * scale
