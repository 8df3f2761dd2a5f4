"""Text files of signals, one per line, as any logger, terminal program or spreadsheet writes them.

Values are separated by commas, semicolons, tabs or spaces, found out from the first lines. A byte order mark, any mix
of line ends, blank lines and one trailing separator are fine. A first line that is shorter than the others, and a
last one that has no end, are what is left of a signal where a recording began or was broken off: they are left out,
and named in the table. Everything else that is not a plain decimal number is refused with its line and column.

Decimal numbers are rounded correctly to binary64 and from there to binary32: that, and not a direct rounding, is the
contract, because it is what every other program that writes a float from text does.

A file is read block by block, so that it takes no more memory than its numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import InputError
from bitloop.signals.growing import Growing
from bitloop.signals.scan import BLANKS, NUMBERS, Scan, scan
from bitloop.signals.spelling import is_number, spell
from bitloop.signals.table import MAX_VALUES, Table, too_many

BLOCK = 4 << 20
"""Bytes looked at together; a line has to be shorter."""
_FEW = 1 << 10
_START = 1 << 16
_AGREE = 2


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines of a file, ended by LF; the number of the first, and which share (0 to 1) of the file ends with them."""

    data: bytes
    line: int
    share: float

    def split(self, at: int) -> tuple[_Piece, _Piece]:
        """The lines in the first so many bytes, and the others."""
        head, rest = self.data[:at], self.data[at:]
        share = self.share * at / max(len(self.data), 1)
        return _Piece(head, self.line, share), _Piece(rest, self.line + head.count(b"\n"), self.share)


def read(path: Path) -> Table:
    """Every whole signal of the file. InputError says what is wrong and where."""
    sheet = _Sheet(path)
    with path.open("rb") as stream:
        for piece in _pieces(stream, path):
            sheet.take(piece)
    return sheet.table()


def _pieces(stream: BinaryIO, path: Path) -> Iterator[_Piece]:
    """Whole lines together, and then the last line if it has no end."""
    size, line, rest = max(path.stat().st_size, 1), 1, b""
    for block in _blocks(stream, path):
        rest += block
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield _Piece(rest[:cut], line, min(stream.tell() / size, 1.0))
            line, rest = line + rest.count(b"\n"), rest[cut:]
        if len(rest) > BLOCK:
            what = f"the line is longer than {BLOCK >> 20} MiB, so it is no signal; end every signal with a line end"
            raise InputError(what, path, line)
    if rest:
        yield _Piece(rest, line, 1.0)


def _blocks(stream: BinaryIO, path: Path) -> Iterator[bytes]:
    """The file's bytes, without a byte order mark, every line ended by LF."""
    start = stream.read(3)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("the file is UTF-16; save it as UTF-8 or plain ASCII text", path)
    held = b"" if start == b"\xef\xbb\xbf" else start
    while block := stream.read(BLOCK):
        block = held + block
        # a CR at the very end may be half of a line end
        held = b"\r" if block.endswith(b"\r") else b""
        yield _with_lf(block.removesuffix(held))
    yield _with_lf(held)


def _with_lf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


class _Sheet:
    """What has been read of a file so far. The first signal waits until it is known how long the others are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._separator = b""
        self._width = 0
        self._head: _Piece | None = None
        self._tail: _Piece | None = None
        self._values = Growing(np.float32)
        self._lines = Growing(np.int64)
        self._cut: list[int] = []

    def take(self, piece: _Piece) -> None:
        """Go on with these lines."""
        if not self._separator:
            piece = self._start(piece)
        if piece.data.endswith(b"\n"):
            found = self._read(piece)
            if self._head:
                self._begin(self._head, found.counts)
            self._keep(found, piece)
        elif piece.data:
            self._tail = piece

    def table(self) -> Table:
        """All of it."""
        if self._head:
            self._begin(self._head, np.empty(0, dtype=np.int64))
        if self._tail and len(self._lines) >= _AGREE and self._is_part(self._tail.data, at_start=False):
            self._cut.append(self._tail.line)
        elif self._tail:
            self._keep(self._read(self._tail), self._tail)
        return Table(self._values.whole().reshape(-1, max(self._width, 1)), self._lines.whole(), tuple(self._cut))

    def _start(self, piece: _Piece) -> _Piece:
        """Find the separator, and put the first signal aside; what is left of the piece."""
        blank = len(piece.data) - len(piece.data.lstrip(BLANKS + b"\n"))
        if blank == len(piece.data):
            return piece
        _, piece = piece.split(piece.data.rfind(b"\n", 0, blank) + 1)
        self._separator = separator_of(piece.data)
        self._head, rest = piece.split(piece.data.find(b"\n") + 1 or len(piece.data))
        if not _broken(self._head.data, self._separator, at_start=True)[0]:
            self._read(self._head)
        return rest

    def _begin(self, head: _Piece, counts: NDArray[np.int64]) -> None:
        """Keep the first signal, or leave it out where signals below it agree on a greater length."""
        self._head = None
        usual = int(np.bincount(counts).argmax()) if len(counts) else 0
        if int((counts == usual).sum()) < _AGREE:
            usual = 0
        self._width = usual
        if usual and self._is_part(head.data, at_start=True):
            self._cut.append(head.line)
        else:
            found = self._read(head)
            self._width = usual or int(found.counts[0])
            self._keep(found, head)

    def _keep(self, found: Scan, piece: _Piece) -> None:
        """Put signals behind the others; InputError where one has another length."""
        lines = piece.line + found.places
        wrong = np.flatnonzero(found.counts != self._width)
        if len(found.counts) and self._width >= MAX_VALUES:
            raise too_many(self._path, int(lines[0]), self._width)
        if len(wrong):
            count = int(found.counts[wrong[0]])
            values = f"{count} value{'s' * (count != 1)}"
            what = f"the line has {values} where the others have {self._width}; repair or delete it"
            raise InputError(what, self._path, int(lines[wrong[0]]))
        self._values.extend(found.values, piece.share)
        self._lines.extend(lines, piece.share)

    def _read(self, piece: _Piece) -> Scan:
        """The numbers of the piece, line by line only where the fault is."""
        found = scan(piece.data, self._separator)
        if found is not None:
            return found
        at = _middle(piece.data)
        if not at:
            return spell(piece.data, self._separator, self._path, piece.line, first=piece is self._head)
        upper, lower = piece.split(at)
        return Scan.joined(self._read(upper), self._read(lower))

    def _is_part(self, line: bytes, *, at_start: bool) -> bool:
        """Whether it is what is left of a signal: too short, or with half a number where it was broken."""
        count, whole = _broken(line, self._separator, at_start)
        return 0 < count < self._width or (count == self._width and not whole)


def _broken(line: bytes, separator: bytes, at_start: bool) -> tuple[int, bool]:
    """How many values a line has, which may be broken at its start or else its end, and whether it is not.

    0 where this alone cannot be what is wrong.
    """
    mark = None if separator in BLANKS else separator
    line = line.strip(BLANKS + b"\n")
    parts = line.split(mark, 1) if at_start else line.rsplit(mark, 1)[::-1]
    if not parts:  # white space of other sorts
        return 0, False
    outer, others = parts[0].strip(BLANKS), scan(b"".join(parts[1:]), separator)
    if others is None or outer.strip(NUMBERS):
        return 0, False
    return 1 + int(others.counts.sum()), is_number(outer.decode("ascii"))


def separator_of(data: bytes) -> bytes:
    """The separator of the first line that has one."""
    lines = (line.strip(BLANKS) for line in data[:_START].split(b"\n"))
    marks = (mark for line in lines for mark in (b";", b",", b"\t", b" ") if mark in line)
    return next(marks, b" ")


def _middle(data: bytes) -> int:
    """Where to cut between two lines to look at each half; 0 where there are only a few."""
    if len(data) <= _FEW:
        return 0
    middle = data.find(b"\n", len(data) // 2, -1) + 1
    return middle or data.rfind(b"\n", 0, len(data) // 2) + 1
