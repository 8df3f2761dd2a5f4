"""Committees of candidates: joined into one pipeline that says exactly what they say on average."""

from __future__ import annotations

import numpy as np
import pytest
from rich.text import Text

from bitloop.errors import LibraryError
from bitloop.kernels.base import Shape
from bitloop.kernels.committee import Committee, mean
from bitloop.kernels.mahalanobis import Mahalanobis
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.native import host
from bitloop.search import committees, finish
from bitloop.search.answers import fold_answers
from bitloop.search.budget import Budget
from bitloop.search.cost import Cost
from bitloop.search.evaluate import evaluate, outvoting
from bitloop.search.fits import ENTRIES
from bitloop.search.recipe import Head, Recipe
from bitloop.search.result import Outcome
from bitloop.search.space import Space, unit_of
from bitloop.search.table import Table
from bitloop.search.workshop import Workshop
from bitloop.targets import target
from tests.search.machines import AXES, LENGTH, classes, extrapolation

BUDGET = Budget(64 * 1024, 256 * 1024, target("cortex-m4f"))


def shop(kind: str) -> Workshop:
    return Workshop(Table.of(classes() if kind == "classes" else extrapolation()), 1)


def recipes(own: Workshop, *wanted: tuple[str, str]) -> list[Recipe]:
    """A recipe for each view and model."""
    space, rng = Space.of(own.table.kind, own.given, unit_of(own.table)), np.random.default_rng(4)
    return [space.draw(rng, (view,), model) for view, model in wanted]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("classes", (("statistics", "discriminants"), ("spectrum", "random_forest"), ("statistics", "naive_bayes"))),
        ("extrapolation", (("statistics", "ridge"), ("spectrum", "random_forest_values"))),
    ],
)
def test_the_library_says_the_mean_of_what_its_members_say(kind: str, wanted: tuple[tuple[str, str], ...]) -> None:
    own = shop(kind)
    members = recipes(own, *wanted)
    whole = finish.fitted(own, Outcome(0, Recipe.together(members)), {}, 1.0)
    assert isinstance(whole.pipeline.model, Committee)
    seen = own.table.x
    alone = []
    for member in members:
        library = finish.fitted(own, Outcome(0, member), {}, 1.0)
        features = library.pipeline.preprocessing(seen, host())
        alone.append(library.pipeline.model.run(features, host()))  # type: ignore[attr-defined]
    ballots = [np.concatenate([np.ones((len(seen), 1), np.float32), said], axis=1) for said in alone]
    together = whole.pipeline.model.run(whole.pipeline.preprocessing(seen, host()), host())
    np.testing.assert_array_equal(together, mean(ballots, 0.0))


def test_folds_are_answered_as_the_joined_pipeline_would() -> None:
    own = shop("classes")
    recipe = Recipe.together(recipes(own, ("statistics", "discriminants"), ("spectrum", "naive_bayes")))
    for answers, fold in zip(fold_answers(own, recipe), own.split.folds, strict=True):
        features = answers.view.preprocessing(own.table.x[fold.test], host())
        np.testing.assert_array_equal(answers.outputs, answers.model.run(features, host()))  # type: ignore[attr-defined]


def test_branches_that_members_share_are_computed_once() -> None:
    own = shop("classes")
    one = recipes(own, ("statistics", "discriminants"))[0]
    other = Recipe(one.branches, one.scale, "naive_bayes", tuple((n, v[0]) for n, v in _hypers("naive_bayes")))
    joined = finish.fitted(own, Outcome(0, Recipe.together([one, other])), {}, 1.0).pipeline
    assert len(joined.preprocessing.branches) == 1
    assert isinstance(joined.model, Committee)
    assert [member.start for member in joined.model.members] == [0, 0]


def _hypers(model: str) -> list[tuple[str, tuple[float, ...]]]:
    return [(name, tuple(values)) for name, values in ENTRIES[model].hyper.items()]


def test_costs_and_scores_like_any_other_candidate() -> None:
    own = shop("classes")
    members = recipes(own, ("statistics", "discriminants"), ("spectrum", "naive_bayes"))
    alone = [evaluate(own, BUDGET, 0, member) for member in members]
    together = evaluate(own, BUDGET, 0, Recipe.together(members))
    assert together.complete
    assert together.cost.flash > max(outcome.cost.flash for outcome in alone)
    assert together.cost.cycles > max(outcome.cost.cycles for outcome in alone)
    small = Budget(64 * 1024, alone[0].cost.flash + 200, BUDGET.target)
    assert "flash" in evaluate(own, small, 0, Recipe.together(members)).rejected


def test_reads_back_from_a_journal() -> None:
    one, other = recipes(shop("classes"), ("statistics", "discriminants"), ("spectrum", "naive_bayes"))
    recipe = Recipe.together([one, Recipe(other.branches, "zscore", other.model, other.hyper, Head("pca", 4))])
    assert Recipe.from_record(recipe.to_record()) == recipe
    assert " & " in recipe.family and " & " in recipe.title


def test_a_pool_has_different_models_and_few_with_the_same_views() -> None:
    space = Space.of("classes", Shape(AXES, LENGTH), 1.0)
    rng = np.random.default_rng(1)
    models = ("discriminants", "discriminants", "sefr", "logistic", "linear_svm")
    ranked = [Outcome(n, space.draw(rng, ("spectrum",), model)) for n, model in enumerate(models)]
    ranked += [Outcome(n, space.draw(rng, ("statistics",), "sefr")) for n in range(5, 8)]
    heavy = Outcome(9, space.draw(rng, ("statistics",), "logistic"), cost=Cost(0, BUDGET.flash_bytes, 0))
    ranked.insert(0, heavy)
    found = committees.pool(ranked, BUDGET)
    assert [recipe.family for recipe in found] == ["spectrum/discriminants", "spectrum/sefr", "statistics/sefr"]
    assert len(committees.pairs(found)) == 3
    assert [set(three.members) for three in committees.enlarged(committees.pairs(found)[0], found)] == [set(found)]


def test_models_that_learn_on_the_device_cannot_sit_on_one() -> None:
    part = (Preprocessing(2, 3, ((),)), Mahalanobis(6, 3.0, 1e-6))
    assert Pipeline(*part).model.kind not in committees.KINDS
    with pytest.raises(LibraryError, match="learns"):
        committees.join([part])


def test_a_committee_is_granted_what_few_signals_cannot_tell() -> None:
    few, many = (outvoting((1.0, 1.0, 1.0), 0.98, signals) for signals in (45, 1000))
    assert 0.01 < few < 0.012 and many < 0.001
    assert outvoting((0.9, 0.9), 0.8, 1000) > outvoting((0.99, 0.99), 0.8, 1000)
    assert outvoting((1.0, 1.0), 1.0, 45) == 0.0


def test_the_title_of_a_committee_survives_where_brackets_are_markup() -> None:
    recipe = Recipe.together(recipes(shop("classes"), ("statistics", "discriminants"), ("spectrum", "naive_bayes")))
    assert Text.from_markup(recipe.title).plain == recipe.title
