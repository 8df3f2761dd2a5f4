"""One board, one user: locks by the probe's serial number, held by the kernel, with a record of who holds them.

The lock is an flock on a file of a folder all users share, so it vanishes with the process that held it, however
that ended. The record in the file is for people; the flock alone decides. Files are never removed and never truncated
before they are locked, so a loser cannot wipe the winner's record.

A lock keeps every bitloop of this machine apart (processes, users, pytest-xdist workers). Other tools do not ask for
it: `hold` keeps a board out of reach while somebody works on it with those.
"""

from __future__ import annotations

import errno
import fcntl
import getpass
import json
import os
import random
import re
import stat
import sys
import time
import weakref
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from bitloop.errors import LockError
from bitloop_hil.closing import Closing
from bitloop_hil.link.transport import Deadline

_PARENTS = ("/run/lock", "/var/lock", "/tmp")  # noqa: S108 - shared by all users on purpose
_RECORD_BYTES = 4096
_TRIES = 4  # a look at a lock takes it for microseconds, so one refusal proves nothing
_PAUSE = 0.02  # seconds between tries, at least
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
PROCESS, HOLD = "process", "hold"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a board: `since` is UTC in ISO 8601, `kind` is `process` (a program uses it) or `hold` (reserved)."""

    pid: int = 0
    host: str = ""
    user: str = "somebody"
    reason: str = ""
    since: str = ""
    command: str = ""
    kind: str = PROCESS

    def describe(self) -> str:
        """Who, since when and why, in words."""
        why = self.reason or self.command
        parts = [self.user, f"(pid {self.pid} on {self.host})" if self.pid else "", f"since {self.since}"]
        return " ".join(part for part in parts if part not in ("", "since ")) + (f": {why}" if why else "")


def folder() -> Path:
    """Where the locks of this machine are; `BITLOOP_LOCKS` moves them. LockError if it cannot be made."""
    override = os.environ.get("BITLOOP_LOCKS")
    # The choice looks at permissions only, not at who asks, so that all users choose the same.
    shared = (parent for parent in _PARENTS if _everybody_writes(parent))
    path = Path(override) if override else Path(next(shared, _PARENTS[-1])) / "bitloop"
    try:
        path.mkdir(parents=bool(override))
        path.chmod(0o1777)  # whatever the umask
    except FileExistsError:
        pass
    except OSError as error:
        raise LockError(
            f"the folder of locks {path} cannot be made ({error}); name another with BITLOOP_LOCKS"
        ) from error
    return path


def lock_path(serial: str) -> Path:
    """The lock file of a probe. Serial numbers are compared as pyOCD does, without regard to case."""
    if not serial:
        raise LockError("a lock needs the serial number of a probe; name one")
    return folder() / f"{quote(serial.lower(), safe='@+')[:200]}.lock"


class BoardLock(Closing):
    """The exclusive right to use the board behind a probe, from `acquire` (or entering the block) to `close`.

    `seconds` is how long to wait for it. LockError names the holder.
    """

    def __init__(self, serial: str, reason: str = "", seconds: float = 0.0, kind: str = PROCESS) -> None:
        self.serial, self.reason, self.kind = serial, reason, kind
        self._seconds, self._file = seconds, -1

    @property
    def held(self) -> bool:
        """Whether this object has the lock."""
        return self._file >= 0

    def acquire(self) -> BoardLock:
        """Take the lock, waiting for it as long as was said."""
        deadline, tries = Deadline.after(self._seconds), 0
        while not self.held:
            tries += 1
            self._file = _take(lock_path(self.serial), fcntl.LOCK_EX)
            if not self.held:
                if deadline.passed and tries >= _TRIES:
                    raise self._refused()
                time.sleep(_PAUSE * (1 + random.random()))  # noqa: S311 - so that waiting processes fall out of step
        _HELD.add(self)
        self._record()
        return self

    def close(self) -> None:
        """Let go; safe to call twice."""
        if self.held:
            os.ftruncate(self._file, 0)
            self.forget()

    def forget(self) -> None:
        """Close this process' end without a word; a process that was forked off does so."""
        file, self._file = self._file, -1
        _HELD.discard(self)
        if file >= 0:
            os.close(file)

    def __enter__(self) -> BoardLock:
        return self.acquire()

    def _record(self) -> None:
        user = user_name()
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200]
        since = datetime.now(UTC).isoformat(timespec="seconds")
        holder = Holder(os.getpid(), os.uname().nodename, user, self.reason[:200], since, command, self.kind)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps(asdict(holder)).encode()[:_RECORD_BYTES], 0)

    def _refused(self) -> LockError:
        who = holder(self.serial)
        said = who.describe() if who else "somebody who has let go this moment"
        waited = f" for {self._seconds:g} s" if self._seconds else ""
        return LockError(
            f"the board behind probe {self.serial} was held{waited} by {said}; try again once it is free"
        )


_HELD: weakref.WeakSet[BoardLock] = weakref.WeakSet()


def _forget_all() -> None:
    """An flock lasts until every copy of its descriptor is closed, and a forked child has copies."""
    for lock in list(_HELD):
        lock.forget()


os.register_at_fork(after_in_child=_forget_all)


def holder(serial: str) -> Holder | None:
    """Who holds the board behind a probe; None if nobody does."""
    path = lock_path(serial)
    if not path.exists():
        return None
    for attempt in range(_TRIES):
        file = _take(path, fcntl.LOCK_SH)
        if file >= 0:
            os.close(file)
            return None
        record = _read(path)
        if record is not None or attempt == _TRIES - 1:
            return record or Holder()
        time.sleep(_PAUSE)  # locked, and the record is about to be written or was just removed
    return None


def holders() -> list[tuple[str, Holder]]:
    """Every lock of this machine that is held: the probe's serial number in lower case, and the holder."""
    serials = [unquote(path.name.removesuffix(".lock")) for path in sorted(folder().glob("*.lock"))]
    return [(serial, who) for serial in serials if (who := holder(serial)) is not None]


def _take(path: Path, how: int) -> int:
    """A descriptor that has the lock, or -1 where somebody else has it. LockError if the file cannot be used."""
    while True:
        file = _open(path)
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
            if _same(file, path):  # else somebody replaced the file in between
                return file
        except OSError as error:
            os.close(file)
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return -1
            raise LockError(f"the lock {path} cannot be taken ({error}); look at that folder") from error
        os.close(file)


def _open(path: Path) -> int:
    """The lock file, made if need be; links are not followed, for everybody may write into the folder."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        try:
            # Linux may refuse O_CREAT for another user's file in a sticky folder (fs.protected_regular).
            file = os.open(path, flags)
        except FileNotFoundError:
            file = os.open(path, flags | os.O_CREAT, 0o666)
            os.fchmod(file, 0o666)  # whatever the umask: other users lock it too
    except OSError as error:
        raise LockError(f"the lock {path} cannot be opened ({error}); look at that folder") from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise LockError(f"the lock {path} is no regular file; remove it")
    return file


def _same(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.lstat())
    except OSError:
        return False


def _read(path: Path) -> Holder | None:
    """The record in a lock file; anybody may have written it, so nothing in it is taken on trust."""
    try:
        file = _open(path)
        try:
            data = json.loads(os.pread(file, _RECORD_BYTES, 0))
        finally:
            os.close(file)
    except (ValueError, LockError):
        return None
    return _holder(data) if isinstance(data, dict) else None


def _holder(data: dict[str, Any]) -> Holder | None:
    values: dict[str, Any] = {}
    for field in fields(Holder):
        value, default = data.get(field.name), field.default
        if not isinstance(value, type(default)) or isinstance(value, bool):
            return None
        values[field.name] = _CONTROL.sub(" ", value)[:200] if isinstance(value, str) else value
    return Holder(**values)


def _everybody_writes(path: str) -> bool:
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) and bool(mode & stat.S_IWOTH)


def user_name() -> str:
    """The user this process runs as."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return str(os.getuid())
