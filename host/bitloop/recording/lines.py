"""Lines of a logger's text as they arrive, in any pieces: cut and judged by the rules of signal files.

How the bytes are cut into pieces never matters. A line is right when it holds plain decimal numbers, and as many of
them as the recording's lines have. Where nobody has said how many that is, lines wait until two of them agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bitloop.errors import InputError
from bitloop.signals.spelling import spell
from bitloop.signals.table import MAX_VALUES
from bitloop.signals.text import separator_of

LONGEST = 32 * MAX_VALUES
"""Bytes of a line; no signal is longer, so what is longer is cut and kept as garbage."""
PATIENCE = 50
"""Wrong lines without a single right one, after which waiting for a right one makes no sense."""

SOME = -1
"""Samples are missing, and nobody knows how many."""

_ENDS = re.compile(rb"[\r\n]")
_NUMBER = re.compile(r"[0-9.eE+-]+")  # in a line that was checked


@dataclass(frozen=True, slots=True)
class Line:
    """The `number`-th line that came: its `values` as they were written, or none and the `reason` why not.

    `missing` samples are missing between the line before and this one: 0, so many, or `SOME`.
    """

    number: int
    raw: bytes
    values: tuple[str, ...] = ()
    reason: str = ""
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What a line is to hold: `axes` and `samples` per axis, as far as they are known (0: not)."""

    axes: int = 0
    samples: int = 0

    @property
    def values(self) -> int:
        """Values of a line; 0 where that is not known."""
        return self.axes * self.samples

    def of(self, width: int) -> Shape:
        """The shape of lines with that many values, as far as it can be told."""
        axes = self.axes or (width // self.samples if self.samples else 0)
        return Shape(axes, width // axes if axes else 0)

    def refusal(self, width: int) -> str:
        """Why a line of that many values does not fit; empty if it does."""
        count = f"{width} value{'s' * (width != 1)}"
        if width >= MAX_VALUES:
            return f"{count}; a signal has fewer than {MAX_VALUES}"
        if self.values:
            return "" if width == self.values else f"{count} where {self.values} are due"
        part, word = (self.axes, "axes") if self.axes else (self.samples, "samples")
        return f"{count}, which is no multiple of {part} {word}" if part and width % part else ""


class Lines:
    """Judges the lines of a stream. All that end come out, right or wrong, but for the first one.

    `whole` says that the stream begins where a line begins; else the front of the first line may be missing, so it is
    dropped, which `fragments` counts. `hopeless` says why there is no point in going on, once there is none.
    """

    def __init__(self, shape: Shape, width: int = 0, whole: bool = False) -> None:
        """`width` is the number of values of every line, where that is known."""
        self.fragments = 0
        self.width = width or shape.values
        self.hopeless = ""
        self._shape, self._number, self._right = shape, 0, 0
        self._cutter = _Cutter()
        self._held: list[Line] = []
        self._cut = not whole
        self._gap = False

    def feed(self, data: bytes) -> list[Line]:
        """The lines that can be judged by now."""
        return self._out(line for raw, over in self._cutter.feed(data) for line in self._take(raw, over))

    def broken(self) -> list[Line]:
        """The stream broke off and will go on elsewhere: what there was of a line is none."""
        rest = self._cutter.flush()[0].strip()
        cut, self._cut = self._cut, True
        self._gap = True
        if cut and rest:
            self.fragments += 1
        return [] if cut or not rest else [self._line(rest, "the port went away in the middle of it")]

    def finish(self) -> list[Line]:
        """The stream is over: the lines that still waited. A line under way is dropped."""
        self.fragments += bool(self._cutter.flush()[0].strip())
        held, self._held = self._held, []
        if len(held) == 1 and not self.hopeless:
            self.width = len(held[0].values)
            return self._out(held)
        return [_refused(line, "no other line has as many values") for line in held]

    def _out(self, lines: Iterable[Line]) -> list[Line]:
        """Lines as others see them: one that follows on nothing says so."""
        out = []
        for line in lines:
            out.append(replace(line, missing=SOME) if self._gap and not line.reason else line)
            self._gap = bool(line.reason)
        return out

    def _take(self, raw: bytes, over: bool) -> Iterator[Line]:
        if self.hopeless:
            return
        if self._cut:
            self._cut, self.fragments = over, self.fragments + 1
            return
        line = self._line(raw, "longer than any signal" if over else "")
        if not line.reason and not self.width:
            self._held.append(line)
            yield from self._agreed(len(line.values))
        else:
            self._right += not line.reason
            yield line
        if self._number >= PATIENCE and not self._right:
            said = f"{line.reason}: {shown(raw)[:60]}" if line.reason else "no two have the same number of values"
            self.hopeless = f"{self._number} lines came and none was a signal ({said}); check the speed and the shape"

    def _agreed(self, width: int) -> list[Line]:
        """The lines that waited, once two of them have the same number of values."""
        if sum(len(line.values) == width for line in self._held) < 2:
            return []
        self.width, held, self._held = width, self._held, []
        judged = [_refused(line, self._fit(len(line.values))) for line in held]
        self._right += sum(not line.reason for line in judged)
        return judged

    def _line(self, raw: bytes, reason: str) -> Line:
        self._number += 1
        if reason:
            return Line(self._number, raw, (), reason)
        try:
            values = tuple(values_of(raw))
        except InputError as error:
            return Line(self._number, raw, (), error.what)
        return _refused(Line(self._number, raw, values), self._fit(len(values)))

    def _fit(self, width: int) -> str:
        return Shape(1, self.width).refusal(width) if self.width else self._shape.refusal(width)


def values_of(raw: bytes) -> list[str]:
    """The numbers of a line as they are written; InputError where it holds anything else."""
    if raw.lstrip().startswith(b"#"):
        raise InputError("a remark of the logger", "the line")
    if not raw.isascii() or b"\0" in raw:
        raise InputError("no plain text; the speed may be wrong", "the line")
    spell(raw + b"\n", separator_of(raw), Path("the line"), 1, first=False)
    return _NUMBER.findall(raw.decode("ascii"))


def shown(raw: bytes) -> str:
    """Bytes as one line of text: what cannot be shown is escaped as in Python's strings."""
    return raw.decode("latin-1").encode("unicode_escape").decode("ascii")


def _refused(line: Line, reason: str) -> Line:
    return replace(line, values=(), reason=reason) if reason else line


class _Cutter:
    """Bytes in any pieces to lines. CR, LF and any mix of them end one; blank lines are none.

    Yields the bytes of a line and whether they are a piece of one that is too long.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._over = False

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        first, *others = _ENDS.split(data)
        yield from self._grow(first)
        for piece in others:
            yield from self._end()
            yield from self._grow(piece)

    def flush(self) -> tuple[bytes, bool]:
        """What there is of a line that has not ended, which is forgotten."""
        rest, over = bytes(self._rest), self._over
        self._rest.clear()
        self._over = False
        return rest, over

    def _grow(self, piece: bytes) -> Iterator[tuple[bytes, bool]]:
        self._rest += piece
        while len(self._rest) > LONGEST:
            self._over = True
            yield bytes(self._rest[:LONGEST]), True
            del self._rest[:LONGEST]

    def _end(self) -> Iterator[tuple[bytes, bool]]:
        raw, over = self.flush()
        if raw.strip():
            yield raw, over
