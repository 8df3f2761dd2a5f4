"""A store for what was computed lately, as large as its arrays may be together; the oldest go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Memory:
    """Results by key, at most `limit` bytes of them but always the newest. `size` says how large a result is."""

    limit: int
    used: int = 0
    results: OrderedDict[Hashable, tuple[object, int]] = field(default_factory=OrderedDict)

    def get(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """The result under a key, made where it is not there."""
        if key in self.results:
            self.results.move_to_end(key)
            return self.results[key][0]  # type: ignore[return-value]
        made = make()
        self.results[key] = made, size(made)
        self.used += self.results[key][1]
        while self.used > self.limit and len(self.results) > 1:
            _, (_, freed) = self.results.popitem(last=False)
            self.used -= freed
        return made
