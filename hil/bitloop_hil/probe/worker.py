"""The process that drives one probe by pyOCD: `python -m bitloop_hil.probe.worker SETTINGS`.

Settings and commands are JSON, one line each: `{"do": "flash", "image": PATH}`, `{"do": "reset"}`. Answers are lines
of JSON on what was standard output; pyOCD's own printing goes to standard error. It ends with its standard input.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from bitloop.errors import BitloopError
from bitloop_hil.probe.pyocd_session import Driver, Settings

_PROGRESS_SECONDS = 0.1  # between two reports


class Worker:
    """Carries commands out and says what became of them."""

    def __init__(self, settings: Settings, out: TextIO) -> None:
        self._driver = Driver(settings, self._progress)
        self._out, self._told = out, 0.0

    def serve(self) -> None:
        """Until standard input ends."""
        for line in sys.stdin:
            try:
                self._say(self._do(json.loads(line)))
            except BitloopError as error:
                self._say({"error": str(error), "class": type(error).__name__})

    def _do(self, command: dict[str, Any]) -> dict[str, Any]:
        if command["do"] == "flash":
            return self._driver.flash(Path(command["image"]))
        self._driver.reset()
        return {"done": "reset"}

    def _progress(self, what: str, done: float) -> None:
        if done >= 1.0 or time.monotonic() - self._told >= _PROGRESS_SECONDS:
            self._told = time.monotonic()
            self._say({"progress": what, "done": done})

    def _say(self, what: dict[str, Any]) -> None:
        self._out.write(json.dumps(what) + "\n")
        self._out.flush()


def main() -> None:
    """Keep standard output for answers; send what libraries print to standard error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    Worker(Settings(**json.loads(sys.argv[1])), out).serve()


if __name__ == "__main__":
    main()
