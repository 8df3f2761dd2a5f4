"""How the lines of a signal file look, so that a recording can go on where one ended."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bitloop.errors import InputError
from bitloop.recording.lines import LONGEST, values_of
from bitloop.signals.text import separator_of


@dataclass(frozen=True, slots=True)
class Layout:
    """`separator` between values, and how many a line has (0: not known yet)."""

    separator: str
    width: int = 0


def new_layout(path: Path) -> Layout:
    """That of a new file: commas, but spaces in a .txt, as loggers print them."""
    return Layout(" " if path.suffix.lower() == ".txt" else ",")


def layout_of(path: Path) -> Layout:
    """That of an existing file, by its first and its last line; InputError where nothing can be appended to it."""
    try:
        with path.open("rb") as file:
            head = file.read(LONGEST + 1)
            file.seek(max(0, file.seek(0, os.SEEK_END) - LONGEST - 1))
            tail = file.read()
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}); check that it is a file of yours", path) from error
    head, end = head.removeprefix(b"\xef\xbb\xbf").lstrip(), tail.rstrip()
    if not head:
        return new_layout(path)
    if not tail.endswith(b"\n"):
        raise InputError("the last line has no end; end it or delete it before appending", path)
    lines = head.split(b"\n", 1)[0].strip(), end.rsplit(b"\n", 1)[-1].strip()
    first, last = (_width(line, path) for line in lines)
    if first != last:
        raise InputError(f"the first line has {first} values and the last {last}; repair it before appending", path)
    return Layout(separator_of(lines[0]).decode() if first > 1 else new_layout(path).separator, first)


def _width(line: bytes, path: Path) -> int:
    try:
        return len(values_of(line))
    except InputError as error:
        raise InputError(
            f"it has a line that is no signal ({error.what}); repair it before appending", path
        ) from error
