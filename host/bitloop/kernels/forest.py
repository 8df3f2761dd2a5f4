"""Decision trees as tables, and their making from scikit-learn's arrays.

Node n asks whether x[feature[n]] <= threshold[n]: yes goes to node child[n], no to the one after it. A feature of -1
marks a leaf; child[n] is then its row in the table of leaves. Children come after their parents, so every way ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import Features

NODES = 65535
"""Most nodes of a forest: their indices have 16 bits."""


class Tree(Protocol):
    """What a converter reads of a fitted tree; scikit-learn's `tree_` has it. A child of -1 marks a leaf."""

    children_left: NDArray[Any]
    children_right: NDArray[Any]
    feature: NDArray[Any]
    threshold: NDArray[Any]
    value: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """The tables of a forest; `rows[l]` is what the converter's `leaf` made of leaf l."""

    roots: NDArray[np.uint16]
    feature: NDArray[np.int16]
    child: NDArray[np.uint16]
    threshold: NDArray[np.float32]
    rows: list[tuple[float, ...]]


def leaf_rows(nodes: Any, x: Features) -> list[NDArray[np.intp]]:
    """Per tree, (signals,): the row of the leaf each signal ends at. `nodes` has the tables of `Nodes`."""
    found = []
    for root in nodes.roots:
        node = np.full(len(x), root, dtype=np.intp)
        inner = nodes.feature[node] >= 0
        while inner.any():
            at, signal = node[inner], np.flatnonzero(inner)
            right = ~(x[signal, nodes.feature[at]] <= nodes.threshold[at])
            node[inner] = nodes.child[at] + right.astype(np.intp)
            inner = nodes.feature[node] >= 0
        found.append(nodes.child[node].astype(np.intp))
    return found


def check(nodes: Any, features: int, leaves: int, name: str) -> None:
    """LibraryError unless every way through the tables stays inside them and ends."""
    checks.whole(features, 1, checks.FEATURES, f"{name}.features")
    checks.table(nodes.roots, np.uint16, 1, f"{name}.roots")
    checks.table(nodes.feature, np.int16, 1, f"{name}.feature")
    checks.table(nodes.child, np.uint16, 1, f"{name}.child")
    largest = float(np.finfo(np.float32).max)
    checks.floats(nodes.threshold, 1, f"{name}.threshold", -largest, largest)
    checks.whole(len(nodes.feature), 1, NODES, f"the number of nodes of {name}")
    checks.alike(nodes.child.shape, nodes.feature.shape, f"{name}.child")
    checks.alike(nodes.threshold.shape, nodes.feature.shape, f"{name}.threshold")
    index, child = np.arange(len(nodes.feature)), nodes.child.astype(np.int64)
    inner = nodes.feature >= 0
    if nodes.roots.max() >= len(index) or nodes.feature.max() >= features or nodes.feature.min() < -1:
        raise LibraryError(f"{name} has a root or a feature that does not exist")
    if np.any(inner & ((child <= index) | (child + 1 >= len(index)))) or np.any(~inner & (child >= leaves)):
        raise LibraryError(f"{name} has a node whose child or leaf does not exist or does not come after it")


def from_trees(trees: Iterable[Tree], leaf: Callable[[NDArray[Any]], tuple[float, ...]]) -> Nodes:
    """Tables of fitted trees. `leaf` makes a leaf's row from its value; equal rows are kept once."""
    builder = _Builder(leaf)
    roots = [builder.add(tree) for tree in trees]
    if len(builder.feature) > NODES:
        raise LibraryError(f"a forest of {len(builder.feature)} nodes is too large; allow fewer trees or leaves")
    return Nodes(
        np.array(roots, dtype=np.uint16),
        np.array(builder.feature, dtype=np.int16),
        np.array(builder.child, dtype=np.uint16),
        np.array(builder.threshold, dtype=np.float32),
        list(builder.rows),
    )


def below(threshold: float) -> np.float32:
    """The greatest float32 not above a threshold: float32 features compare with it as with the threshold itself."""
    nearest = np.float32(np.clip(threshold, -np.finfo(np.float32).max, np.finfo(np.float32).max))
    return np.nextafter(nearest, np.float32(-np.inf)) if float(nearest) > threshold else nearest


class _Builder:
    """Lays trees out so that siblings stand side by side, after their parent."""

    def __init__(self, leaf: Callable[[NDArray[Any]], tuple[float, ...]]) -> None:
        self.leaf = leaf
        self.feature: list[int] = []
        self.child: list[int] = []
        self.threshold: list[np.float32] = []
        self.rows: dict[tuple[float, ...], int] = {}

    def add(self, tree: Tree) -> int:
        """Append a tree; returns the index of its root."""
        root = self._places(1)
        waiting = [(0, root)]
        while waiting:
            node, place = waiting.pop()
            if tree.children_left[node] < 0:
                row = self.leaf(tree.value[node])
                self.child[place] = self.rows.setdefault(row, len(self.rows))
                continue
            left = self._places(2)
            self.feature[place], self.child[place] = int(tree.feature[node]), left
            self.threshold[place] = below(float(tree.threshold[node]))
            waiting += [(int(tree.children_right[node]), left + 1), (int(tree.children_left[node]), left)]
        return root

    def _places(self, count: int) -> int:
        first = len(self.feature)
        self.feature += [-1] * count
        self.child += [0] * count
        self.threshold += [np.float32(0.0)] * count
        return first
