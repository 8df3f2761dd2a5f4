"""A column of numbers of which nobody knows beforehand how many there will be."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Kind = TypeVar("Kind", bound=np.generic)


class Growing(Generic[Kind]):
    """An array that grows at its end. It is made at the size it will probably get, so it is hardly ever copied."""

    def __init__(self, dtype: type[Kind]) -> None:
        self._kept: NDArray[Kind] = np.empty(0, dtype=dtype)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def extend(self, numbers: NDArray[Kind], share: float) -> None:
        """Put these behind the others. `share` (0 to 1) of all there will ever be is known with them."""
        first, self._used = self._used, self._used + len(numbers)
        if self._used > len(self._kept):
            room = int(self._used / max(share, 1e-6) * 1.02)
            if first:
                # realloc moves pages of large arrays instead of copying them
                self._kept.resize(max(room, self._used), refcheck=False)
            else:
                self._kept = np.empty(max(room, self._used), dtype=self._kept.dtype)
        self._kept[first : self._used] = numbers

    def whole(self) -> NDArray[Kind]:
        """All of it; not to be extended any more."""
        self._kept.resize(self._used, refcheck=False)
        return self._kept
