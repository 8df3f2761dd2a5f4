"""Writing files so that a killed command leaves either the old file or the new one."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bitloop.errors import BitloopError

_PIECE = 1 << 20


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream to a temporary file in the same folder, which takes the place of `path` if the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes files private; a result is as readable as any other file of the user's
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_bytes(path: Path, content: bytes) -> None:
    """Write through a temporary file in the same folder, then rename over `path`."""
    with replacing(path) as stream:
        stream.write(content)


def write_text(path: Path, content: str) -> None:
    """Write UTF-8 text with Unix line ends; see `write_bytes`."""
    write_bytes(path, content.encode("utf-8"))


def copy(source: Path, target: Path, sha256: str) -> None:
    """Copy piece by piece; BitloopError, and nothing copied, where the content is not what that hash was made of."""
    with source.open("rb") as given, replacing(target) as kept:
        made = hashlib.sha256()
        while piece := given.read(_PIECE):
            made.update(piece)
            kept.write(piece)
        if made.hexdigest() != sha256:
            raise BitloopError(f"{source} changed while it was read; try again when nothing writes to it")


def refuse_overwrite(path: Path, force: bool) -> None:
    """Raise unless `path` is free or the user said `--force`."""
    if path.exists() and not force:
        raise BitloopError(f"{path} exists already; choose another name or say --force to replace it")
