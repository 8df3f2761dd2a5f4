"""Where running virtual boards can be found: the sockets of their debug ports, and beside them their serial ports.

A board's socket is `<runtime>/bitloop/virtual/<board>[@<instance>].sock`. `bitloop bench run` publishes without an
instance and adds a link `<board>.tty` to the pseudo-terminal, so that a rig file can name a port that stays the same.
Sockets have short paths, so a runtime folder with a long name is stood in for by one in /tmp.
"""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bitloop.errors import ProbeError

_BOARDS = Path("bitloop", "virtual")
_NAME, _LONGEST = 42, 103  # bytes of a socket's name at most, and of its path: all that macOS takes


@dataclass(frozen=True, slots=True)
class Published:
    """A virtual board others can use: its probe for pyOCD (`virtual:nucleo-l432kc`), its port, its debug socket."""

    name: str
    port: Path
    socket: Path

    @property
    def uid(self) -> str:
        """What pyOCD calls its probe."""
        return f"virtual:{self.name}"


def folder() -> Path:
    """The folder of this user's virtual boards, made if need be; ProbeError if others could write there."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    base = Path(runtime) if runtime else Path(tempfile.gettempdir()) / f"bitloop-{os.getuid()}"
    shared = not runtime
    if len(os.fsencode(base / _BOARDS)) + _NAME > _LONGEST:
        other = hashlib.sha256(os.fsencode(base)).hexdigest()[:8]
        base, shared = Path("/tmp") / f"bitloop-{os.getuid()}-{other}", True  # noqa: S108 - it is checked below
    path = base / _BOARDS
    try:
        if shared:
            base.mkdir(mode=0o700, exist_ok=True)
            told = base.lstat()
            if not stat.S_ISDIR(told.st_mode) or told.st_uid != os.getuid() or told.st_mode & 0o077:
                raise ProbeError(f"{base} belongs to somebody else; set XDG_RUNTIME_DIR to a folder of your own")
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ProbeError(
            f"the folder of virtual boards {path} cannot be made ({error}); set XDG_RUNTIME_DIR"
        ) from error
    return path


def socket_path(board: str, instance: str = "") -> Path:
    """The debug socket of a virtual board, whether it runs or not."""
    return folder() / f"{board}{'@' if instance else ''}{instance}.sock"


def running(board: str) -> Published | None:
    """The published board of that name (with `@instance` where it has one), if it runs."""
    path = folder() / f"{board}.sock"
    return Published(board, path.with_suffix(".tty"), path) if _answers(path) else None


def all_running() -> list[Published]:
    """Every virtual board this user published."""
    found = (
        running(path.name.removesuffix(".sock")) for path in sorted(folder().glob("*.sock")) if "@" not in path.name
    )
    return [each for each in found if each is not None]


def _answers(path: Path) -> bool:
    """Whether a process listens there; a socket's file outlives a process that was killed."""
    with socket.socket(socket.AF_UNIX) as end:
        end.settimeout(1.0)
        try:
            end.connect(str(path))
        except OSError:
            return False
    return True
