"""What a proof keeps call by call."""

from __future__ import annotations

import json

import pytest

from bitloop_hil.prove import Signals, prove
from tests.hil.fakes import FakeBoard, Faults, flip_output
from tests.library.examples import KINDS, library, signals


@pytest.mark.parametrize("kind", KINDS)
def test_every_judged_signal_has_a_score_from_both_sides(kind: str) -> None:
    found = library(f"{kind}-both")
    board = FakeBoard(found)
    proof = prove(found, board, board.image, Signals(signals(20, 4), signals(15, 3) if kind == "anomaly" else None))
    series = proof.series
    assert series is not None and len(series.expected) == 20
    assert series.expected == series.got and series.differing == ()
    assert None not in series.got
    assert series.detect_ticks == (100,) * 20
    assert series.learn_ticks == ((50,) * 15 if kind == "anomaly" else ())
    assert "series" not in json.dumps(proof.to_json())


def test_the_signals_that_differ_are_listed() -> None:
    found = library("outlier-both")
    board = FakeBoard(found, Faults(reply=flip_output("detect", 7)))
    series = prove(found, board, board.image, Signals(signals(20, 4))).series
    assert series is not None and series.differing == (7,)
    assert series.expected[7] != series.got[7]


def test_a_refused_call_has_no_score() -> None:
    found = library("anomaly-both")
    board = FakeBoard(found)
    early = prove(found, board, board.image, Signals(signals(5, 4), signals(found.learning - 1, 3)))
    assert early.series is not None and early.series.got == (None,) * 5
