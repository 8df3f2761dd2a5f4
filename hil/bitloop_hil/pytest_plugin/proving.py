"""The fixture `prove`: one call that builds, flashes, runs and compares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from bitloop.errors import ParityError
from bitloop.library.file import Library
from bitloop.toolchain import Flags
from bitloop_hil.boards import board_file
from bitloop_hil.proof import BROKEN, PASS, Proof
from bitloop_hil.prove import Recipe
from bitloop_hil.prove import prove as compare
from bitloop_hil.pytest_plugin.borrowed import Borrowed
from bitloop_hil.pytest_plugin.subjects import SIGNALS, Given, Subject, find


class Prove:
    """Prove a library on the board of this test, bit for bit.

    The call raises unless the verdict is PASS, so it is a whole test by itself: ParityError where a bit differs, and
    what the bench or the compiler said otherwise. With `check=False` it returns the proof whatever it says.
    """

    def __init__(
        self, borrowed: Borrowed, usual: Callable[[], Subject], folders: Iterable[Path], known: Subject | None = None
    ) -> None:
        self._borrowed, self._usual, self._folders, self._known = borrowed, usual, tuple(folders), known

    def __call__(
        self,
        library: Library | Path | str | None = None,
        signals: Given | None = None,
        learn: Given | None = None,
        *,
        number: int | None = None,
        count: int = SIGNALS,
        persona: str = "v3",
        compiler: str = "zig",
        optimize: str = "-O2",
        recipe: Recipe | None = None,
        pretrained: bool = False,
        native: bool = False,
        hostile: bool = True,
        check: bool = True,
    ) -> Proof:
        """The proof of a library (else the one the test file, command line or ini file names).

        `signals` are judged and `learn` learned before (anomaly only); without them a project's own are used, about
        `count`, and synthetic ones for a library file. `number` chooses among a project's libraries. The other
        arguments are those of `bitloop prove`.
        """
        __tracebackhide__ = True
        subject = self._subject(library, number)
        how = recipe or Recipe(persona, compiler, Flags(optimize))
        given = subject.signals(self._path(signals), self._path(learn), count)
        if pretrained and learn is None:
            given = replace(given, learn=None)
        proof = self._borrowed.patiently(
            lambda board: compare(
                subject.library,
                board,
                how.images(subject.library, board_file(board.name)),
                given,
                recipe=how,
                pretrained=pretrained,
                native=native,
                hostile=hostile,
            ),
            lambda proof: proof.error if proof.verdict == BROKEN else None,
        )
        self._borrowed.record.proofs.append(proof)
        if check and proof.verdict != PASS:
            raise proof.error or ParityError(str(proof.reason()))
        return proof

    def _subject(self, library: Library | Path | str | None, number: int | None) -> Subject:
        if library is None:
            return self._usual()
        if not isinstance(library, Library):
            return Subject.load(find(library, self._folders), number)
        known = self._known  # the library of the fixture comes with the signals of its project
        return known if known is not None and library is known.library else Subject(library)

    def _path(self, given: Given | None) -> Given | None:
        return given if given is None or isinstance(given, np.ndarray) else find(given, self._folders)
