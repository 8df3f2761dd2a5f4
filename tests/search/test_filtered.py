"""A search in a project with a filter: every candidate sees filtered signals only, and its library filters them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bitloop.emulator import Emulator
from bitloop.errors import SearchError
from bitloop.native import host
from bitloop.search import finish, search
from bitloop.search.answers import fold_answers
from bitloop.search.evidence import gather
from bitloop.search.propose import Proposer
from bitloop.search.recipe import Recipe
from bitloop.search.result import Outcome
from bitloop.search.space import Space, unit_of
from bitloop.search.table import Table
from bitloop.search.workshop import Workshop
from bitloop.signals.band import Band
from bitloop.signals.dataset import Dataset
from tests.search.machines import BUDGET, anomaly, classes

SLOW = Band(1000.0, low_pass=20.0, order=4).stages()
"""Takes away what tells the machines apart: their tones are at 100 to 260 Hz of 1000."""


@pytest.fixture(autouse=True)
def few_finalists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linking takes a second each."""
    monkeypatch.setattr(finish, "FINALISTS", 2)


def filtered(dataset: Dataset, band: Band) -> Dataset:
    return replace(dataset, before=band.stages())


MADE = {"classes": classes(), "anomaly": anomaly(), "regular": anomaly(abnormal=False)}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_features_of_the_search_are_those_of_the_library(made: Dataset) -> None:
    table = Table.of(filtered(made, Band(1000.0, 150.0, 400.0)))
    shop = Workshop(table, 1)
    space = Space.of(table.kind, shop.given, unit_of(table))
    recipes = Proposer(space, BUDGET, 1).generation(0, 30, (), set(), 0)
    for recipe in recipes[:12]:
        rows = np.arange(len(table.x))
        view = shop.view(recipe, rows, "all")
        assert view.preprocessing.before == table.before
        np.testing.assert_array_equal(view.base, view.preprocessing(table.x, host()))
        if len(shop.twins):
            np.testing.assert_array_equal(view.extra, view.preprocessing(shop.twins, host()))


def test_what_the_filter_takes_away_nobody_can_tell_apart() -> None:
    best = search(classes(), BUDGET, evaluations=40).best
    blind = search(replace(classes(), before=SLOW), BUDGET, evaluations=40).best
    assert best.quality > 0.95
    assert blind.quality < 0.85


def test_hints_are_about_filtered_signals() -> None:
    assert gather(Table.of(classes())).quality() > 0.95
    assert gather(Table.of(replace(classes(), before=SLOW))).quality() < 0.9


def test_the_library_filters_and_the_report_says_so() -> None:
    made = filtered(anomaly(), Band(1000.0, 50.0, 400.0))
    best = search(made, BUDGET, evaluations=40).best
    assert best.library.pipeline.preprocessing.before == made.before
    assert best.pipeline.startswith("filter > ")
    assert any("filtered first" in note for note in best.library.report["notes"])
    emulator = Emulator(best.library)
    emulator.init(pretrained=True)
    seen = emulator.detect(made.labelled("regular"))
    assert seen.similarity is not None and float((seen.similarity >= 90).mean()) > 0.8


def test_a_committee_filters_as_its_members_do() -> None:
    shop = Workshop(Table.of(filtered(classes(), Band(1000.0, 50.0, 400.0))), 1)
    space, rng = Space.of("classes", shop.given, 1.0), np.random.default_rng(4)
    recipe = Recipe.together([space.draw(rng, (view,), "naive_bayes") for view in ("statistics", "spectrum")])
    for answers, fold in zip(fold_answers(shop, recipe), shop.split.folds, strict=True):
        features = answers.view.preprocessing(shop.table.x[fold.test], host())
        np.testing.assert_array_equal(answers.outputs, answers.model.run(features, host()))  # type: ignore[attr-defined]
    library = finish.fitted(shop, Outcome(0, recipe), {}, 1.0)
    assert library.pipeline.preprocessing.before == shop.table.before


def test_the_unit_is_that_of_filtered_signals() -> None:
    drift = np.linspace(0, 1000, 64, dtype=np.float32)
    recordings = tuple(replace(r, x=r.x + drift) for r in classes().recordings)
    drifting = replace(classes(), recordings=recordings)
    assert unit_of(Table.of(drifting)) >= 100
    assert unit_of(Table.of(filtered(drifting, Band(1000.0, 200.0)))) <= 10


def test_a_journal_of_another_filter_is_not_gone_on_from(tmp_path: Path) -> None:
    made = filtered(classes(count=12), Band(1000.0, 50.0))
    one = search(made, BUDGET, evaluations=10, journal=tmp_path / "journal")
    again = search(made, BUDGET, evaluations=10, journal=tmp_path / "journal")
    assert [c.library.id for c in one.candidates] == [c.library.id for c in again.candidates]
    with pytest.raises(SearchError, match="belongs to another search"):
        search(classes(count=12), BUDGET, evaluations=10, journal=tmp_path / "journal")
