"""What a search tries: views, scalings, heads, models and their hyper-parameters, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from bitloop.kernels.base import Shape
from bitloop.search.fits import ENTRIES
from bitloop.search.fits.entry import Entry
from bitloop.search.heads import HEADS
from bitloop.search.recipe import Branch, Head, Hyper, Recipe
from bitloop.search.table import Table
from bitloop.search.views import VIEWS
from bitloop.search.views.view import Options, Value

T = TypeVar("T")
PLAIN = 0.7
"""Share of drawn recipes without a head."""
LONE = 0.6
"""Share of drawn recipes with a single view."""


TOGETHER = (
    ("statistics", "spectrum"),
    ("quantiles", "correlation"),
    ("quantiles", "correlation", "wavelet"),
    ("quantiles", "wavelet", "segments"),
    ("minirocket", "statistics"),
    ("minirocket", "quantiles"),
)
"""Views that complement each other: one of values, one of how they follow each other or hang together."""


@dataclass(frozen=True, slots=True)
class Space:
    """The candidates for signals of a shape; `options` are those of every view they have."""

    kind: str
    given: Shape
    models: tuple[str, ...]
    options: Mapping[str, Options]

    @staticmethod
    def of(kind: str, given: Shape, unit: float) -> Space:
        """Every model of the kind, and every view that signals of this shape have."""
        models = tuple(name for name, entry in ENTRIES.items() if entry.kind == kind)
        had = {name: view.options(given, unit) for name, view in VIEWS.items() if kind in view.kinds}
        return Space(kind, given, models, {name: options for name, options in had.items() if options})

    @property
    def views(self) -> tuple[str, ...]:
        """Names of the views to draw from, each as often as it deserves."""
        return tuple(name for name in self.options for _ in range(VIEWS[name].rounds))

    def opening(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Views and models every search begins with, in rounds; expensive ones come in fewer of them."""
        rounds = range(max(ENTRIES[model].rounds for model in self.models))
        together = [views for views in TOGETHER if all(view in self.options for view in views)]
        return tuple(
            (views, model)
            for turn in rounds
            for views in (*((view,) for view in self.options), *together)
            for model in self.models
            if turn < ENTRIES[model].rounds and turn < _turns(views) and ENTRIES[model].takes(views)
        )

    def draw(self, rng: np.random.Generator, views: tuple[str, ...] = (), model: str = "") -> Recipe:
        """A random recipe, of given views and a given model if they are named."""
        named = views or (pick(rng, self.views),) + ((pick(rng, self.views),) if rng.random() > LONE else ())
        branches = [self._branch(rng, view) for view in named]
        entry = ENTRIES[model or pick(rng, [m for m in self.models for _ in range(ENTRIES[m].rounds)])]
        head = self._head(rng) if (not views or len(views) > 1) and rng.random() > PLAIN else Head()
        return Recipe(
            tuple(branches),
            pick(rng, entry.scales),
            entry.name,
            self._hyper(rng, entry),
            head,
            self._varied(rng, 0.15),
        )

    def mutate(self, rng: np.random.Generator, parent: Recipe) -> Recipe:
        """A neighbour: mostly other hyper-parameters, sometimes another scaling, head, view or model."""
        change = rng.random()
        entry = ENTRIES[parent.model]
        if change < 0.35 and entry.hyper:
            return replace(parent, hyper=_nudge(rng, parent.hyper, entry.hypers(self.given)))
        if change < 0.42:
            return replace(parent, scale=pick(rng, entry.scales))
        if change < 0.47:
            return replace(parent, varied=not parent.varied and self._varied(rng, 1.0))
        if change < 0.58:
            other = ENTRIES[pick(rng, self.models)]
            views = parent.branches if not other.view else (self._branch(rng, other.view),)
            return Recipe(
                views, pick(rng, other.scales), other.name, self._hyper(rng, other), parent.head, parent.varied
            )
        if change < 0.7:
            return replace(parent, head=self._head(rng))
        return replace(parent, branches=self._rebranch(rng, parent.branches))

    def cross(self, rng: np.random.Generator, one: Recipe, other: Recipe) -> Recipe:
        """The views of one with the model of the other, or the views of both."""
        if rng.random() < 0.5 or one.branches == other.branches:
            return replace(other, branches=one.branches, head=one.head)
        both = (*one.branches[:2], pick(rng, other.branches))
        return replace(one, branches=tuple(dict.fromkeys(both)))

    def _varied(self, rng: np.random.Generator, share: float) -> bool:
        return self.given.length > 7 and self.kind in ("classes", "extrapolation") and bool(rng.random() < share)

    def _head(self, rng: np.random.Generator) -> Head:
        names = [name for name, head in HEADS.items() if self.kind in head.kinds]
        if not names or rng.random() < 0.25:
            return Head()
        name = pick(rng, names)
        return Head(name, pick(rng, HEADS[name].widths))

    def _hyper(self, rng: np.random.Generator, entry: Entry) -> Hyper:
        options = entry.hypers(self.given)
        return tuple((name, float(pick(rng, values))) for name, values in options.items())

    def _rebranch(self, rng: np.random.Generator, branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
        at = int(rng.integers(len(branches)))
        dice = rng.random()
        if dice < 0.1:  # another view altogether
            return (*branches[:at], self._branch(rng, pick(rng, self.views)), *branches[at + 1 :])
        if dice < 0.22 and len(branches) > 1:
            return (*branches[:at], *branches[at + 1 :])
        if dice < 0.42 and len(branches) < 3:
            return (*branches, self._branch(rng, pick(rng, self.views)))
        return (*branches[:at], self._vary(rng, branches[at]), *branches[at + 1 :])

    def _vary(self, rng: np.random.Generator, branch: Branch) -> Branch:
        """One option chosen again."""
        options = self.options[branch.view]
        name = pick(rng, [name for name, values in options.items() if len(set(values)) > 1] or list(options))
        chosen = tuple((key, pick(rng, options[name]) if key == name else value) for key, value in branch.chosen)
        return Branch(branch.view, chosen)

    def _branch(self, rng: np.random.Generator, view: str) -> Branch:
        chosen: list[tuple[str, Value]] = [(name, pick(rng, values)) for name, values in self.options[view].items()]
        return Branch(view, tuple(chosen))


def _turns(views: Sequence[str]) -> int:
    """Rounds of the opening that views take part in."""
    return 1 if len(views) > 1 or VIEWS[views[0]].rounds < 2 else 3


def unit_of(table: Table) -> float:
    """The power of ten nearest to how much the signals move, as branches see them; 1 where nothing does."""
    wide = table.seen(table.x).astype(np.float64)
    moves = wide[:, :, 0].std(axis=0) if table.length < 2 else wide.std(axis=2)
    spread = float(np.median(moves))
    return float(10.0 ** np.round(np.log10(spread))) if spread > 0 else 1.0


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
    """One of the options, all equally likely."""
    return options[int(rng.integers(len(options)))]


def _nudge(rng: np.random.Generator, hyper: Hyper, options: Mapping[str, Sequence[float]]) -> Hyper:
    """One hyper-parameter drawn again."""
    name = pick(rng, list(options))
    return tuple((key, float(pick(rng, options[name])) if key == name else value) for key, value in hyper)
