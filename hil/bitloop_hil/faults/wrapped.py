"""Any board with something on its line: a proof over it meets the faults, or leaves a capture."""

from __future__ import annotations

from pathlib import Path

from bitloop_hil.board import Board, Programmed
from bitloop_hil.closing import Closing
from bitloop_hil.link.client import Link, Wrap
from bitloop_hil.link.patience import Patience


class WrappedBoard(Closing):
    """A `Board` whose links go through `wrap` and, if given, have that patience. Closes the board it wraps."""

    def __init__(self, board: Board, wrap: Wrap | None = None, patience: Patience | None = None) -> None:
        self.name, self.bench, self.core, self.unit = board.name, board.bench, board.core, board.unit
        self.inner = board
        self._wrap, self._patience = wrap, patience

    def flash(self, image: Path) -> Programmed | None:
        """As the board does."""
        return self.inner.flash(image)

    def reset(self) -> None:
        """As the board does."""
        self.inner.reset()

    def link(self) -> Link:
        """A link of the board, wrapped anew."""
        link = self.inner.link()
        if self._patience is not None:
            link.patience = self._patience
        return link if self._wrap is None else link.through(self._wrap)

    def close(self) -> None:
        """Let go of the board; safe to call twice."""
        self.inner.close()
