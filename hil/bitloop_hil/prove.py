"""The proof of parity: the same calls on a board and in the emulator, every status, label and bit compared.

1. Build the image, flash it, reset the board, and greet: firmware with another library or build is refused here.
2. `init`; for anomaly, learn signals and compare the learned state; then detect (classify, ...) all signals.
3. Hostile signals (NaN, infinities, 1e30) have to be refused with the persona's status and must leave the learned
   state as it was; afterwards the library has to answer a good signal as before.
4. If anything differs, the same history runs again on an image that reports what stands in the buffer after each
   step, until the first differing kernel is found.

A test body is written against `Board`, so it runs on every bench. Infrastructure that fails makes the proof BROKEN
instead of raising, so that a report always exists; only that may be retried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from bitloop.emulator import Emulator
from bitloop.errors import BitloopError, LibraryError
from bitloop.kernels.base import Features, LearningModel
from bitloop.library.file import Library
from bitloop.library.personas import persona
from bitloop.toolchain import Flags
from bitloop_hil.board import Board
from bitloop_hil.boards import BoardFile
from bitloop_hil.compare import Tally, compare, compare_bytes, compare_floats, differing_calls
from bitloop_hil.features import uncertainty
from bitloop_hil.images import Image, build_image
from bitloop_hil.link.client import Link
from bitloop_hil.locate import Locator, Sighting, unlocated
from bitloop_hil.proof import Difference, Proof, Refusals, Spread, Subject
from bitloop_hil.series import Series
from bitloop_hil.sides import DETECT, LEARN, BoardSide, EmulatorSide, Progress, due_refusals, state_of

ImageSource = Callable[[bool], Image]
"""Builds the image of the library under proof; with True the one that traces its steps."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the image is made."""

    persona: str = "v3"
    compiler: str = "zig"
    flags: Flags = field(default_factory=Flags)

    def images(self, library: Library, file: BoardFile) -> ImageSource:
        """The images of a library for a board."""
        return lambda trace: build_image(library, file, self.persona, self.compiler, self.flags, trace)

    def describe(self) -> str:
        """The flags in words."""
        switches = [name for name in ("short_enums", "short_wchar") if getattr(self.flags, name)]
        return " ".join([self.flags.optimize, *switches, *self.flags.defines, *self.flags.extra])


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """float32 (signals, samples * axes), interleaved. `learn` is for anomaly only."""

    detect: Features
    learn: Features | None = None


def prove(
    library: Library,
    board: Board,
    images: ImageSource,
    signals: Signals,
    *,
    recipe: Recipe = Recipe(),
    pretrained: bool = False,
    native: bool = False,
    hostile: bool = True,
    progress: Progress | None = None,
) -> Proof:
    """Prove a library on a board; see the module. LibraryError where the signals do not fit the library.

    `native` compares against the host's C instead of the NumPy reference; `pretrained` begins from the library's
    pretrained state.
    """
    _check(library, signals, pretrained)
    plan = _Plan(library, board, images, signals, recipe, pretrained, native, hostile, progress or _silent)
    return plan.run()


def hostile_signals(signal: Features) -> Features:
    """(6, values): a good signal spoiled by NaN (first, last), infinities, one huge value, and huge throughout."""
    rows = np.repeat(np.asarray(signal, dtype=np.float32)[None, :], 6, axis=0)
    rows[0, 0], rows[1, -1] = np.nan, np.nan
    rows[2, 0], rows[3, -1] = np.inf, -np.inf
    rows[4, 0] = np.float32(1e30)
    rows[5] = np.float32(1e30)
    return rows


@dataclass(slots=True, eq=False)
class _Plan:
    library: Library
    board: Board
    images: ImageSource
    signals: Signals
    recipe: Recipe
    pretrained: bool
    native: bool
    hostile: bool
    progress: Progress

    def run(self) -> Proof:
        error = uncertainty(self.board.bench, self.board.core)
        proof, sighting = Proof(self._subject(""), unit=self.board.unit, uncertainty=error), None
        try:
            image = self.images(False)
            proof = replace(proof, subject=self._subject(image.build))
            proof = replace(proof, flash=self.board.flash(image.path))
            with self._greeted(image) as link:
                proof, sighting = self._compare(proof, *self._sides(link))
                proof = replace(proof, link=link.stats.to_json())
        except BitloopError as error:
            return replace(proof, error=error)
        return proof if sighting is None else replace(proof, first_difference=self._locate(sighting))

    def _greeted(self, image: Image) -> Link:
        """Reset and greet. Whoever gets the link closes it: a port is open once."""
        self.board.reset()
        link = self.board.link()
        try:
            link.greet(self.library.id, image.build)
        except BitloopError:
            link.close()
            raise
        return link

    def _sides(self, link: Link) -> tuple[BoardSide, EmulatorSide]:
        """Board and emulator, both initialised."""
        speech = persona(self.recipe.persona)
        emulator = Emulator(self.library, native=self.native, persona=self.recipe.persona)
        link.init(self.pretrained)
        emulator.init(self.pretrained)
        return BoardSide(self.library, link, speech, self.progress), EmulatorSide(self.library, emulator, speech)

    def _compare(self, proof: Proof, ours: BoardSide, theirs: EmulatorSide) -> tuple[Proof, Sighting | None]:
        learned, sighting = self._learn(ours, theirs)
        expected = theirs.detect(self.signals.detect)
        got = ours.detect(self.signals.detect)
        detected = compare(expected, got)
        series = Series.of(self.library.kind, expected, got, ours.ticks)
        if sighting is None and detected.first is not None:
            sighting = Sighting(DETECT, detected.first)
        refusals = self._refuse(ours, theirs) if self.hostile else Refusals()
        total = learned + detected
        return replace(
            proof,
            signals=len(self._to_learn()) + len(self.signals.detect),
            calls=ours.calls,
            floats_compared=total.floats,
            answers_compared=total.integers,
            differing=total.differing,
            refusals=refusals,
            learn=Spread.of(ours.ticks[LEARN]),
            detect=Spread.of(ours.ticks[DETECT]),
            series=series,
        ), sighting

    def _learn(self, ours: BoardSide, theirs: EmulatorSide) -> tuple[Tally, Sighting | None]:
        """Learn, and compare the statuses and the state that results."""
        if not isinstance(self.library.pipeline.model, LearningModel):
            return Tally(), None
        x = self._to_learn()
        tally = compare(theirs.learn(x), ours.learn(x))
        expected, got, last = theirs.knowledge(), ours.knowledge(), max(len(x) - 1, 0)
        tally += compare_floats(state_of(self.library, expected), state_of(self.library, got), last, "state")
        if tally.first is None:  # the same floats may still come in another wrapping
            tally += compare_bytes(expected, got, last, "knowledge")
        return tally, Sighting(LEARN, tally.first) if tally.first is not None else None

    def _refuse(self, ours: BoardSide, theirs: EmulatorSide) -> Refusals:
        """Hostile calls: answered as the emulator does, never OK where refusal is due, and nothing learned."""
        good, learns = self.signals.detect[:1], isinstance(self.library.pipeline.model, LearningModel)
        rows = hostile_signals(good[0])
        due = due_refusals(self.library, rows)
        ticks, calls = {what: list(seen) for what, seen in ours.ticks.items()}, ours.calls
        before = ours.knowledge() if learns else b""
        got = ours.detect(rows)
        wrong = int((differing_calls(theirs.detect(rows), got) | (due & (got.status == 0))).sum())
        if learns:
            got = ours.learn(rows[due])
            wrong += int(differing_calls(theirs.learn(rows[due]), got).sum())
        untouched = not learns or ours.knowledge() == before
        wrong += int(differing_calls(theirs.detect(good), ours.detect(good)).sum())
        calls, ours.calls, ours.ticks = ours.calls - calls, calls, ticks
        return Refusals(calls, int(due.sum()) * (1 + learns), wrong, untouched)

    def _locate(self, sighting: Sighting) -> Difference:
        try:
            image = self.images(True)
            self.board.flash(image.path)
            with self._greeted(image) as link:
                locator = Locator(self.library, link, *self._sides(link))
                return locator.find(sighting, self._to_learn(), self.signals.detect)
        except BitloopError as error:
            return unlocated(sighting, f"the kernel could not be looked for: {error}")

    def _to_learn(self) -> Features:
        if self.signals.learn is None:
            return np.empty((0, self.signals.detect.shape[1]), dtype=np.float32)
        return self.signals.learn

    def _subject(self, build: str) -> Subject:
        where = (self.board.name, self.board.bench, self.board.core)
        return _subject(self.library, where, self.recipe, self.native, build)


def unopened(
    library: Library, where: tuple[str, str, str], recipe: Recipe, error: BitloopError, native: bool = False
) -> Proof:
    """The proof that could not begin: the board (name, bench, core) could not be opened."""
    return Proof(_subject(library, where, recipe, native), error=error)


def _subject(library: Library, where: tuple[str, str, str], recipe: Recipe, native: bool, build: str = "") -> Subject:
    board, bench, core = where
    return Subject(
        board=board,
        bench=bench,
        core=core,
        compiler=recipe.compiler,
        flags=recipe.describe(),
        persona=recipe.persona,
        library_id=library.id,
        build=build,
        emulator="host C" if native else "reference",
    )


def _check(library: Library, signals: Signals, pretrained: bool) -> None:
    learns = isinstance(library.pipeline.model, LearningModel)
    if not len(signals.detect):
        raise LibraryError("a proof needs at least one signal")
    if learns and not pretrained and (signals.learn is None or not len(signals.learn)):
        raise LibraryError("an anomaly library learns first: give the proof signals to learn")
    if not learns and signals.learn is not None:
        raise LibraryError(f"a library of kind {library.kind} does not learn; leave out the signals to learn")
    for x in (signals.detect, signals.learn):
        if x is not None and (x.ndim != 2 or x.shape[1] != library.axes * library.length or x.dtype != np.float32):
            raise LibraryError(f"the proof takes float32 signals of {library.axes * library.length} values each")


def _silent(done: int, total: int, what: str) -> None:
    """No progress wanted."""
