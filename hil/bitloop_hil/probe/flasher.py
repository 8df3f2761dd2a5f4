"""Programs boards through debug probes, virtual or real, by pyOCD, and reads back what it programmed.

pyOCD keeps global state, so every probe gets a worker process of its own (`python -m bitloop_hil.probe.worker`), kept
for the life of the board. The probe itself is only open while something is done with it.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bitloop.errors import BitloopError, FlashError, ProbeError, VerifyError
from bitloop_hil.board import Programmed
from bitloop_hil.closing import Closing
from bitloop_hil.link.transport import Deadline

Progress = Callable[[str, float], None]
"""Called with what is being done (`programming`, `verifying`) and how much of it is done, 0 to 1."""

_END_SECONDS = 5.0
_CLASSES: dict[str, type[BitloopError]] = {"FlashError": FlashError, "VerifyError": VerifyError}


class Flasher(Closing):
    """What flashes and resets one board. `uid` is pyOCD's whole name of the probe (`stlink:066B...`, `virtual:...`).

    `target` is pyOCD's name of the chip, `pack` the CMSIS-Pack file that brings it where neither pyOCD nor its pack
    cache does, `frequency` that of the debug port in Hz. `seconds` is the deadline of each call, `operation_seconds`
    that of one operation of the flash (None: pyOCD's own, which real chips need).
    """

    def __init__(
        self,
        uid: str,
        target: str,
        pack: str | None = None,
        frequency: int = 4_000_000,
        connect_mode: str = "under-reset",
        *,
        seconds: float = 120.0,
        operation_seconds: float | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._uid, self._seconds, self._progress = uid, seconds, progress
        self._settings = {
            "uid": uid,
            "target": target,
            "pack": pack,
            "frequency": frequency,
            "connect_mode": connect_mode,
            "operation_seconds": operation_seconds,
        }
        self._partial = b""
        self._lines: list[dict[str, Any]] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._said: Any = None

    def flash(self, image: Path) -> Programmed:
        """Program an ELF image, read every segment back, and leave the core halted at its first instruction.

        Nothing is erased if the flash holds the image already. FlashError where it does not fit or the chip refuses,
        VerifyError where it reads back differently, ProbeError where the probe or the chip cannot be reached.
        """
        done = self._call({"do": "flash", "image": str(image.resolve())})
        return Programmed(
            int(done["bytes"]),
            float(done["seconds"]),
            int(done["verified"]),
            bool(done["skipped"]),
            f"pyOCD {done['pyocd']}, {self._uid}",
        )

    def reset(self) -> None:
        """Reset the chip, let it run, and let go of its debug port."""
        self._call({"do": "reset"})

    def close(self) -> None:
        """End the worker; safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what it never read
                if pipe is not None:
                    pipe.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._said.close()

    def _call(self, command: dict[str, Any]) -> dict[str, Any]:
        deadline = Deadline.after(self._seconds)
        try:
            process = self._started()
            assert process.stdin is not None  # noqa: S101 - it was asked for
            process.stdin.write(json.dumps(command).encode() + b"\n")
            process.stdin.flush()
        except OSError as error:
            raise self._gone() from error
        while True:
            line = self._line(deadline, command["do"])
            if "progress" in line:
                if self._progress is not None:
                    self._progress(str(line["progress"]), float(line["done"]))
            elif "error" in line:
                raise _CLASSES.get(line["class"], ProbeError)(line["error"])
            else:
                return line

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._partial, self._lines = b"", []
            self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bitloop_hil.probe.worker", json.dumps(self._settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
            )
        return self._process

    def _line(self, deadline: Deadline, doing: str) -> dict[str, Any]:
        """The next line of the worker."""
        while not self._lines:
            process = self._started()
            assert process.stdout is not None  # noqa: S101 - it was asked for
            if not select.select([process.stdout], [], [], deadline.left())[0]:
                process.kill()  # a driver that hangs does not come back
                self.close()
                raise ProbeError(
                    f"the probe {self._uid} did not finish {doing!r} within {self._seconds:g} s; plug it in anew"
                )
            data = os.read(process.stdout.fileno(), 1 << 16)
            if not data:
                raise self._gone()
            *lines, self._partial = (self._partial + data).split(b"\n")
            self._lines += map(json.loads, lines)
        return self._lines.pop(0)

    def _gone(self) -> ProbeError:
        """The worker has ended on its own: say so, with its last words; the next call starts another."""
        said = "without a word"
        if self._process is not None:
            self._process.wait()
            self._said.seek(0)
            said = " ".join(self._said.read().decode(errors="replace").split())[-400:] or said
        self.close()
        return ProbeError(f"the worker for the probe {self._uid} ended ({said})")
