"""The emulator as its users call it: statuses, refusals, shapes, and errors that say what to do."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.emulator import Emulator
from bitloop.errors import LibraryError
from tests.library.examples import AXES, CLASSES, LEARNING, LENGTH, library, signals

BOTH = pytest.mark.parametrize("native", [False, True], ids=["reference", "native"])


@BOTH
def test_nothing_is_answered_before_init(native: bool) -> None:
    for persona, status in (("v3", 123), ("v5", 2)):
        emulator = Emulator(library("anomaly-both"), native, persona)
        assert (emulator.learn(signals(2, 1)) == status).all()
        assert (emulator.detect(signals(2, 1)).status == status).all()
        assert (Emulator(library("classes-both"), native, persona).detect(signals(2, 1)).status == status).all()


@BOTH
def test_learning_says_when_it_is_enough_and_detecting_says_when_it_is_not(native: bool) -> None:
    for persona, more, enough in (("v3", 126, 127), ("v5", 6, 5)):
        emulator = Emulator(library("anomaly-both"), native, persona)
        emulator.init()
        first = emulator.learn(signals(LEARNING - 1, 1))
        early = emulator.detect(signals(2, 2))
        assert (first == more).all()
        assert (early.status == more).all()
        assert early.similarity is not None
        assert early.ratio is not None
        assert (early.similarity == 0).all()
        assert (early.ratio == -1).all()
        assert list(emulator.learn(signals(2, 3))) == [enough, enough]
        assert (emulator.detect(signals(2, 2)).status == 0).all()


@BOTH
def test_learning_one_by_one_or_all_at_once_is_the_same(native: bool) -> None:
    x = signals(LEARNING + 4, 5)
    whole, single = Emulator(library("anomaly-both"), native), Emulator(library("anomaly-both"), native)
    whole.init()
    single.init()
    statuses = whole.learn(x)
    assert [int(single.learn(row[None, :])[0]) for row in x] == list(statuses)
    assert whole.knowledge() == single.knowledge()


@BOTH
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
def test_a_refused_signal_leaves_the_state_alone(native: bool, value: float) -> None:
    emulator = Emulator(library("anomaly-both"), native)
    emulator.init()
    emulator.learn(signals(LEARNING, 5))
    before = emulator.knowledge()
    bad = signals(3, 6)
    bad[1, 7] = value
    if np.isfinite(value):
        bad[1] = value
    statuses = emulator.learn(bad)
    assert list(statuses) == [127, 128, 127]
    assert emulator.restore(before) == 0
    emulator.learn(bad[[0, 2]])
    expected = emulator.state
    emulator.restore(before)
    emulator.learn(bad)
    np.testing.assert_array_equal(emulator.state, expected)
    answers = emulator.detect(bad)
    assert list(answers.status) == [0, 128, 0]


@BOTH
def test_class_ids_count_from_zero_and_probabilities_are_given(native: bool) -> None:
    emulator = Emulator(library("classes-both"), native)
    emulator.init()
    x = signals(4, 2)
    x[2, 0] = np.nan
    answers = emulator.detect(x)
    assert answers.class_id is not None
    assert answers.probabilities is not None
    assert answers.probabilities.shape == (4, len(CLASSES))
    assert answers.class_id[2] == -1
    assert (answers.probabilities[2] == 0).all()
    np.testing.assert_array_equal(answers.class_id[[0, 1, 3]], answers.probabilities[[0, 1, 3]].argmax(axis=1))
    assert answers.similarity is None
    assert answers.value is None


@BOTH
@pytest.mark.parametrize("kind", ["anomaly", "outlier", "classes", "extrapolation"])
def test_no_signals_give_no_answers(kind: str, native: bool) -> None:
    emulator = Emulator(library(f"{kind}-both"), native)
    emulator.init()
    assert len(emulator.detect(np.empty((0, AXES * LENGTH), dtype=np.float32)).status) == 0


def test_values_that_do_not_fit_into_a_float_are_refused_as_infinite() -> None:
    emulator = Emulator(library("outlier-both"))
    emulator.init()
    assert list(emulator.detect(np.full((1, AXES * LENGTH), 1e300)).status) == [128]


def test_init_from_pretrained_knowledge_and_init_again_forgets() -> None:
    made = library("anomaly-both")
    emulator = Emulator(made)
    emulator.init(pretrained=True)
    assert made.pretrained is not None
    np.testing.assert_array_equal(emulator.state, made.pretrained)
    assert (emulator.detect(signals(3, 2)).status == 0).all()
    emulator.init()
    assert not emulator.state.any()


def test_the_state_handed_out_is_a_copy() -> None:
    emulator = Emulator(library("anomaly-both"))
    emulator.init()
    emulator.state[:] = 7
    assert not emulator.state.any()


def test_pretrained_knowledge_that_is_not_there() -> None:
    bare = library("anomaly-both", pretrained=False)
    assert Emulator(bare, persona="v5").init(pretrained=True) == 4
    with pytest.raises(LibraryError, match="no pretrained knowledge"):
        Emulator(bare).init(pretrained=True)


def test_errors_say_what_was_expected() -> None:
    emulator = Emulator(library("classes-both"))
    emulator.init()
    with pytest.raises(LibraryError, match=r"96 values \(32 samples x 3 axes\), not an array of shape \(2, 95\)"):
        emulator.detect(np.zeros((2, 95), dtype=np.float32))
    with pytest.raises(LibraryError, match="does not learn"):
        emulator.learn(signals(1, 1))
    with pytest.raises(LibraryError, match="persona 'v4' is unknown"):
        Emulator(library("classes-both"), persona="v4")
