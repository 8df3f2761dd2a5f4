"""Writing files so that a killed command leaves either the old file or the new one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bitloop.errors import BitloopError


def write_bytes(path: Path, content: bytes) -> None:
    """Write through a temporary file in the same folder, then rename over `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
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


def write_text(path: Path, content: str) -> None:
    """Write UTF-8 text with Unix line ends; see `write_bytes`."""
    write_bytes(path, content.encode("utf-8"))


def refuse_overwrite(path: Path, force: bool) -> None:
    """Raise unless `path` is free or the user said `--force`."""
    if path.exists() and not force:
        raise BitloopError(f"{path} exists already; choose another name or say --force to replace it")
