"""Holding a board for work with other tools: a small process in the background has the lock until it is released.

`python -m bitloop_hil.holds SERIAL SECONDS REASON` is that process. It says so on its standard output once it has the
lock, and ends by itself after so many seconds.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from types import FrameType

from bitloop.errors import BitloopError, LockError
from bitloop_hil.link.transport import Deadline
from bitloop_hil.locks import HOLD, BoardLock, Holder, holder, user_name

DEFAULT_SECONDS = 8 * 3600.0
_END_SECONDS = 5.0
_LOOK_AGAIN = 0.02
_READY = "held"


def hold(serial: str, reason: str = "", seconds: float = DEFAULT_SECONDS) -> Holder:
    """Keep everybody else off the board behind a probe, beyond the end of this process, for so many seconds.

    LockError names the holder if somebody has it already.
    """
    command = [sys.executable, "-m", "bitloop_hil.holds", serial, str(seconds), reason]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    assert process.stdout is not None  # noqa: S101 - it was asked for
    with process.stdout as said:
        words = said.readline().decode(errors="replace").strip()  # it speaks once it knows, or ends
    process.wait()  # the process started forks off the one that stays
    who = holder(serial)
    if words != _READY or who is None:
        raise LockError(words or f"the process that was to hold probe {serial} ended at once; try again")
    return who


def release(serial: str) -> Holder:
    """End a hold of one's own and return it. LockError where nothing is held, or by a program or another user."""
    who = holder(serial)
    if who is None:
        raise LockError(f"nobody holds the board behind probe {serial}; there is nothing to release")
    if who.kind != HOLD:
        raise LockError(f"probe {serial} is in use, not on hold, by {who.describe()}; end that program instead")
    if who.user != user_name() or who.host != os.uname().nodename:
        raise LockError(f"probe {serial} is on hold by {who.describe()}; only they can release it")
    _end(serial, who)
    deadline = Deadline.after(_END_SECONDS)
    while holder(serial) == who:
        if deadline.passed:
            raise LockError(f"the hold of probe {serial} by {who.describe()} did not end; end that process by hand")
        time.sleep(_LOOK_AGAIN)
    return who


def _end(serial: str, who: Holder) -> None:
    """Signal the holder, and nobody who got its process number since."""
    with contextlib.suppress(ProcessLookupError):
        if not hasattr(os, "pidfd_open"):
            os.kill(who.pid, signal.SIGTERM)
            return
        process = os.pidfd_open(who.pid)
        try:
            if holder(serial) == who:  # still locked by it, so the process just opened is the one
                signal.pidfd_send_signal(process, signal.SIGTERM)
        finally:
            os.close(process)


def _main(serial: str, seconds: str, reason: str) -> None:
    if os.fork():
        os._exit(0)
    try:
        with BoardLock(serial, reason or "on hold", kind=HOLD):
            signal.signal(signal.SIGTERM, _stop)
            signal.signal(signal.SIGALRM, _stop)
            signal.setitimer(signal.ITIMER_REAL, max(0.001, float(seconds)))
            sys.stdout.write(f"{_READY}\n")
            sys.stdout.close()
            while True:
                signal.pause()
    except BitloopError as error:
        sys.stdout.write(f"{error}\n")


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    _main(*sys.argv[1:4])
