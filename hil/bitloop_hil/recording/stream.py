"""What comes over a line, whatever speaks there: the signals in it, and what is known of their pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bitloop.recording.lines import Line, Shape
from bitloop_hil.recording.pump import Pump


@dataclass(frozen=True, slots=True)
class Account:
    """What a stream knows of itself; see `bitloop.recording.note.Run`."""

    fragments: int = 0
    lost: int | None = None
    overruns: int | None = None
    line_rate: Mapping[str, Any] | None = None
    sample_rate: Mapping[str, Any] | None = None
    clock: Mapping[str, Any] | None = None


class Stream(Protocol):
    """Turns the bytes of a line into signals."""

    mode: str
    said: Mapping[str, Any]
    """What the board said of itself and its sensor when it began."""
    shape: Shape
    """What its lines hold, as far as that is known when it began."""

    @property
    def hopeless(self) -> str:
        """Why there is no point in going on; empty while there is."""

    @property
    def lost(self) -> int | None:
        """Samples known to be missing; None where nothing numbers them."""

    def begin(self, line: Pump) -> None:
        """The line was opened, for the first time or again."""

    def feed(self, at: float, data: bytes) -> list[Line]:
        """The lines that can be judged now, of bytes that came at a monotonic time."""

    def silent(self, seconds: float) -> None:
        """Nothing came for so long; LinkError where that means that the board is gone."""

    def broken(self) -> list[Line]:
        """The line went away: what was left."""

    def finish(self, line: Pump | None) -> list[Line]:
        """The recording is over, with the line still open unless it is None: what was left."""

    def account(self, width: int) -> Account:
        """What is known in the end of lines with that many values."""
