"""The boards a process has open, taken from the places of a rig and given back.

A board stays open from test to test as long as nobody else of the run has to wait for it: where there are more
workers than places that exclude each other, it goes back after every test. A board whose infrastructure failed gets a
check-up before the next test: a tiny library is flashed and has to greet. Only if that fails too is the board broken,
and its remaining tests are skipped.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bitloop.errors import BitloopError, LockError
from bitloop_hil.proof import BROKEN as INFRASTRUCTURE
from bitloop_hil.proof import classify
from bitloop_hil.pytest_plugin.plan import Kind
from bitloop_hil.pytest_plugin.run import BROKEN, SUSPECT, Cause, Run
from bitloop_hil.pytest_plugin.settings import Settings

if TYPE_CHECKING:
    from bitloop_hil.board import Board
    from bitloop_hil.rig import Place

_LOOK_AGAIN = 0.05  # seconds between rounds over places that are all taken
_GRACE = 1.0
_QUEUE_SECONDS = 3600.0  # for the other workers of this run, each of which has deadlines of its own


class UnavailableError(Exception):
    """There is no such board here, and the message says why."""


class BrokenError(Exception):
    """Every place is broken; `cause` is what happened first."""

    def __init__(self, kind: Kind, cause: Cause) -> None:
        super().__init__(f"{kind.id} is broken since {cause.describe()}")
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Parked:
    """An open board and where it is."""

    kind: Kind
    place: Place
    board: Board


class Garage:
    """The boards of one process."""

    def __init__(self, settings: Settings, run: Run) -> None:
        self._settings, self._run = settings, run
        self._open: dict[str, Parked] = {}
        self._lacking: dict[str, str] = {}
        run.join()

    def take(self, kind: Kind, test: str) -> Parked:
        """An open board of that kind. UnavailableError, BrokenError, or what opening it ended with."""
        for name in [name for name, parked in self._open.items() if parked.kind.id != kind.id]:
            self._shut(name)
        whole = self._whole(kind)
        for place in whole:
            parked = self._open.get(place.name)
            if parked is not None and self._run.cause(SUSPECT, self._key(place)) is None:
                return parked
        return self._open_one(kind, whole, test)

    def give_back(self, parked: Parked) -> None:
        """The test is over: close the board if others of this run may wait for it."""
        if parked.place.serial and self._run.workers > len(parked.kind.places):
            self._shut(parked.place.name)

    def suspect(self, parked: Parked, cause: Cause) -> None:
        """Its infrastructure failed; it gets a check-up before it is used again."""
        self._run.note(SUSPECT, self._key(parked.place), cause)
        self._shut(parked.place.name)

    def renew(self, parked: Parked) -> Parked:
        """The same place with its board closed and opened again."""
        self._shut(parked.place.name)
        return self._park(parked.kind, parked.place)

    def close(self) -> None:
        """Let go of every board; safe to call twice. A board that fails at that is let go of all the same."""
        for name in list(self._open):
            with suppress(BitloopError):
                self._shut(name)

    def _whole(self, kind: Kind) -> list[Place]:
        """The places that are there and not broken."""
        there = [place for place in kind.places if not self._missing(place)]
        if not there:
            raise UnavailableError(kind.reason or "; ".join(self._missing(place) for place in kind.places))
        causes = [self._run.cause(BROKEN, self._key(place)) for place in there]
        whole = [place for place, cause in zip(there, causes, strict=True) if cause is None]
        if not whole:
            raise BrokenError(kind, next(cause for cause in causes if cause is not None))
        start = self._run.number % len(whole)
        return whole[start:] + whole[:start]

    def _missing(self, place: Place) -> str:
        from bitloop_hil import rig

        if place.name not in self._lacking:
            self._lacking[place.name] = rig.missing(place)
        return self._lacking[place.name]

    def _open_one(self, kind: Kind, places: Sequence[Place], test: str) -> Parked:
        """The first place that is free, waiting for the user's time, or for the other workers of this run."""
        # A worker that holds the place now may have let go when one looks who it was: hence the grace.
        patience = max(self._settings.lock_seconds, _GRACE if self._run.workers > 1 else 0.0)
        end = time.monotonic() + _QUEUE_SECONDS
        deadline = time.monotonic() + patience
        while True:
            refused: LockError | None = None
            for place in self._still_whole(kind, places):
                try:
                    parked = self._park(kind, place)
                except LockError as error:
                    refused = error
                    if self._ours(place):
                        deadline = min(end, time.monotonic() + patience)
                except BitloopError as error:
                    self._run.note(BROKEN, self._key(place), Cause(test, classify(error)[1], str(error)))
                    raise
                else:
                    if self._healthy(parked):
                        return parked
            if refused is not None and time.monotonic() >= deadline:
                for place in places:
                    self._run.note(BROKEN, self._key(place), Cause(test, "LOCK", str(refused)))
                raise refused
            if refused is not None:
                time.sleep(_LOOK_AGAIN * (1 + random.random()))  # noqa: S311 - so that workers fall out of step

    def _still_whole(self, kind: Kind, places: Sequence[Place]) -> list[Place]:
        """Others of this run may have broken one in the meantime."""
        causes = [self._run.cause(BROKEN, self._key(place)) for place in places]
        if None not in causes:
            raise BrokenError(kind, next(cause for cause in causes if cause is not None))
        return [place for place, cause in zip(places, causes, strict=True) if cause is None]

    def _park(self, kind: Kind, place: Place) -> Parked:
        from bitloop_hil import rig

        for attempt in range(self._settings.retries + 1):
            try:
                parked = Parked(kind, place, rig.open_place(place))
            except LockError:
                raise
            except BitloopError as error:
                if attempt == self._settings.retries or classify(error)[0] != INFRASTRUCTURE:
                    raise
            else:
                break
        self._open[place.name] = parked
        return parked

    def _healthy(self, parked: Parked) -> bool:
        """Whether the board is neither broken nor suspect, or stands its check-up."""
        key = self._key(parked.place)
        if self._run.cause(BROKEN, key):  # found by another worker while this one waited
            self._shut(parked.place.name)
            return False
        cause = self._run.cause(SUSPECT, key)
        if cause is None:
            return True
        from bitloop_hil.pytest_plugin.checkup import check_up

        fault = check_up(parked.board)
        if fault:
            reason = f"{cause.reason}; and its check-up: {fault}"
            self._run.note(BROKEN, key, Cause(cause.test, cause.failure, reason))
            self._shut(parked.place.name)
        self._run.clear(SUSPECT, key)
        return not fault

    def _ours(self, place: Place) -> bool:
        """Whether another worker of this run has it."""
        from bitloop_hil.locks import holder

        found = holder(place.serial) if place.serial else None
        return found is not None and self._run.has(found.pid)

    def _shut(self, name: str) -> None:
        if parked := self._open.pop(name, None):
            parked.board.close()

    def _key(self, place: Place) -> str:
        """Places without a lock are private to a process, and so is their trouble."""
        return place.name if place.serial else f"{place.name}#{self._run.number}"
