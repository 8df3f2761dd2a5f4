"""The one way to talk to a board: virtual, emulated and real ones offer the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bitloop_hil.link.client import Link


@dataclass(frozen=True, slots=True)
class Programmed:
    """What became of an image. `bytes` of it, of which `verified` were read back and found equal, in `seconds`.

    `skipped` says that the flash held the image already, so that nothing was erased. `by` names what did it.
    """

    bytes: int
    seconds: float
    verified: int
    skipped: bool
    by: str


class Board(Protocol):
    """A board on some bench. Close it (or use it as a context manager): it holds processes and ports.

    `unit` says what the ticks it reports are: `cycles` where hardware counts them or a model of the core does
    (`features.uncertainty` says how well), `instructions` on benches that count those and claim nothing about time.
    """

    name: str
    bench: str
    core: str
    unit: str

    def flash(self, image: Path) -> Programmed | None:
        """Program an ELF image; FlashError or VerifyError if that fails. None where an image is loaded directly."""

    def reset(self) -> None:
        """Start the image from its reset vector; what it learned is gone."""

    def link(self) -> Link:
        """A link to the running firmware, not greeted yet."""

    def close(self) -> None:
        """Let go of everything; safe to call twice."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
