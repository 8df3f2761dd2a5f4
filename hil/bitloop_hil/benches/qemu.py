"""Bench `qemu`: an emulator that shares no code with the virtual bench, as an independent second opinion.

The image's port is `firmware/drivers/semihost.c`. The link is two FIFOs in a temporary folder that is QEMU's working
folder; the firmware opens them by semihosting (`SYS_OPEN` of `to_board` and `from_board`), because QEMU's UART input
moves between 1 byte and 17 kB a second and this moves 80 MB. Both ends are opened here before QEMU starts, so no
open ever waits. The vCPU sleeps inside `SYS_READ` while the host is silent; a closed FIFO ends the firmware, so QEMU
cannot outlive its host, and a processor-time limit ends firmware that runs wild.

QEMU models no cycles and has no DWT. Under `-icount shift=N,sleep=off` one instruction lasts 2^N ns of virtual time
and nothing else passes time, so every clock of a machine counts instructions. Ticks come from a counter of 32 bits
that needs no interrupt (its handler's instructions would be counted, too). N is chosen per machine so that one
instruction is more than two ticks, which makes the division back exact (the error of a difference is below half an
instruction). What is counted is the same code the virtual bench counts: `bitloop_hil.recount` has both agree.

What it cannot do: flash programming (an image is loaded, not programmed), cycle timing, UART overruns.
"""

from __future__ import annotations

import os
import resource
import select
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bitloop.errors import BootError, LinkError, ProbeError
from bitloop_hil.benches.emulated import EmulatedBoard
from bitloop_hil.boards import BoardFile
from bitloop_hil.closing import Closing
from bitloop_hil.link.client import Link, Reply
from bitloop_hil.link.packets import Packet

EXECUTABLE = "qemu-system-arm"
_CPU_SECONDS = 900  # of one run; no proof comes near it
_SLICE = 0.1  # seconds between two looks at whether QEMU is still there
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of QEMU: its name there, the target it executes, its core clock, N of `-icount shift=N`, and the
    frequency of the counter its ticks come from."""

    name: str
    core: str
    hertz: int
    shift: int
    counter_hertz: int

    def instructions(self, ticks: int) -> int:
        """Instructions in a difference of counts."""
        return round(ticks * 1e9 / (self.counter_hertz << self.shift))


MACHINES = {
    machine.name: machine
    for machine in (
        Machine("netduinoplus2", "cortex-m4f", 168_000_000, 4, 1_000_000_000),
        Machine("mps2-an386", "cortex-m4f", 25_000_000, 7, 25_000_000),
        Machine("mps2-an500", "cortex-m7", 25_000_000, 7, 25_000_000),
        Machine("mps2-an505", "cortex-m33", 20_000_000, 7, 20_000_000),
    )
}


def executable() -> str:
    """Path of QEMU; ProbeError where it is not installed."""
    found = shutil.which(EXECUTABLE)
    if found is None:
        raise ProbeError(
            f"{EXECUTABLE} is not on the PATH; install it (Debian: qemu-system-arm) or use another bench"
        )
    return found


class Beside(Protocol):
    """What a program finds beside the link's FIFOs."""

    def serve(self, folder: Path) -> Closing:
        """Make what it opens in the emulator's working folder, and serve that for one run."""


class Run(Closing):
    """One QEMU process with its two FIFOs; also the link's transport."""

    def __init__(self, machine: Machine, image: Path, beside: Beside | None = None) -> None:
        self.machine = machine
        self._folder = tempfile.TemporaryDirectory(prefix="bitloop-qemu-")
        folder = Path(self._folder.name)
        for name in ("to_board", "from_board"):
            os.mkfifo(folder / name)
        # Opened for both directions a FIFO never blocks in open; the other one needs O_NONBLOCK for that.
        self._write_end = os.open(folder / "to_board", os.O_RDWR)
        self._read_end = os.open(folder / "from_board", os.O_RDONLY | os.O_NONBLOCK)
        self._said = (folder / "stderr").open("wb+")
        self._heard = False
        self._serving = beside.serve(folder) if beside else None
        try:
            self._process = subprocess.Popen(
                _command(executable(), machine, image),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
            )
        except (OSError, ProbeError):
            self._release()
            raise
        resource.prlimit(self._process.pid, resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def read(self, timeout: float) -> bytes:
        """What the firmware has sent, waiting up to `timeout` seconds for the first byte; empty if none came."""
        deadline = time.monotonic() + timeout
        self._check_open()
        while True:
            left = max(0.0, deadline - time.monotonic())
            if select.select([self._read_end], [], [], min(left, _SLICE))[0]:
                data = os.read(self._read_end, _CHUNK)
                if not data:
                    raise self._ended()
                self._heard = True
                return data
            if self._process.poll() is not None:
                raise self._ended()
            if left <= _SLICE:
                return b""

    def write(self, data: bytes) -> None:
        """Send everything; ProbeError if QEMU is gone."""
        view = memoryview(data)
        self._check_open()
        while len(view):
            if self._process.poll() is not None:
                raise self._ended()
            if select.select([], [self._write_end], [], _SLICE)[1]:
                view = view[os.write(self._write_end, view[: select.PIPE_BUF]) :]

    def close(self) -> None:
        """End QEMU; safe to call twice."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._release()

    def _check_open(self) -> None:
        if self._read_end < 0:
            raise LinkError(f"this run of {self.machine.name} was ended; ask the board for a new link")

    def _release(self) -> None:
        for end in (self._write_end, self._read_end):
            if end >= 0:
                os.close(end)
        self._write_end = self._read_end = -1
        if self._serving is not None:
            self._serving.close()
        self._said.close()
        self._folder.cleanup()

    def _ended(self) -> ProbeError | BootError:
        try:
            status = self._process.wait(timeout=5.0)
        except subprocess.TimeoutExpired:  # it closed its FIFO and went on
            self._process.kill()
            status = self._process.wait()
        self._said.seek(0)
        said = " ".join(self._said.read().decode(errors="replace").split())[:400] or "without a word"
        text = f"{EXECUTABLE} -M {self.machine.name} ended with status {status} ({said})"
        return ProbeError(text) if self._heard else BootError(f"{text} before the firmware said anything")


class QemuBoard(EmulatedBoard[Run]):
    """A machine of QEMU as a `Board`; raises ProbeError where QEMU is not installed. Ticks are instructions."""

    bench = "qemu"

    def __init__(self, board: BoardFile, beside: Beside | None = None) -> None:
        machine = MACHINES.get(board.name)
        if machine is None:
            raise ProbeError(f"bench qemu has no board {board.name!r}; choose one of {', '.join(MACHINES)}")
        executable()
        super().__init__(machine.name, machine.core)
        self._machine, self._beside = machine, beside

    def _start(self, image: Path) -> Run:
        return Run(self._machine, image, self._beside)

    def _link(self, run: Run, image: Path) -> Link:
        return _InstructionLink(run, self._machine)


class _InstructionLink(Link):
    """A link whose replies count instructions instead of ticks of the machine's counter."""

    def __init__(self, run: Run, machine: Machine) -> None:
        super().__init__(run)
        self._machine = machine

    def _call(self, packet: Packet, payload: bytes = b"") -> Reply:
        reply = super()._call(packet, payload)
        return replace(reply, ticks=self._machine.instructions(reply.ticks))


def _command(program: str, machine: Machine, image: Path) -> list[str]:
    return [
        program,
        "-M",
        machine.name,
        "-nodefaults",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "none",
        "-icount",
        f"shift={machine.shift},sleep=off",
        "-semihosting-config",
        "enable=on,target=native",
        "-kernel",
        str(image),
    ]
