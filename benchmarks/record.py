"""What recording costs: lines of text from a pseudo-terminal at the speeds of serial lines, with the live view.

A process of its own plays the logger, at the line's speed in slices of 10 ms or as fast as the terminal takes them.
The share is the processor time of the recorder, its thread and the drawing included, over the time of the recording.
Every line has to arrive. `--write` puts the table on the page of benchmarks.

    python -m benchmarks.record [--seconds 5] [--write]
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import tempfile
import time
import tty
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks.page import origin, table, write
from rich.console import Console

from bitloop.cli.recording import live
from bitloop.recording.keeper import Kept
from bitloop.recording.lines import Shape
from bitloop_hil.recording.recorder import Limits, Recorder
from bitloop_hil.recording.source import Source
from bitloop_hil.recording.text import TextStream

_SLICE = 0.01
_SHAPES = {"signals of 3 x 256": Shape(3, 256), "samples of 3 axes": Shape(3, 1)}
_LINES = (115_200, 921_600, 0)
_FAST = 3_000_000  # bytes per second that are not reached


@dataclass(frozen=True, slots=True)
class Row:
    """One recording: bytes per second, the share of a core, lines sent and kept."""

    speed: float
    share: float
    sent: int
    kept: int


def measure(shape: Shape, baud: int, seconds: float, path: Path) -> Row:
    """Record what takes a line so many seconds at a speed (0: as fast as it goes)."""
    lines = _lines(shape)
    size = sum(map(len, lines)) / len(lines)
    count = max(2, int((baud / 10 if baud else _FAST) * seconds / size))
    ours, far = os.openpty()
    tty.setraw(far)
    source, kept, limits = Source(os.ttyname(far), baud or 115_200), Kept.at(path, shape=shape), Limits(signals=count)
    opened = source.open()
    player = multiprocessing.get_context("fork").Process(target=_play, args=(ours, lines, count, baud))
    player.start()
    started, used = time.monotonic(), time.process_time()
    with live(Console(file=io.StringIO(), force_terminal=True, width=100), source.port, limits) as told:
        outcome = Recorder(source, TextStream(shape, whole=True), kept, limits, told=told).run(opened)
    spent, used = time.monotonic() - started, time.process_time() - used
    player.join()
    os.close(ours)
    os.close(far)
    return Row(count * size / spent, used / spent, count, outcome.record["lines"])


def _lines(shape: Shape) -> list[bytes]:
    """Lines as dataloggers print them."""
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, (min(1000, 200_000 // shape.values), shape.values))
    return [(" ".join(f"{value:.3f}" for value in row) + " \r\n").encode() for row in values]


def _play(end: int, lines: list[bytes], count: int, baud: int) -> None:
    whole = b"".join(lines[i % len(lines)] for i in range(count))
    started, at = time.monotonic(), 0
    while at < len(whole):
        due = int((time.monotonic() - started) * baud / 10) if baud else at + 4096
        at += os.write(end, whole[at : max(at, min(due, at + 4096))])
        if baud:
            time.sleep(_SLICE)


def main() -> None:
    """Print or write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--write", action="store_true")
    chosen, rows = parser.parse_args(), []
    with tempfile.TemporaryDirectory() as folder:
        for kind, shape in _SHAPES.items():
            for baud in _LINES:
                row = measure(shape, baud, chosen.seconds if baud else 2.0, Path(folder) / f"{len(rows)}.csv")
                speed = f"{baud:,}".replace(",", " ") if baud else "as fast as it goes"
                rate = f"{row.speed / 1000:.1f} kB/s"
                rows.append((kind, speed, rate, f"{row.share:.0%}", str(row.sent), str(row.sent - row.kept)))
    text = table(("lines", "baud", "recorded", "share of a core", "lines sent", "lost"), rows)
    if chosen.write:
        write("recording", f"{origin(1)}\n\n{text}")
    print(text)


if __name__ == "__main__":
    main()
