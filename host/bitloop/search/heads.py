"""What may happen to the gathered features beside scaling: choosing, projecting, expanding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.kernels.base import Features, Stage
from bitloop.kernels.quadratic import Quadratic
from bitloop.search.project import fit_lda, fit_pca
from bitloop.search.select import rank_features
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


_TOLD_APART = ("classes", "extrapolation")


def _choose(method: str) -> Callable[[Features, Rows, int, str, int], NDArray[Any]]:
    """The best of a ranking, in their own order, which spares a library to pick them out of others."""

    def choose(x: Features, y: Rows, width: int, kind: str, seed: int) -> NDArray[Any]:
        return np.sort(rank_features(x, y, method, kind)[:width])

    return choose


def _pca(x: Features, y: Rows, width: int, kind: str, seed: int) -> Stage:
    return fit_pca(x, width)


def _lda(x: Features, y: Rows, width: int, kind: str, seed: int) -> Stage:
    return fit_lda(x, y, width)


def _quadratic(x: Features, y: Rows, width: int, kind: str, seed: int) -> Stage:
    return Quadratic(x.shape[1])


_FEW, _MANY = (4, 8, 16, 32, 64, 128), (16, 32, 64, 96, 128, 192, 256)

HEADS: Mapping[str, HeadKind] = {
    "anova": HeadKind(_FEW, choose=_choose("anova")),
    "information": HeadKind(_FEW, choose=_choose("information"), kinds=_TOLD_APART),
    "ridge": HeadKind(_MANY, choose=_choose("ridge"), kinds=_TOLD_APART),
    "spread_out": HeadKind(_FEW, choose=_choose("spread_out"), kinds=_TOLD_APART),
    "pca": HeadKind((2, 4, 8, 16, 32, 64), stage=_pca),
    "lda": HeadKind((2, 4, 8, 16), stage=_lda, kinds=("classes",)),
    "quadratic": HeadKind((4, 8, 12, 16, 24), choose=_choose("anova"), stage=_quadratic, narrows=False),
}
"""`anova` ranks regular signals, which have nothing to tell apart, by how stable their features are."""
