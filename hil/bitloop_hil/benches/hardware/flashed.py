"""What a board's flash is known to hold: the image that was programmed there last and read back equal.

Together with the build the board itself reports this decides whether programming can be skipped. The record is
removed before anything is programmed, so a half-programmed board has none.
"""

from __future__ import annotations

import json
from urllib.parse import quote

from bitloop.cache import cache_dir, digest
from bitloop.files import write_text

Segments = list[tuple[int, bytes]]
"""(address, content) of everything an image loads."""


def holds_build(parts: Segments, build: str) -> bool:
    """Whether the build a board reports (hexadecimal) is the one this image would report: its digits stand in it."""
    wanted = bytes.fromhex(build)
    return any(wanted in content for _, content in parts)


class Flashed:
    """The record for the board behind one probe, in the user's cache folder."""

    def __init__(self, serial: str) -> None:
        self._path = cache_dir() / "flashed" / f"{quote(serial.lower(), safe='')[:200]}.json"

    def is_known(self, parts: Segments) -> bool:
        """Whether exactly these segments were programmed and verified last."""
        try:
            return bool(json.loads(self._path.read_text(encoding="utf-8"))["digest"] == _digest(parts))
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def forget(self) -> None:
        """Call it before the flash is touched."""
        self._path.unlink(missing_ok=True)

    def learn(self, parts: Segments) -> None:
        """Call it once these segments were read back and found equal."""
        write_text(self._path, json.dumps({"digest": _digest(parts)}) + "\n")


def _digest(parts: Segments) -> str:
    return digest(item for address, content in parts for item in (hex(address), content))
