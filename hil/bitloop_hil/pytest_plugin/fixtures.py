"""The fixtures. Whatever is heavy is imported when a test uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

import pytest

from bitloop.errors import LibraryError, ProbeError
from bitloop_hil.pytest_plugin.record import Record, record_of
from bitloop_hil.pytest_plugin.state import state_of

if TYPE_CHECKING:
    from bitloop.library.file import Library
    from bitloop_hil.board import Board
    from bitloop_hil.link.client import Link
    from bitloop_hil.pytest_plugin.borrowed import Borrowed
    from bitloop_hil.pytest_plugin.measuring import Measure
    from bitloop_hil.pytest_plugin.plan import Kind
    from bitloop_hil.pytest_plugin.proving import Prove
    from bitloop_hil.pytest_plugin.subjects import Subject
    from bitloop_hil.rig import Rig


@pytest.fixture(scope="session")
def rig(pytestconfig: pytest.Config) -> Rig:
    """The places of this run: those of the rig file, or of the boards that were chosen."""
    from bitloop_hil.rig import Rig

    state = state_of(pytestconfig)
    places = tuple(place for kind in state.plan.kinds for place in kind.places)
    if not places:
        _lacking(pytestconfig, "; ".join(kind.reason for kind in state.plan.kinds))
    return Rig(places)


@pytest.fixture(scope="session")
def bl_kind(request: pytest.FixtureRequest) -> Kind:
    """The kind of board a test runs on; every test that uses a board is run once for each that was chosen."""
    given: Kind | None = getattr(request, "param", None)
    return state_of(request.config).plan.kinds[0] if given is None else given


@pytest.fixture
def bl_borrowed(request: pytest.FixtureRequest, bl_kind: Kind) -> Iterator[Borrowed]:
    """The board of this test, with the record of what happens on it."""
    from bitloop_hil.pytest_plugin.borrowed import Borrowed
    from bitloop_hil.pytest_plugin.garage import BrokenError, UnavailableError
    from bitloop_hil.pytest_plugin.run import Cause

    state, item = state_of(request.config), request.node
    record = record_of(item)
    record.kind, record.board, record.bench = bl_kind.id, bl_kind.board, bl_kind.bench
    if bl_kind.board:
        _need_features(item, bl_kind)
    try:
        parked = state.garage.take(bl_kind, item.nodeid)
    except UnavailableError as error:
        _lacking(request.config, str(error))
    except BrokenError as error:
        if error.cause.test == item.nodeid:  # the same test, run again: this is its failure and no consequence
            raise ProbeError(str(error)) from error
        pytest.skip(str(error))
    borrowed = Borrowed(state.garage, parked, record, state.settings.retries)
    _describe(record, parked.place.name, borrowed.board)
    yield borrowed
    if record.infrastructure:
        state.garage.suspect(borrowed.parked, Cause(item.nodeid, record.failure, record.reason))
    else:
        state.garage.give_back(borrowed.parked)


@pytest.fixture
def board(bl_borrowed: Borrowed) -> Board:
    """A board, powered, for this test alone; what it runs is whatever was flashed last."""
    from bitloop_hil.pytest_plugin.borrowed import BoardInHand

    return cast("Board", BoardInHand(bl_borrowed))


@pytest.fixture
def bl_subject(request: pytest.FixtureRequest) -> Subject:
    """The library under test with its project."""
    from bitloop_hil.pytest_plugin.subjects import Subject, find

    marker = request.node.get_closest_marker("bl_library")
    if marker is not None and marker.args:
        return Subject.load(find(marker.args[0], _folders(request)), marker.kwargs.get("number"))
    path = state_of(request.config).settings.library
    if path is None:
        raise LibraryError(
            "no library was named; say which with prove(PATH), @pytest.mark.bl_library(PATH), --bl-library PATH or"
            " bitloop_library in the ini file"
        )
    return Subject.load(path)


@pytest.fixture
def library(bl_subject: Subject) -> Library:
    """The library under test: of the marker `bl_library`, the command line or the ini file."""
    return bl_subject.library


@pytest.fixture
def link(bl_borrowed: Borrowed, library: Library) -> Iterator[Link]:
    """A link to the board running the library under test: built, flashed, reset and greeted."""
    from bitloop_hil.boards import board_file
    from bitloop_hil.images import build_image

    def greeted(board: Board) -> Link:
        board.flash(image.path)
        board.reset()
        link = board.link()
        try:
            link.greet(library.id, image.build)
        except BaseException:
            link.close()
            raise
        return link

    image = build_image(library, board_file(bl_borrowed.board.name))
    with bl_borrowed.patiently(greeted, lambda link: None) as found:
        yield found


@pytest.fixture
def prove(request: pytest.FixtureRequest, bl_borrowed: Borrowed) -> Prove:
    """`prove(PATH)` builds, flashes, runs and compares a library bit for bit, and raises unless all is the same."""
    from bitloop_hil.pytest_plugin.proving import Prove

    def usual() -> Subject:
        return cast("Subject", request.getfixturevalue("bl_subject"))

    known = usual() if "bl_subject" in request.fixturenames else None
    return Prove(bl_borrowed, usual, _folders(request), known)


@pytest.fixture
def measure(request: pytest.FixtureRequest) -> Measure:
    """`measure("detect", proof.detect, max=25_000, unit="cycles")` records a value and the limits it has to keep."""
    from bitloop_hil.pytest_plugin.measuring import Measure

    return Measure(record_of(request.node))


def _folders(request: pytest.FixtureRequest) -> tuple[Path, Path, Path]:
    """Where relative paths of a test are looked for."""
    return request.path.parent, request.config.rootpath, request.config.invocation_params.dir


def _need_features(item: pytest.Item, kind: Kind) -> None:
    from bitloop_hil import features

    for marker in item.iter_markers("bl_feature"):
        for feature in marker.args:
            if lack := features.lack(str(feature), kind.bench, kind.board):
                pytest.skip(f"{kind.id} lacks {feature!r}: {lack}")


def _describe(record: Record, place: str, board: Board) -> None:
    from bitloop_hil.boards import board_file

    record.place, record.board, record.bench = place, board.name, board.bench
    record.core, record.unit, record.clock_hz = board.core, board.unit, board_file(board.name).clock_hz


def _lacking(config: pytest.Config, reason: str) -> NoReturn:
    """Skip what cannot run here, or fail where the user requires it."""
    if state_of(config).settings.require:
        raise ProbeError(f"{reason} (and --bl-require does not let the test be skipped)")
    pytest.skip(reason)
