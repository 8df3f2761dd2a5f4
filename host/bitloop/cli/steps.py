"""A long command as steps: a spinner while one lasts, a line of what came out when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

Note = Callable[[str], None]


class Steps:
    """Shows steps on a console, one after the other."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the first one began."""
        return round(time.monotonic() - self._begun, 1)

    @contextmanager
    def step(self, title: str) -> Iterator[Note]:
        """Yields what to tell of the step; what is told last stays behind it."""
        begun, last = time.monotonic(), ""
        with self._console.status(title) as status:

            def note(text: str) -> None:
                nonlocal last
                last = text
                status.update(f"{title}  [dim]{text}[/]")

            yield note
        took = f"{time.monotonic() - begun:.1f} s"
        self._console.print(f"[green]✓[/] {title}  [dim]{last} ({took})[/]", soft_wrap=True)
