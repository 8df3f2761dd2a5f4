"""What may happen to the gathered features beside scaling: choosing, projecting, expanding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from bitloop.kernels.base import Features, Stage
from bitloop.search.views.view import KINDS

Rows = NDArray[Any]


@dataclass(frozen=True, slots=True)
class HeadKind:
    """`choose` gives the features to keep, before scaling; `stage` a fitted stage, after it.

    Both take (features of the training signals, labels or targets, width, kind, seed). `widths` are the choices.
    """

    widths: tuple[int, ...]
    choose: Callable[[Features, Rows, int, str, int], NDArray[Any]] | None = None
    stage: Callable[[Features, Rows, int, str, int], Stage] | None = None
    kinds: tuple[str, ...] = KINDS
    narrows: bool = True
    """Whether `width` is how many features are left at most."""


HEADS: Mapping[str, HeadKind] = {}
