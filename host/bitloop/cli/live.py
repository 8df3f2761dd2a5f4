"""What a search shows while it is at work: a table on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bitloop.cli.output import say

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop.search.result import Point, Progress

PERIOD = 10.0
"""Seconds between two lines where there is no terminal."""
WIDE = 40
_BARS = "▁▂▃▄▅▆▇█"


@contextmanager
def live(console: Console, kind: str, period: float = PERIOD) -> Iterator[Callable[[Progress], None]]:
    """Yields what to tell of the progress."""
    if not console.is_terminal:
        yield _Lines(console, kind, period).tell
        return
    from rich.live import Live

    with Live(console=console, transient=True, refresh_per_second=4) as shown:
        yield lambda at: shown.update(status(at, kind))


class _Lines:
    """A line now and then, and one whenever the search comes to another stage."""

    def __init__(self, console: Console, kind: str, period: float) -> None:
        self.console, self.kind, self.period = console, kind, period
        self.stage, self.last = "searching", time.monotonic()

    def tell(self, at: Progress) -> None:
        """Print it if it is time."""
        now = time.monotonic()
        if at.stage == self.stage and now - self.last < self.period:
            return
        self.stage, self.last = at.stage, now
        say(self.console, line(at, self.kind))


def line(at: Progress, kind: str) -> str:
    """One line: `searching, 30 s: 4,210 evaluations (70 per second and core), best 0.9312: ...`."""
    done = (
        f"{at.stage}, {at.seconds:.0f} s: {at.evaluations:,} evaluations ({at.rate_per_core:.0f} per second and core)"
    )
    if not at.family:
        return done
    cost = f"about {at.ram:,} B of RAM and {at.flash:,} B of flash{_cycles(at)}"
    return f"{done}, best {at.score:.4f}: {quality(at, kind)}, {cost}, {at.family}"


def quality(at: Progress, kind: str) -> str:
    """What the best is worth: R² of the worst fold, or of all folds with an interval."""
    if kind == "extrapolation":
        return f"R² {at.quality:.4f} in the worst fold"
    low, high = at.interval
    name = "balanced accuracy" if kind == "classes" else "quality"
    return f"{name} {low:.3f} to {high:.3f} (95 %), {at.quality:.3f} in the worst fold"


def status(at: Progress, kind: str) -> Any:
    """The table a terminal shows."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, show_header=False)
    drawn.add_column(style="dim", no_wrap=True)
    drawn.add_column(overflow="fold")

    def row(name: str, text: str) -> None:
        drawn.add_row(name, Text(text))

    rejected = f", {at.rejected:,} turned away" if at.rejected else ""
    row(at.stage, f"{at.seconds:.0f} s, {at.evaluations:,} evaluations{rejected}")
    row("rate", f"{at.rate_per_core:.1f} per second and core, {at.rate:.1f} in all")
    if at.family:
        row("best", f"{at.score:.4f}   {quality(at, kind)}")
        row("", at.pipeline)
        row("costs", f"about {at.ram:,} B of RAM, {at.flash:,} B of flash{_cycles(at)}")
        row("score", f"{sparkline(at.history, at.seconds)} over time")
        row("families", "\n".join(f"{score:.4f}  {_family(name)}" for name, score in at.families))
    return drawn


def sparkline(history: Sequence[Point], seconds: float, wide: int = WIDE) -> str:
    """The best score over time, from the first improvement to now, as a row of bars."""
    if not history:
        return ""
    start, end = history[0].seconds, max(seconds, history[-1].seconds)
    low, high = history[0].score, history[-1].score
    bars, at = [], 0
    for column in range(wide):
        now = start + (end - start) * column / max(1, wide - 1)
        while at + 1 < len(history) and history[at + 1].seconds <= now:
            at += 1
        share = (history[at].score - low) / (high - low) if high > low else 1.0
        bars.append(_BARS[round(share * (len(_BARS) - 1))])
    return "".join(bars)


def _cycles(at: Progress) -> str:
    return f", {at.cycles:,} cycles per call" if at.cycles else ""


def _family(name: str) -> str:
    return name.replace("+", " + ").replace("/", ", ").replace("_", " ")
