"""A logger on a pseudo-terminal, which can be unplugged and plugged in again, and a recorder to watch."""

from __future__ import annotations

import os
import queue
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bitloop.recording.keeper import Kept
from bitloop_hil.link.transport import Transport
from bitloop_hil.recording.progress import Progress
from bitloop_hil.recording.recorder import Limits, Outcome, Recorder
from bitloop_hil.recording.source import Source
from bitloop_hil.recording.stream import Stream
from bitloop_hil.recording.text import TextStream

PATIENCE = 30.0


class Printer:
    """What a logger prints. `port` is a name that stays the same, as those of USB devices do under /dev/serial."""

    def __init__(self, folder: Path) -> None:
        self.port = folder / "logger.tty"
        self._ends: tuple[int, ...] = ()
        self.plug_in()

    @property
    def ours(self) -> int:
        """The logger's end."""
        return self._ends[0]

    def plug_in(self) -> None:
        """A port is there, under the old name."""
        self._ends = os.openpty()
        tty.setraw(self._ends[1])
        self.port.symlink_to(os.ttyname(self._ends[1]))

    def unplug(self) -> None:
        """The port is gone; safe to call twice."""
        self.port.unlink(missing_ok=True)
        for end in self._ends:
            os.close(end)
        self._ends = ()

    def say(self, text: str | bytes) -> None:
        """Print something."""
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(self._ends[0], data) :]


class Watched:
    """A recorder at work in a thread."""

    def __init__(self, printer: Printer, path: Path, stream: Stream | None = None, **options: Any) -> None:
        limits = {name: options.pop(name) for name in ("signals", "seconds", "patience") if name in options}
        kept = Kept.at(path, **options)
        self.path, self.stop = path, threading.Event()
        self._told: queue.SimpleQueue[Progress | None] = queue.SimpleQueue()
        self._outcome: list[Outcome] = []
        source = Source(str(printer.port), 115_200)
        opened = source.open()
        self._recorder = Recorder(
            source,
            stream or TextStream(kept.shape, kept.layout.width),
            kept,
            Limits(**{"patience": PATIENCE} | limits),
            self.stop,
            self._told.put,
        )
        self._thread = threading.Thread(target=self._run, args=(opened,))
        self._thread.start()

    def _run(self, opened: Transport) -> None:
        try:
            self._outcome.append(self._recorder.run(opened))
        finally:
            self._told.put(None)

    def until(self, happens: Callable[[Progress], bool]) -> Progress:
        """Wait until the recorder tells that something has happened."""
        while (progress := self._told.get(timeout=PATIENCE)) is not None:
            if happens(progress):
                return progress
        raise AssertionError(f"it has ended before: {self._outcome}")

    def end(self, stop: bool = False) -> Outcome:
        """How it ended, by itself or because it is stopped here."""
        if stop:
            self.stop.set()
        self._thread.join(PATIENCE)
        assert self._outcome, "the recorder goes on for ever"
        return self._outcome[0]
