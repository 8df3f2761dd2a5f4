"""Fully connected layers of int8 weights and inputs with int32 sums, the twin of dense_int8.h; and their tables."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Features
from bitloop.kernels.quantise import INT8, quantise

BIAS = 1 << 30
"""Largest size of a bias: with 1024 products of 127 x 127 the sum still fits 32 bits."""
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


def check(weights: NDArray[Any], bias: NDArray[Any], name: str) -> None:
    """LibraryError for numbers whose sums might not fit."""
    if weights.size and int(weights.min()) < -INT8:
        raise LibraryError(f"{name}.weights has to hold integers from -{INT8} to {INT8} only")
    if np.any(np.abs(bias.astype(np.int64)) > BIAS):
        raise LibraryError(f"{name}.bias has to hold integers from -{BIAS} to {BIAS} only")


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
