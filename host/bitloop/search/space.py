"""What a search tries: views of the signal, scalings, models and their hyper-parameters, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from bitloop.kernels.base import Shape
from bitloop.kernels.models import MODELS
from bitloop.kernels.statistics import NAMES
from bitloop.search.recipe import Branch, Hyper, Recipe
from bitloop.search.table import Table
from bitloop.search.train import FITTED

Options = Mapping[str, Sequence[float]]
T = TypeVar("T")

SPECTRUM_LENGTHS = tuple(1 << n for n in range(4, 13))
BANDS = (0, 8, 12, 16, 24, 32, 48, 64)
SETS = (
    ("rms",),
    ("mean", "rms"),
    ("rms", "peak_to_peak", "kurtosis"),
    ("rms", "crest", "zero_crossings"),
    ("activity", "mobility", "complexity"),
    ("mean", "rms", "peak_to_peak", "zero_crossings"),
    NAMES,
)
_POSITIVE = {"rms", "peak_to_peak", "crest", "kurtosis", "activity", "mobility", "complexity"}
_FLOORS = (1e-4, 1e-3, 1e-2, 1e-1)
"""Smallest values that count, in the unit of the signals."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A model: what its features may be scaled by, its hyper-parameters, and how many features make sense.

    `rounds` is how often each of its families is drawn at random: less often where fitting takes long.
    """

    scales: tuple[str, ...]
    hyper: Options
    most: int = 512
    rounds: int = 3


_ALL, _PLAIN = ("zscore", "minmax", "robust"), ("none",)
_TREES: Options = {
    "trees": (4, 8, 12, 20),
    "leaves": (6, 12, 24, 48, 96),
    "share": (0.0, 0.33, 1.0),
    "loose": (0, 1),
}
_FLOOR: Options = {"floor": (1e-4, 1e-3, 1e-2, 1e-1, 1.0)}

ENTRIES: Mapping[str, Entry] = {
    "running_gaussian": Entry(_ALL, _FLOOR),
    "mahalanobis": Entry(_ALL, _FLOOR, 64),
    "growing_prototypes": Entry(_ALL, {"capacity": (8, 16, 32, 64, 128), "novelty": (0.1, 0.2, 0.4, 0.7, 1.0, 1.5)}),
    "gaussian": Entry(_PLAIN, {"smoothing": (1e-6, 1e-4, 1e-3, 1e-2, 1e-1)}),
    "hyperspheres": Entry(_ALL, {"spheres": (1, 2, 4, 8, 16)}),
    "linear": Entry(_ALL, {"logistic": (0, 0, 0, 0, 1), "strength": (1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 0.7)}),
    "sefr": Entry(("minmax",), {}),
    "naive_bayes": Entry(_PLAIN, {"smoothing": (1e-9, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1)}),
    "nearest_classes": Entry(_ALL, {"prototypes": (1, 2, 4, 8, 16, 32), "k": (1, 3)}),
    "forest_classes": Entry(_PLAIN, _TREES, 512, rounds=1),
    "ridge": Entry(_ALL, {"strength": (1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0)}),
    "nearest_values": Entry(_ALL, {"prototypes": (16, 32, 64, 128, 256), "k": (1, 3, 5)}),
    "forest_values": Entry(_PLAIN, _TREES, 512, rounds=1),
}


@dataclass(frozen=True, slots=True)
class Space:
    """The candidates for signals of a shape. `unit` is the power of ten nearest to their size."""

    given: Shape
    models: tuple[str, ...]
    views: tuple[tuple[str, ...], ...]
    unit: float

    @staticmethod
    def of(kind: str, given: Shape, unit: float) -> Space:
        """Every model of the kind, and every view that signals of this shape have."""
        known = {model.kernel for model in MODELS if model.kind == kind}
        models = tuple(name for name in ENTRIES if name in known and name in FITTED)
        views: list[tuple[str, ...]] = [("raw",)]
        if given.length >= 3:
            views += [("statistics",), ("statistics", "statistics")]
        if decimations("spectrum", given.length):
            views += [("spectrum",), ("spectrum",), ("statistics", "spectrum")]
        return Space(given, models, tuple(views), unit)

    @property
    def families(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Every pair of views and model, in rounds; the spectrum stands twice, having most to choose from."""
        rounds = range(max(ENTRIES[model].rounds for model in self.models))
        return tuple(
            (views, model)
            for turn in rounds
            for views in self.views
            for model in self.models
            if turn < ENTRIES[model].rounds
        )

    def draw(self, rng: np.random.Generator, views: tuple[str, ...], model: str) -> Recipe:
        """A random recipe of a family."""
        branches = [self._branch(rng, view) for view in views]
        if views == ("statistics", "statistics"):
            branches[0], branches[1] = replace(branches[0], difference=False), replace(branches[1], difference=True)
        entry = ENTRIES[model]
        return Recipe(tuple(branches), pick(rng, entry.scales), model, self._hyper(rng, entry))

    def mutate(self, rng: np.random.Generator, parent: Recipe) -> Recipe:
        """A neighbour: mostly other hyper-parameters, sometimes another scaling, view or model."""
        change = rng.random()
        entry = ENTRIES[parent.model]
        if change < 0.4 and entry.hyper:
            return replace(parent, hyper=_nudge(rng, parent.hyper, entry.hyper))
        if change < 0.5:
            return replace(parent, scale=pick(rng, entry.scales))
        if change < 0.65:
            model = pick(rng, self.models)
            other = ENTRIES[model]
            return replace(parent, model=model, scale=pick(rng, other.scales), hyper=self._hyper(rng, other))
        return replace(parent, branches=self._rebranch(rng, parent.branches))

    def _hyper(self, rng: np.random.Generator, entry: Entry) -> Hyper:
        return tuple((name, float(pick(rng, values))) for name, values in entry.hyper.items())

    def _rebranch(self, rng: np.random.Generator, branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
        at = int(rng.integers(len(branches)))
        fresh = self._branch(rng, branches[at].view)
        dice = rng.random()
        if dice < 0.1:  # another view altogether
            fresh = self._branch(rng, pick(rng, self.views)[0])
            return (*branches[:at], fresh, *branches[at + 1 :])
        if dice < 0.2 and len(branches) == 2:
            return (branches[at],)
        if dice < 0.3 and len(branches) == 1 and len(self.views) > 1:
            return (*branches, self._branch(rng, pick(rng, self.views[1:])[0]))
        changed = pick(rng, _FIELDS[branches[at].view])
        mixed: dict[str, Any] = {changed: getattr(fresh, changed)}
        return (*branches[:at], replace(branches[at], **mixed), *branches[at + 1 :])

    def _branch(self, rng: np.random.Generator, view: str) -> Branch:
        return _BRANCHES[view](self, rng)

    def _raw(self, rng: np.random.Generator) -> Branch:
        if self.given.length < 2:
            logs = rng.random() < 0.2
            return Branch("raw", floor=self._floor(rng) if logs else 0.0)
        factor = pick(rng, decimations("raw", self.given.length))
        return Branch("raw", factor, bool(rng.random() < 0.5), bool(rng.random() < 0.25))

    def _statistics(self, rng: np.random.Generator) -> Branch:
        which = pick(rng, SETS)
        if rng.random() < 0.5:
            chosen = rng.choice(len(NAMES), size=int(rng.integers(1, 7)), replace=False)
            which = tuple(NAMES[i] for i in sorted(chosen))
        factor = pick(rng, decimations("statistics", self.given.length))
        which = which[: max(1, self.given.length // factor - 1)]
        logs = set(which) <= _POSITIVE and rng.random() < 0.5
        floor = self._floor(rng) if logs else 0.0
        return Branch(
            "statistics", factor, bool(rng.random() < 0.3), bool(rng.random() < 0.3), floor=floor, which=which
        )

    def _spectrum(self, rng: np.random.Generator) -> Branch:
        factors = decimations("spectrum", self.given.length)
        factor = factors[0] if rng.random() < 0.5 else pick(rng, factors)
        bins = self.given.length // factor // 2
        bands = pick(rng, [b for b in BANDS if b < bins and (b or bins <= 64)] or [0])
        return Branch(
            "spectrum",
            factor,
            bool(rng.random() < 0.8),
            bands=bands,
            spacing=pick(rng, ("linear", "log")) if bands else "linear",
            pool=pick(rng, ("mean", "max")) if bands else "mean",
            floor=self._floor(rng) if rng.random() < 0.7 else 0.0,
        )

    def _floor(self, rng: np.random.Generator) -> float:
        return float(np.float32(pick(rng, _FLOORS) * self.unit))


_BRANCHES = {"raw": Space._raw, "statistics": Space._statistics, "spectrum": Space._spectrum}
_FIELDS = {
    "raw": ("decimate", "center", "difference", "floor"),
    "statistics": ("decimate", "center", "difference", "floor", "which"),
    "spectrum": ("decimate", "center", "bands", "spacing", "pool", "floor"),
}


def decimations(view: str, length: int) -> tuple[int, ...]:
    """Factors that leave enough samples for a view, and for a spectrum a length it takes; () where none does."""
    if view == "spectrum":
        return tuple(f for f in range(1, 17) if length // f in SPECTRUM_LENGTHS)
    least = 16 if view == "statistics" else 4
    return (1, *(f for f in (2, 4, 8, 16, 32, 64) if length // f >= least))


def unit_of(table: Table) -> float:
    """The power of ten nearest to how much the signals move; 1 where nothing does."""
    wide = table.x.astype(np.float64)
    moves = wide.std(axis=0) if table.length < 2 else wide.reshape(len(wide), table.length, -1).std(axis=1)
    spread = float(np.median(moves))
    return float(10.0 ** np.round(np.log10(spread))) if spread > 0 else 1.0


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
    """One of the options, all equally likely."""
    return options[int(rng.integers(len(options)))]


def _nudge(rng: np.random.Generator, hyper: Hyper, options: Options) -> Hyper:
    """One hyper-parameter drawn again."""
    name = pick(rng, list(options))
    return tuple((key, float(pick(rng, options[name])) if key == name else value) for key, value in hyper)
