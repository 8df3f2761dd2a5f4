"""Libraries as the search makes them: one for every way it fits a model, over all its views and heads in turn."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from bitloop.search import finish
from bitloop.search.budget import Budget
from bitloop.search.evaluate import evaluate
from bitloop.search.fits import ENTRIES
from bitloop.search.heads import HEADS
from bitloop.search.recipe import Head, Recipe
from bitloop.search.space import Space, unit_of
from bitloop.search.table import Table
from bitloop.search.views import VIEWS
from bitloop.search.workshop import Workshop
from bitloop.signals.dataset import REGULAR, Dataset, Recording
from bitloop.targets import target
from bitloop_hil.prove import Signals
from tests.hil.real import AXES, LEARNED, Case, recordings

COMMITTEES = {
    "committee_classes": ("linear_int8", "fast_forest", "nearest_classes"),
    "committee_values": ("kernel_ridge_int8", "boosting_values"),
}
"""Entries whose recipes answer together."""
FOUND = (*ENTRIES, *COMMITTEES)
"""Names of the entries and of the committees: each stands for a library."""
SIGNALS, TRIES = 120, 60
BUDGET = Budget(64 * 1024, 256 * 1024, target("cortex-m4f"))


@cache
def found(data: Path, name: str) -> Case:
    """The library an entry makes of real recordings, and the signals that prove it."""
    names = COMMITTEES.get(name, (name,))
    shop = _shop(data, ENTRIES[names[0]].kind)
    space = Space.of(shop.table.kind, shop.given, unit_of(shop.table))
    rng = np.random.default_rng(sum(name.encode()))
    for attempt in range(TRIES):
        recipes = [_recipe(rng, space, own, attempt) for own in names]
        outcome = evaluate(shop, BUDGET, 0, recipes[0] if len(recipes) == 1 else Recipe.together(recipes))
        if outcome.complete:
            library = finish.fitted(shop, outcome, {}, 1.5)
            given = recordings(data, shop.table.kind)
            if library.kind != "anomaly":
                return Case(library, Signals(given.test))
            return Case(library, Signals(given.test, given.train[: max(LEARNED, library.learning)]))
    raise AssertionError(f"no candidate of {name} could be evaluated")


def _recipe(rng: np.random.Generator, space: Space, name: str, attempt: int) -> Recipe:
    """A recipe of the entry with the view and the head whose turn it is."""
    entry, turn = ENTRIES[name], list(ENTRIES).index(name) + attempt
    if entry.view:
        return space.draw(rng, (entry.view,), name)
    views = [view for view in VIEWS if view in space.options]
    drawn = space.draw(rng, (next(islice(cycle(views), 5 * turn, None)), views[turn % len(views)]), name)
    heads = [None, *(head for head in HEADS if space.kind in HEADS[head].kinds)]
    chosen = heads[turn % len(heads)]
    return drawn if chosen is None else replace(drawn, head=Head(chosen, HEADS[chosen].widths[0]))


@cache
def _shop(data: Path, kind: str) -> Workshop:
    given = recordings(data, kind)
    rows = np.linspace(0, len(given.train) - 1, SIGNALS).astype(int)
    x, known = np.ascontiguousarray(given.train[rows]), given.given[rows]
    length = x.shape[1] // AXES
    if kind == "classes":
        made = tuple(Recording(f"r{c}", f"class {c}", x[known == c]) for c in np.unique(known))
    elif kind == "extrapolation":
        made = (Recording("r", "", x, known.astype(np.float32)),)
    else:
        made = (Recording("r", REGULAR, x),)
    return Workshop(Table.of(Dataset(kind, AXES, length, made)), 1)
