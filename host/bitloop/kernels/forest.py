"""Decision trees as tables, and their making from scikit-learn's arrays.

Node n asks whether x[feature[n]] <= threshold[n] and goes to children[n, 0] if so, else to children[n, 1]. A child
that is negative is a leaf, and ~child its row in the table of leaves. Children come after their parents, so every way
ends. Leaves are no nodes: a split takes 10 bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels import checks
from bitloop.kernels.base import Constant, Features

NODES = 32767
"""Most nodes, and most rows of leaves, of a forest: their indices have 15 bits."""
TREES = 256
"""Most trees: the sum of a byte of each has 16 bits."""


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
    feature: NDArray[np.uint16]
    children: NDArray[np.int16]
    threshold: NDArray[np.float32]
    rows: list[tuple[float, ...]]


def leaf_rows(nodes: Any, x: Features) -> list[NDArray[np.intp]]:
    """Per tree, (signals,): the row of the leaf each signal ends at. `nodes` has the tables of `Nodes`."""
    signals, found = np.arange(len(x)), []
    for root in nodes.roots:
        node = np.full(len(x), root, dtype=np.intp)
        inner = signals
        while len(inner):
            at = node[inner]
            right = ~(x[inner, nodes.feature[at]] <= nodes.threshold[at])
            node[inner] = nodes.children[at, right.astype(np.intp)]
            inner = inner[node[inner] >= 0]
        found.append(~node)
    return found


def steps(nodes: Any) -> float:
    """Nodes visited per signal, if every tree is walked half way between its shallowest and its deepest leaf."""
    children = nodes.children.astype(np.int64)
    least, most = np.zeros(len(children)), np.zeros(len(children))
    for n in range(len(children) - 1, -1, -1):
        below = [(least[c], most[c]) if c >= 0 else (0.0, 0.0) for c in children[n]]
        least[n] = 1.0 + min(low for low, _ in below)
        most[n] = 1.0 + max(high for _, high in below)
    return float((least[nodes.roots] + most[nodes.roots]).sum() / 2.0)


def ranks(x: NDArray[np.float32]) -> NDArray[np.int32]:
    """Integers in the order of the floats, as bl_rank of forest.h has them."""
    bits = np.ascontiguousarray(x, dtype=np.float32).view(np.int32)
    return bits ^ ((bits >> np.int32(31)) & np.int32(0x7FFFFFFF))


def constants(nodes: Any) -> tuple[Constant, ...]:
    """The tables of the nodes as the C wants them."""
    plain = [Constant(name, getattr(nodes, name), fitted=True) for name in ("roots", "feature", "children")]
    return (*plain, Constant("threshold", ranks(nodes.threshold + np.float32(0.0)), fitted=True))


def packed(leaves: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """(rows, outputs) bytes to (rows, words): four a word, the first one lowest, zeros at the end."""
    rows, outputs = leaves.shape
    wide = np.zeros((rows, -(-outputs // 4), 4), dtype=np.uint32)
    wide.reshape(rows, -1)[:, :outputs] = leaves
    words: NDArray[np.uint32] = wide[:, :, 0] | wide[:, :, 1] << 8 | wide[:, :, 2] << 16 | wide[:, :, 3] << 24
    return words


def sums(nodes: Any, leaves: NDArray[np.uint8], x: Features) -> Features:
    """(signals, outputs): bytes of the leaves summed over the trees, exact in float32."""
    total = np.zeros((len(x), leaves.shape[1]), dtype=np.uint32)
    for rows in leaf_rows(nodes, x):
        total += leaves[rows]
    return total.astype(np.float32)


def check(nodes: Any, features: int, leaves: int, name: str) -> None:
    """LibraryError unless every way through the tables stays inside them and ends."""
    checks.whole(features, 1, checks.FEATURES, f"{name}.features")
    checks.table(nodes.roots, np.uint16, 1, f"{name}.roots")
    checks.table(nodes.feature, np.uint16, 1, f"{name}.feature")
    checks.table(nodes.children, np.int16, 2, f"{name}.children")
    largest = float(np.finfo(np.float32).max)
    checks.floats(nodes.threshold, 1, f"{name}.threshold", -largest, largest)
    count = len(nodes.feature)
    checks.whole(len(nodes.roots), 1, TREES, f"the number of trees of {name}")
    checks.whole(count, 1, NODES, f"the number of nodes of {name}")
    checks.whole(leaves, 1, NODES, f"the number of leaves of {name}")
    checks.alike(nodes.children.shape, (count, 2), f"{name}.children")
    checks.alike(nodes.threshold.shape, (count,), f"{name}.threshold")
    if nodes.roots.max() >= count or nodes.feature.max() >= features:
        raise LibraryError(f"{name} has a root or a feature that does not exist")
    children = nodes.children.astype(np.int64)
    inner = children >= 0
    astray = inner & ((children <= np.arange(count)[:, None]) | (children >= count))
    if np.any(astray) or np.any(~inner & (~children >= leaves)):
        raise LibraryError(f"{name} has a node whose child or leaf does not exist or does not come after it")


def from_trees(trees: Iterable[Tree], leaf: Callable[[NDArray[Any]], tuple[float, ...]]) -> Nodes:
    """Tables of fitted trees. `leaf` makes a leaf's row from its value; equal rows are kept once."""
    builder = _Builder(leaf)
    roots = [builder.add(tree) for tree in trees]
    if max(len(builder.feature), len(builder.rows)) > NODES:
        raise LibraryError(f"a forest of {len(builder.feature)} nodes is too large; allow fewer trees or leaves")
    return Nodes(
        np.array(roots, dtype=np.uint16),
        np.array(builder.feature, dtype=np.uint16),
        np.array(builder.children, dtype=np.int16),
        np.array(builder.threshold, dtype=np.float32),
        list(builder.rows),
    )


def join(trees: Sequence[Any], rows: NDArray[Any]) -> tuple[Nodes, NDArray[Any]]:
    """Tables of grown trees (search/grow.py) whose leaves, one tree after the other, are to hold the rows of `rows`.

    Returns the nodes and the table of leaves: equal rows are kept once.
    """
    kept, place = np.unique(rows, axis=0, return_inverse=True)
    roots: list[int] = []
    children: list[NDArray[Any]] = []
    first = 0
    features, thresholds = [], []
    for tree in trees:
        count = sum(len(part) for part in children)
        roots.append(count)
        own = tree.children if len(tree.children) else np.array([[-1, -1]])
        leaf = ~place.reshape(-1)[first + np.where(own < 0, ~own, 0)]
        children.append(np.where(own < 0, leaf, own + count))
        features.append(tree.feature if len(tree.children) else np.zeros(1))
        thresholds.append(tree.threshold if len(tree.children) else np.zeros(1))
        first += len(tree.values)
    tables = np.concatenate(children)
    if max(len(tables), len(kept)) > NODES:
        raise LibraryError(f"a forest of {len(tables)} nodes is too large; allow fewer trees or leaves")
    nodes = Nodes(
        np.array(roots, dtype=np.uint16),
        np.concatenate(features).astype(np.uint16),
        tables.astype(np.int16),
        np.concatenate(thresholds).astype(np.float32) + np.float32(0.0),
        [],
    )
    return nodes, kept


def below(threshold: float) -> np.float32:
    """The greatest float32 not above a threshold: float32 features compare with it as with the threshold itself."""
    nearest = np.float32(np.clip(threshold, -np.finfo(np.float32).max, np.finfo(np.float32).max))
    down = np.nextafter(nearest, np.float32(-np.inf)) if float(nearest) > threshold else nearest
    return down + np.float32(0.0)  # never -0, which ranks below 0


class _Builder:
    """Lays trees out parents first. A split whose two sides say the same is left out."""

    def __init__(self, leaf: Callable[[NDArray[Any]], tuple[float, ...]]) -> None:
        self.leaf = leaf
        self.feature: list[int] = []
        self.children: list[list[int]] = []
        self.threshold: list[np.float32] = []
        self.rows: dict[tuple[float, ...], int] = {}

    def add(self, tree: Tree) -> int:
        """Append a tree; returns the index of its root."""
        same = self._same(tree)
        root = len(self.feature)
        if same[0] is not None:  # a tree of one leaf: a question whose answer does not matter
            row = self._row(same[0])
            self._place(0, np.float32(0.0))
            self.children[root] = [row, row]
            return root
        waiting = [(0, -1, 0)]
        while waiting:
            node, parent, side = waiting.pop()
            found = same[node]
            if parent >= 0:
                self.children[parent][side] = len(self.feature) if found is None else self._row(found)
            if found is None:
                own = len(self.feature)
                self._place(int(tree.feature[node]), below(float(tree.threshold[node])))
                waiting += [(int(tree.children_right[node]), own, 1), (int(tree.children_left[node]), own, 0)]
        return root

    def _same(self, tree: Tree) -> list[tuple[float, ...] | None]:
        """Per node, the row all leaves below it have; None where they differ."""
        found: list[tuple[float, ...] | None] = [None] * len(tree.feature)
        for node in range(len(tree.feature) - 1, -1, -1):  # children come after their parents
            left, right = int(tree.children_left[node]), int(tree.children_right[node])
            if left < 0:
                found[node] = self.leaf(tree.value[node])
            elif found[left] is not None and found[left] == found[right]:
                found[node] = found[left]
        return found

    def _row(self, row: tuple[float, ...]) -> int:
        return ~self.rows.setdefault(row, len(self.rows))

    def _place(self, feature: int, threshold: np.float32) -> None:
        self.feature.append(feature)
        self.children.append([0, 0])
        self.threshold.append(threshold)
