"""Names the kernel behind a difference: replays the history on an image that reports every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LinkError
from bitloop.kernels.base import Features
from bitloop.library.file import Library
from bitloop_hil.compare import Place, Tally, compare, compare_floats, first_different, words
from bitloop_hil.link.client import Link
from bitloop_hil.proof import Difference
from bitloop_hil.sides import DETECT, LEARN, BoardSide, EmulatorSide, state_of

_NOT_SHOWN = "the image that traces its steps answers as the emulator does, so the kernel cannot be named"


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where the plain image was seen to differ: in a call of a kind, or in the state after all learning (no call)."""

    what: str  # learn or detect
    place: Place


def unlocated(sighting: Sighting, note: str) -> Difference:
    """The difference as it was seen, without a kernel."""
    return _difference(sighting.what, "", None, sighting.place, note)


class Locator:
    """A freshly initialised board with a tracing image, and an emulator in the same state."""

    def __init__(self, library: Library, link: Link, board: BoardSide, emulator: EmulatorSide) -> None:
        self._library, self._link = library, link
        self._board, self._emulator = board, emulator

    def find(self, sighting: Sighting, learn: Features, detect: Features) -> Difference:
        """The first step, state word or answer that differs on the way to what was sighted."""
        found = self._learning(learn) if sighting.what == LEARN else self._detecting(sighting, learn, detect)
        return found or unlocated(sighting, _NOT_SHOWN)

    def _learning(self, learn: Features) -> Difference | None:
        """Learn signal by signal; after each, compare every step and every word of the state."""
        for i in range(len(learn)):
            one = learn[i : i + 1]
            found = self._traced(one, i, LEARN)
            self._emulator.learn(one)
            if found is not None:
                return found
            expected = state_of(self._library, self._emulator.knowledge())
            tally = compare_floats(expected, state_of(self._library, self._board.knowledge()), i, "state")
            if tally.first is not None:
                return self._by_model(LEARN, tally.first)
        return None

    def _detecting(self, sighting: Sighting, learn: Features, detect: Features) -> Difference | None:
        """Learn everything at once, then look at the one signal."""
        if len(learn):
            self._board.learn(learn)
            self._emulator.learn(learn)
        call = sighting.place.call
        one = detect[call : call + 1]
        found = self._traced(one, call, DETECT)
        if found is not None:
            return found
        tally: Tally = compare(self._emulator.detect(one), self._board.detect(one))
        if tally.first is None:
            return None
        place = tally.first
        moved = Place(call, place.what, place.index, place.expected, place.got, place.expected_bits, place.got_bits)
        return self._by_model(DETECT, moved)

    def _traced(self, signal: Features, call: int, what: str) -> Difference | None:
        got: Mapping[int, NDArray[np.float32]] = self._link.trace(signal[0], what == LEARN)
        with np.errstate(all="ignore"):
            for step, values in self._library.pipeline.preprocessing.trace(signal):
                expected = np.ascontiguousarray(values.reshape(-1))
                seen = np.asarray(got.get(step.index, np.empty(0)), dtype=np.float32).reshape(-1)
                at = first_different(expected, seen)
                if at is None:
                    continue
                if len(seen) != len(expected):
                    raise LinkError(
                        f"the board reports {len(seen)} values after {step.stage.kernel} (step {step.index});"
                        f" {len(expected)} are due"
                    )
                bits = int(words(expected)[at]), int(words(seen)[at])
                place = Place(call, "step", at, float(expected[at]), float(seen[at]), *bits)
                return _difference(what, step.stage.kernel, step.index, place, "")
        return None

    def _by_model(self, what: str, place: Place) -> Difference:
        """Every step agrees, so it is the model; a wrong similarity of a right score is that function's."""
        similarity = self._library.kind == "anomaly" and place.what == "label"
        kernel = "similarity" if similarity else self._library.pipeline.model.kernel
        return _difference(what, kernel, None, place, "")


def _difference(what: str, kernel: str, step: int | None, place: Place, note: str) -> Difference:
    return Difference(
        signal=place.call,
        call=what,
        what=place.what,
        kernel=kernel,
        step=step,
        index=place.index,
        expected=place.expected,
        got=place.got,
        expected_hex=f"0x{place.expected_bits:08x}",
        got_hex=f"0x{place.got_bits:08x}",
        located=bool(kernel),
        note=note,
    )
