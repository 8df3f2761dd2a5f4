"""One recording from a port or a board, under the board's lock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

from bitloop.recording.keeper import Kept
from bitloop_hil.locks import BoardLock
from bitloop_hil.recording.progress import Progress
from bitloop_hil.recording.recognise import Format, recognise
from bitloop_hil.recording.recorder import Limits, Outcome, Recorder
from bitloop_hil.recording.source import Source


def record(
    source: Source,
    kept: Kept,
    limits: Limits,
    form: Format = "auto",
    stop: threading.Event | None = None,
    told: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Record until the end; see `Recorder`, also for the errors of what cannot begin."""
    with ExitStack() as stack:
        if source.lock:
            stack.enter_context(BoardLock(source.lock, f"recording to {kept.path}"))
        source, stream, line = recognise(source, form, kept)
        return Recorder(source, stream, kept, limits, stop, told).run(line)
