"""The board a test has borrowed, and patience with its infrastructure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from bitloop.errors import BitloopError
from bitloop_hil.proof import BROKEN, classify
from bitloop_hil.pytest_plugin.record import Record

if TYPE_CHECKING:
    from bitloop_hil.board import Board
    from bitloop_hil.pytest_plugin.garage import Garage, Parked

T = TypeVar("T")


class Borrowed:
    """A board of the garage for the time of one test. `retries` times it is closed, opened and tried again."""

    def __init__(self, garage: Garage, parked: Parked, record: Record, retries: int) -> None:
        self._garage, self._parked, self._retries = garage, parked, retries
        self.record = record

    @property
    def parked(self) -> Parked:
        """Where the board is; another object after a retry."""
        return self._parked

    @property
    def board(self) -> Board:
        """The board itself."""
        return self._parked.board

    def patiently(self, task: Callable[[Board], T], error_of: Callable[[T], BitloopError | None]) -> T:
        """What a task returned, repeated on a board opened anew while its infrastructure fails and retries are left.

        `error_of` finds the error in a result; a task may raise it as well. Nothing else is ever repeated.
        """
        for _ in range(self._retries):
            try:
                result = task(self.board)
                error = error_of(result)
                if error is None:
                    return result
            except BitloopError as raised:
                error = raised
                if classify(raised)[0] != BROKEN:
                    raise
            self.record.retries.append(f"{classify(error)[1]}: {error}")
            self._parked = self._garage.renew(self._parked)
        return task(self.board)


class BoardInHand:
    """The fixture `board`: the board of this test, the new one after a retry. Closing it is the garage's business."""

    def __init__(self, borrowed: Borrowed) -> None:
        self._borrowed = borrowed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._borrowed.board, name)

    def close(self) -> None:
        """Nothing: other tests use the board, too."""

    def __enter__(self) -> BoardInHand:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
