"""Malformed input as rows of a table, and the one test every row has to pass.

A row says what is wrong, the bytes, and what the sentence has to name. Each reader has a table of its own in a module
`corpus_*.py`; `test_malformed.py` reads them all. Contents are made when the test runs, so nothing large is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bitloop.errors import BitloopError, InputError

SECONDS = 1.0
"""No malformed input may keep a core busy for longer."""

Content = bytes | Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Malformed:
    """One hostile file, or folder of files where `content` is a mapping from relative names.

    `line` and `column` are what the InputError has to state (None: it must not state one), `words` stand in its
    sentence. `about` is the file the sentence names, if not the one that is opened.
    """

    name: str
    file: str
    content: Content | Mapping[str, Content]
    words: str
    line: int | None = None
    column: int | None = None
    about: str = ""

    def write(self, folder: Path) -> Path:
        """Put it on disk; what a reader is to open."""
        path = folder / self.file
        files = self.content if isinstance(self.content, Mapping) else {"": self.content}
        for name, content in files.items():
            place = path / name if name else path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content() if callable(content) else content)
        return path


def assert_refused(row: Malformed, folder: Path, read: Callable[[Path], object]) -> None:
    """It is refused within the time, by one sentence that names the file, the place and the fault."""
    path = row.write(folder)
    began = _busy()
    with pytest.raises(BitloopError) as caught:
        read(path)
    assert _busy() - began < SECONDS
    assert_sentence(caught.value, row.about or row.file)
    assert row.words in str(caught.value)
    if row.line is not None or isinstance(caught.value, InputError):
        assert isinstance(caught.value, InputError)
        assert (caught.value.line, caught.value.column) == (row.line, row.column)


def _busy() -> float:
    """Seconds of a core that this process and those it waited for have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def assert_sentence(error: BitloopError, file: str) -> None:
    """One line, of a length people read, printable, that names the file."""
    text = str(error)
    assert file in text
    assert "\n" not in text
    assert text.isprintable()
    assert len(text.replace(str(getattr(error, "path", "")), "")) < 240
