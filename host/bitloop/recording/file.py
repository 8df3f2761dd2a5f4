"""A file that grows line by line and holds whole lines only, whatever ends it; nothing of the user's is replaced."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from bitloop.errors import RecordError

_APPEND = "choose another name, or say --append to go on with it"


class LineFile:
    """Lines appended to a file, on their way to the disk when `write` returns. `lines` counts them.

    A file that is new and stays empty is removed in the end. RecordError where the file exists already and is not to
    be continued, and where the disk takes no more: then every whole line it took is kept, and none in part.
    """

    def __init__(self, path: Path, append: bool = False) -> None:
        self.path, self.lines = path, 0
        self._new = not (append and path.exists())
        flags = os.O_WRONLY | (os.O_CREAT | os.O_EXCL if self._new else 0)
        try:
            self._handle = os.open(path, flags, 0o666)
        except FileExistsError as error:
            raise RecordError(f"{path} exists already; {_APPEND}") from error
        except OSError as error:
            raise RecordError(f"{path} cannot be written ({error.strerror}); choose another place") from error
        if not stat.S_ISREG(os.fstat(self._handle).st_mode):
            os.close(self._handle)
            raise RecordError(f"{path} is no plain file; choose another name")
        self._size = os.lseek(self._handle, 0, os.SEEK_END)
        self._open = True

    def write(self, lines: Sequence[str]) -> None:
        """Append lines, given without their ends."""
        data = "".join(f"{line}\n" for line in lines).encode()
        written = 0
        try:
            while written < len(data):  # a disk takes what fits; asking for the rest tells why it took no more
                written += os.write(self._handle, memoryview(data)[written:])
        except OSError as error:
            raise RecordError(
                f"{self.path} takes no more ({error.strerror}); make room and go on with --append,"
                " every line until then is kept"
            ) from error
        finally:
            whole = data.rfind(b"\n", 0, written) + 1
            self.lines += data.count(b"\n", 0, whole)
            self._size += whole
            if whole < written:
                self._cut()

    def close(self) -> None:
        """Wait until the disk has everything; safe to call twice."""
        if not self._open:
            return
        self._open = False
        if os.fstat(self._handle).st_size > self._size:  # an interrupt came in the middle of a write
            self._cut()
        try:
            os.fsync(self._handle)
        except OSError as error:
            raise RecordError(f"the disk did not take all of {self.path} ({error.strerror}); check it") from error
        finally:
            os.close(self._handle)
            if self._new and not self._size:
                self.path.unlink(missing_ok=True)

    def _cut(self) -> None:
        os.ftruncate(self._handle, self._size)
        os.lseek(self._handle, self._size, os.SEEK_SET)
