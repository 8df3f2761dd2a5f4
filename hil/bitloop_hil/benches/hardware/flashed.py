"""What a board's flash is known to hold: the image that was programmed there last and read back equal.

The record also has the build which that image reported when it first ran there. If the board reports it again,
programming the same image can be skipped. The record is removed before anything is programmed, so a half-programmed
board has none.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from bitloop.cache import cache_dir, digest
from bitloop.files import write_text

Segments = list[tuple[int, bytes]]
"""(address, content) of everything an image loads."""


class Flashed:
    """The record for the board behind one probe, in the user's cache folder."""

    def __init__(self, serial: str) -> None:
        self._path = cache_dir() / "flashed" / f"{quote(serial.lower(), safe='')[:200]}.json"

    def build(self, parts: Segments) -> str:
        """The build that exactly these segments report; empty if they are not what was programmed last."""
        record = self._read()
        return record["build"] if record["digest"] == _digest(parts) else ""

    def forget(self) -> None:
        """Call it before the flash is touched."""
        self._path.unlink(missing_ok=True)

    def programmed(self, parts: Segments) -> None:
        """Call it once these segments were read back and found equal."""
        self._write({"digest": _digest(parts), "build": ""})

    def reported(self, build: str) -> None:
        """Call it with what the board says when it runs."""
        record = self._read()
        if record["digest"] and record["build"] != build:
            # Another build than before means that somebody else programmed the board since.
            self._write({"digest": "" if record["build"] else record["digest"], "build": build})

    def _read(self) -> dict[str, str]:
        try:
            record: Any = json.loads(self._path.read_text(encoding="utf-8"))
            return {key: str(record[key]) for key in ("digest", "build")}
        except (OSError, ValueError, KeyError, TypeError):
            return {"digest": "", "build": ""}

    def _write(self, record: dict[str, str]) -> None:
        write_text(self._path, json.dumps(record) + "\n")


def _digest(parts: Segments) -> str:
    return digest(item for address, content in parts for item in (hex(address), content))
