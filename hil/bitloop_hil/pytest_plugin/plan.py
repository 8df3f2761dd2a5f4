"""Which boards the tests run on: every kind of board that was chosen, each with the places that have one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bitloop.errors import BitloopError
from bitloop_hil.pytest_plugin.settings import Settings

if TYPE_CHECKING:
    from bitloop_hil.rig import Place

USUAL = {"virtual": "b-l475e-iot01a", "qemu": "mps2-an386"}
"""The board of a bench where none is named."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A board on a bench, and the places that have it, any of which will do. `reason` says why there is none."""

    board: str
    bench: str
    places: tuple[Place, ...] = ()
    reason: str = ""

    @property
    def id(self) -> str:
        """As it stands in the names of tests."""
        return f"{self.bench}:{self.board}" if self.board else self.bench


@dataclass(frozen=True, slots=True)
class Plan:
    """`named` says whether the user chose boards (by name or by a rig) rather than just a bench."""

    bench: str
    kinds: tuple[Kind, ...]
    named: bool

    @staticmethod
    def make(settings: Settings) -> Plan:
        """The plan for some settings. What is missing becomes a reason to skip; a mistake is a UsageError."""
        try:
            return _from_rig(settings) if settings.rig else _from_names(settings)
        except BitloopError as error:
            raise pytest.UsageError(f"bitloop: {error}") from error

    def chosen(self, boards: Sequence[str]) -> tuple[Kind, ...]:
        """The kinds for a test that is for some boards only (or places of a rig; for any if there are none)."""
        if not boards:
            return self.kinds
        if not self.named:
            return tuple(_kind(self.bench, board) for board in boards)
        fitting = [_only(kind, boards) for kind in self.kinds]
        if found := tuple(kind for kind in fitting if kind is not None):
            return found
        reason = f"the test is for {', '.join(boards)}, and the boards chosen are others"
        return (Kind("", self.bench, reason=reason),)

    def to_json(self) -> dict[str, Any]:
        """For the workers of pytest-xdist, so that all collect the same tests."""
        return {"bench": self.bench, "kinds": [asdict(kind) for kind in self.kinds], "named": self.named}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Plan:
        """What `to_json` wrote."""
        from bitloop_hil.rig import Place

        kinds = tuple(
            Kind(kind["board"], kind["bench"], tuple(Place(**place) for place in kind["places"]), kind["reason"])
            for kind in data["kinds"]
        )
        return Plan(data["bench"], kinds, data["named"])


def _from_rig(settings: Settings) -> Plan:
    from bitloop_hil.rig import Rig

    assert settings.rig is not None  # noqa: S101 - the caller looked
    bench = settings.bench or "any"
    if not settings.rig.exists():
        return Plan(bench, (Kind("", bench, reason=f"the rig file {settings.rig} does not exist"),), True)
    rig = Rig.load(settings.rig)
    places = [place for place in rig.places if settings.bench in ("", place.bench)]
    known = {name for place in rig.places for name in (place.name, place.board)}
    if unknown := [name for name in settings.boards if name not in known]:
        raise pytest.UsageError(f"--bl-board {unknown[0]}: {settings.rig} has no such place or board")
    if settings.boards:
        places = [place for place in places if {place.name, place.board} & set(settings.boards)]
    if places:
        return Plan(bench, _pooled(places), True)
    wanted = " and ".join(filter(None, [settings.bench and f"bench {settings.bench}", *settings.boards]))
    return Plan(bench, (Kind("", bench, reason=f"{settings.rig} has no place for {wanted}"),), True)


def _from_names(settings: Settings) -> Plan:
    bench = settings.bench or "virtual"
    if settings.boards:
        return Plan(bench, tuple(_kind(bench, board) for board in dict.fromkeys(settings.boards)), True)
    if bench == "hardware":
        return Plan(bench, _attached(), True)
    return Plan(bench, (_kind(bench, USUAL.get(bench) or _first(bench)),), False)


def _kind(bench: str, board: str) -> Kind:
    """A board by name, without a rig; BuildError where no board is called so."""
    from bitloop_hil.boards import board_file
    from bitloop_hil.rig import Rig

    board_file(board)
    if bench == "hardware" and (found := [kind for kind in _attached() if kind.board == board]):
        return found[0]
    try:
        return Kind(board, bench, Rig.of(bench, [board]).places)
    except BitloopError as error:
        return Kind(board, bench, reason=str(error))


def _attached() -> tuple[Kind, ...]:
    """The boards that are plugged in and say what they are. Virtual ones are meant only where they are named."""
    from bitloop_hil.discovery import look
    from bitloop_hil.rig import Place

    try:
        found = [each for each in look() if len(each.boards) == 1 and each.probe.kind != "virtual"]
    except BitloopError as error:
        return (Kind("", "hardware", reason=str(error)),)
    if not found:
        return (Kind("", "hardware", reason="no board that is known is attached, and no rig file names one"),)
    return _pooled(Place(each.probe.serial, each.boards[0], "hardware", probe=each.probe.uid) for each in found)


def _first(bench: str) -> str:
    from bitloop_hil.boards import board_file, names

    return next((name for name in names() if bench in board_file(name).benches), "")


def _pooled(places: Iterable[Place]) -> tuple[Kind, ...]:
    """Places with the same board on the same bench are one kind."""
    pools: dict[tuple[str, str], list[Place]] = {}
    for place in places:
        pools.setdefault((place.board, place.bench), []).append(place)
    return tuple(Kind(board, bench, tuple(found)) for (board, bench), found in pools.items())


def _only(kind: Kind, boards: Sequence[str]) -> Kind | None:
    """The kind reduced to what is named, by board or by place."""
    if kind.board in boards:
        return kind
    places = tuple(place for place in kind.places if place.name in boards)
    return Kind(kind.board, kind.bench, places) if places else None
