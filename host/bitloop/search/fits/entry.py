"""What a search has to know of a model: how it is fitted, with which hyper-parameters, on what features."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bitloop.kernels.base import Model, Shape

Hypers = Mapping[str, float]
ALL_SCALES, UNSCALED = ("zscore", "minmax", "robust"), ("none",)


@dataclass(frozen=True, slots=True)
class Entry:
    """A way to fit a model, under the name the user reads.

    `fit` takes, for classes and extrapolation, (features, labels or targets, hyper-parameters, seed); for outlier
    (features, hyper-parameters, limit, seed); for anomaly, whose models learn on the board, (number of features,
    hyper-parameters, limit). `hyper` has each hyper-parameter's choices, `scales` how features may be scaled, `most`
    how many it takes. `rounds`: how often it is drawn at random in the opening, less often where fitting takes long.
    `states` are further hyper-parameters where a signal is one state of a machine. `view` is the only view it works
    on, alone, where its features have to be whole signals; its hyper-parameters then have their `axes`.
    """

    name: str
    kernel: type[Model]
    fit: Callable[..., Any]
    hyper: Mapping[str, Sequence[float]]
    scales: tuple[str, ...] = ALL_SCALES
    most: int = 512
    rounds: int = 3
    states: Mapping[str, Sequence[float]] = field(default_factory=dict)
    view: str = ""

    def hypers(self, given: Shape) -> Mapping[str, Sequence[float]]:
        """The choices for signals of a shape."""
        further = dict(self.states) if given.length == 1 else {}
        return {**self.hyper, **further, **({"axes": (given.axes,)} if self.view else {})}

    def takes(self, views: Sequence[str]) -> bool:
        """Whether it works on these views, gathered."""
        return not self.view or tuple(views) == (self.view,)

    @property
    def cheap(self) -> float:
        """Share of its candidates that are kept when they come up."""
        return (0.0, 0.25, 0.6, 1.0)[min(3, self.rounds)] if not self.view else 0.15

    @property
    def kind(self) -> str:
        return self.kernel.kind
