"""The content-addressed cache: what was built once from the same inputs is not built again."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path


def cache_dir() -> Path:
    """The user's cache folder for bitloop; `BITLOOP_CACHE` moves it."""
    override = os.environ.get("BITLOOP_CACHE")
    if override:
        return Path(override)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "bitloop"


def digest(parts: Iterable[bytes | str]) -> str:
    """SHA-256 over length-prefixed parts, so that no two lists of parts collide by concatenation."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little"))
        total.update(data)
    return total.hexdigest()


def cached(key: str, make: Callable[[Path], None]) -> Path:
    """Folder whose content `make(folder)` produces once per key. Safe against kills and concurrent builders."""
    folder = cache_dir() / "build" / key[:2] / key
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".making-"))
    try:
        make(temporary)
        try:
            temporary.rename(folder)
        except OSError:  # another process finished first; its content is the same
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder
