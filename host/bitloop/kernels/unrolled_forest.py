"""Decision forest that votes, as code instead of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError
from bitloop.kernels.base import Constant
from bitloop.kernels.forest_classes import ForestClasses

DEEPEST = 120
"""Most questions one after the other: compilers have limits on how deep blocks nest."""


@dataclass(frozen=True, slots=True, eq=False)
class UnrolledForest(ForestClasses):
    """ForestClasses with the same bits in about a quarter of the cycles, for more flash where there are few classes.

    There are no tables: a generated library has an `if` per node.
    """

    kernel: ClassVar[str] = "unrolled_forest"

    def __post_init__(self) -> None:
        ForestClasses.__post_init__(self)
        if _depth(self.children) > DEEPEST:
            raise LibraryError(f"unrolled_forest has a tree deeper than {DEEPEST} questions; allow fewer leaves")

    def constants(self) -> tuple[Constant, ...]:
        return ()

    def _tables(self) -> list[NDArray[Any]]:
        return [np.ascontiguousarray(c.values) for c in ForestClasses.constants(self)]

    def code(self) -> int:
        """About how many bytes of code the nodes and leaves are."""
        words = (self.leaves.reshape(len(self.leaves), -1) > 0).sum(axis=1)
        uses = np.bincount((~self.children[self.children < 0]).astype(np.intp), minlength=len(words))
        return int(12 * len(self.feature) + (4 + 8 * np.minimum(words, -(-self.outputs // 2))) @ uses)

    def emit(self, names: Mapping[str, str], x: str, out: str) -> str:
        pairs = range(-(-self.outputs // 2))
        sums = ", ".join(f"votes{p} = 0u" for p in pairs)
        trees = " ".join(word for root in self.roots for word in self._node(int(root), x))
        share = f"(1.0f / {255 * len(self.roots)}.0f)"
        ends = (f"(votes{c // 2} {'>> 16' if c % 2 else '& 0xFFFFu'})" for c in range(self.outputs))
        written = " ".join(f"{out}[{c}] = (float){end} * {share};" for c, end in enumerate(ends))
        return f"{{ uint32_t {sums}; {trees} {written} }}"

    def _node(self, node: int, x: str) -> Iterator[str]:
        """C of a node and all below it; with a stack, because trees may be deep."""
        waiting: list[int | str] = [node]
        while waiting:
            at = waiting.pop()
            if isinstance(at, str):
                yield at
            elif at < 0:
                yield self._leaf(~at)
            else:
                bits = int((self.threshold[at : at + 1] + np.float32(0.0)).view(np.uint32)[0])
                left, right = (int(child) for child in self.children[at])
                waiting += ["}", right, "} else {", left]
                yield f"if (bl_at_most({x}[{self.feature[at]}], {bits:#x}u)) {{"

    def _leaf(self, row: int) -> str:
        votes = np.zeros(2 * -(-self.outputs // 2), dtype=np.uint32)
        votes[: self.outputs] = self.leaves[row]
        words = (votes[0::2] | votes[1::2] << 16).tolist()
        return " ".join(f"votes{p} += {word:#x}u;" for p, word in enumerate(words) if word)


def unrolled(model: ForestClasses) -> UnrolledForest:
    """The same forest as code."""
    tables = (model.roots, model.feature, model.children, model.threshold, model.leaves)
    return UnrolledForest(model.features, *tables)


def _depth(children: NDArray[np.int16]) -> int:
    depth = np.ones(len(children), dtype=np.int64)
    for n in range(len(children) - 1, -1, -1):
        depth[n] = 1 + max((int(depth[c]) for c in children[n] if c >= 0), default=0)
    return int(depth.max())
