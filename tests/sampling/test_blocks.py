"""Blocks of time: nothing of a block that is held back is seen by what is trained."""

from __future__ import annotations

import numpy as np
import pytest

from bitloop.sampling.blocks import FOLDS, blocks, signals
from tests.sampling.machines import log


@pytest.mark.parametrize("length", [16, 64, 200])
def test_no_sample_is_in_signals_of_two_folds(length: int) -> None:
    counting = np.arange(1003.0)
    parts, folds, whole = blocks([log("a", counting), log("b", counting)], ["a", "b"])
    assert (folds, whole) == (FOLDS, False)
    seen = [
        {
            int(v)
            for part in parts
            if (part.label, part.fold) == (0, fold)
            for v in np.unique(signals(part.x, length, 32))
        }
        for fold in range(folds)
    ]
    assert sum(map(len, seen)) == len(set.union(*seen))
    assert all(len(own) >= length for own in seen)


def test_signals_are_spread_over_a_block_and_no_more_than_asked_for() -> None:
    x = np.arange(1000, dtype=np.float32)[:, None]
    cut = signals(x, 16, 10)
    assert cut.shape == (10, 1, 16)
    assert (cut[0, 0, 0], cut[-1, 0, -1]) == (0, 999)
    assert np.diff(cut[:, 0, :], axis=1).min() == 1
    assert len(signals(x[:16], 16, 10)) == 1
    assert len(signals(x[:15], 16, 10)) == 0


def test_whole_logs_are_dealt_out_to_the_folds() -> None:
    logs = [log(label, np.zeros(50), f"{label}{n}") for label, count in (("a", 3), ("b", 7)) for n in range(count)]
    parts, folds, whole = blocks(logs, ["a", "b"])
    assert (folds, whole, len(parts)) == (3, True, 10)
    assert all({p.fold for p in parts if p.label == label} == {0, 1, 2} for label in (0, 1))
