"""What a recording shows: a small plot on a terminal, a line now and then elsewhere, and in the end what it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bitloop.cli.output import say
from bitloop.cli.trace import trace

if TYPE_CHECKING:
    from rich.console import Console

    from bitloop_hil.recording.progress import Progress
    from bitloop_hil.recording.recorder import Limits

PERIOD = 10.0
"""Seconds between two lines where there is no terminal."""
_QUIET = 3.0  # seconds of silence that are worth a word
_REDRAW = 0.25  # seconds between two pictures: drawing takes longer than recording
_WIDE, _HIGH = 60, 3  # characters of a plot
_COLOURS = ("cyan", "magenta", "green", "yellow", "bright_blue", "bright_red")  # of the axes that are plotted


@contextmanager
def live(console: Console, port: str, limits: Limits, period: float = PERIOD) -> Iterator[Callable[[Progress], None]]:
    """Yields what to tell of the progress."""
    if not console.is_terminal:
        yield _Lines(console, port, limits, period).tell
        return
    from rich.live import Live

    with Live(console=console, transient=True, auto_refresh=False) as shown:
        drawn = 0.0

        def draw(at: Progress) -> None:
            nonlocal drawn
            if time.monotonic() - drawn >= _REDRAW:
                drawn = time.monotonic()
                shown.update(view(at, port, limits), refresh=True)

        yield draw


class _Lines:
    """A line at the start, one now and then, and one whenever the port goes away or comes back."""

    def __init__(self, console: Console, port: str, limits: Limits, period: float) -> None:
        self.console, self.port, self.limits, self.period = console, port, limits, period
        self.away, self.last = False, -period

    def tell(self, at: Progress) -> None:
        """Print it if it is time."""
        now, away = time.monotonic(), bool(at.away)
        if away == self.away and now - self.last < self.period:
            return
        self.away, self.last = away, now
        say(self.console, f"{self.port}, {line(at, self.limits)}")


def line(at: Progress, limits: Limits) -> str:
    """One line: `30 s: 117 of 400 signals, 3.9 per second, 19.4 kB/s`, and what is not as it should be."""
    of = f" of {limits.signals:,}" if limits.signals else ""
    return f"{at.seconds:.0f} s: {at.lines:,}{of} signals, {_pace(at)}{''.join(f', {word}' for word in _trouble(at))}"


def view(at: Progress, port: str, limits: Limits) -> Any:
    """The table a terminal shows, with the newest signal in it."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, show_header=False)
    drawn.add_column(style="dim", no_wrap=True)
    drawn.add_column(no_wrap=True)
    time_limit = f" of {limits.seconds:g} s" if limits.seconds else ""
    drawn.add_row("port", Text(f"{port}, {at.seconds:.0f} s{time_limit}", overflow="ellipsis"))
    share = max(at.lines / limits.signals if limits.signals else 0, at.seconds / (limits.seconds or float("inf")))
    of = f" of {limits.signals:,}" if limits.signals else ""
    drawn.add_row("signals", Text(f"{at.lines:,}{of}, {_pace(at)}"))
    if limits.signals or limits.seconds:
        drawn.add_row("", ProgressBar(1.0, min(share, 1.0), width=_WIDE))
    for word in _trouble(at):
        drawn.add_row("", Text(word, style="yellow"))
    points, axes = at.newest.shape
    for x, colour in zip(at.newest.T if points else (), _COLOURS, strict=False):
        ends = [f"{x.max():.4g}", *[""] * (_HIGH - 2), f"{x.min():.4g}"]
        rows = trace(x, _WIDE, _HIGH)
        drawn.add_row(Text("\n".join(end.rjust(10) for end in ends)), Text("\n".join(rows), style=colour))
    if axes > len(_COLOURS):
        drawn.add_row("", Text(f"and {axes - len(_COLOURS)} more axes", style="dim"))
    return drawn


def summary(console: Console, run: Mapping[str, Any]) -> None:
    """What became of it, in a few lines."""
    say(console, f"{run['file']}: {run['lines']:,} signals from {run['port']} at {run['baud']} baud")
    if rate := run["sample_rate"]:
        say(console, f"sampling rate {_hertz(rate)} Hz, jitter {rate['jitter'] * 1e6:.3g} us, by {rate['by']}")
    elif rate := run["line_rate"]:
        say(console, f"{_hertz(rate)} lines per second")
    rejected = run["rejected"]
    remarks = [f"{rejected:,} line{'s' * (rejected != 1)} rejected, see {run['file']}.rejected"] if rejected else []
    remarks += [f"{run['lost']:,} samples were lost"] if run["lost"] else []
    remarks += [f"the sensor's memory overflowed {_times(run['overruns'])}"] if run["overruns"] else []
    seams = len(run["seams"])
    remarks += [f"samples are missing in {seams:,} place{'s' * (seams != 1)}: the seams in the note"] if seams else []
    remarks += [f"the port went away and came back {_times(run['resumed'])}"] if run["resumed"] else []
    for remark in remarks:
        say(console, remark)


def _hertz(rate: Mapping[str, Any]) -> str:
    return f"{rate['hertz']:.6g} ({rate['low']:.6g} to {rate['high']:.6g}, 95 %)"


def _pace(at: Progress) -> str:
    rate = f"{at.rate:,.0f}" if at.rate >= 100 else f"{at.rate:.3g}"
    return f"{rate} per second, {at.speed / 1000:.1f} kB/s"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _trouble(at: Progress) -> list[str]:
    """What is not as it should be, in words."""
    words = [f"{at.rejected:,} lines rejected"] if at.rejected else []
    words += [f"{at.lost:,} samples lost"] if at.lost else []
    words += [f"resumed {_times(at.resumed)}"] if at.resumed else []
    if at.away:
        return [*words, f"waiting: {at.away}"]
    return [*words, f"nothing came for {at.silent:.0f} s"] if at.silent > _QUIET else words
