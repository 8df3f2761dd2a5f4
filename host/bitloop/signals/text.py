"""Reading `.csv` and `.txt` files of signals, one per line, as any logger or spreadsheet writes them.

Values are separated by commas, semicolons, tabs or spaces, found out from the first line. A byte order mark, any mix
of line ends, blank lines and trailing separators are fine. Everything else that is not a plain decimal number is
refused with its line and column.

Decimal numbers are rounded correctly to binary64 and from there to binary32: that, and not a direct rounding, is the
contract, because it is what every other program that writes a float from text does.

The whole file is scanned as bytes by NumPy and parsed by polars. Only when that finds something odd does a slow and
careful reader take over, which names the fault or, if there is none, returns the values.
"""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import InputError
from bitloop.signals.table import Table

_NUMBER, _BLANK, _HARD, _END = 1, 2, 4, 8


def read(path: Path) -> Table:
    """Every number of the file. InputError says what is wrong and where."""
    data = _text(path.read_bytes(), path)
    table = _fast(data)
    return _careful(data, path) if table is None else table


def _text(data: bytes, path: Path) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("the file is UTF-16; save it as UTF-8 or plain ASCII text", path)
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise InputError("there are zero bytes, so this is no text file; export it as CSV", path, line)
    return data


def _kinds() -> NDArray[np.uint8]:
    kinds = np.zeros(256, dtype=np.uint8)
    for characters, kind in (("0123456789+-.eE", _NUMBER), (" \t", _BLANK), (",;", _HARD), ("\r\n", _END)):
        kinds[list(characters.encode())] = kind
    return kinds


def _fast(data: bytes) -> Table | None:
    """The values, or None where anything is not exactly as it should be."""
    raw = np.frombuffer(data, dtype=np.uint8)
    kinds = _kinds()[raw]
    if not len(raw) or not kinds.all():
        return None
    number = kinds == _NUMBER
    starts = np.flatnonzero(number & ~np.concatenate(([False], number[:-1])))
    if not len(starts):
        return None
    ends = np.flatnonzero(kinds == _END)
    counts = np.diff(np.searchsorted(starts, ends), prepend=0, append=len(starts))
    width = int(counts.max())
    if not np.isin(counts, (0, width)).all() or not _separated(raw, kinds, starts, ends, width):
        return None
    values = _parse(raw, number)
    if values is None or len(values) != len(starts):
        return None
    return Table(values.reshape(-1, width), _line_numbers(raw, ends, counts))


def _separated(
    raw: NDArray[np.uint8], kinds: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], width: int
) -> bool:
    """Whether commas or semicolons stand where they should: one between values, at most one behind the last."""
    hard = np.flatnonzero(kinds == _HARD)
    if not len(hard):
        return True
    before = np.searchsorted(hard, starts).reshape(-1, width)
    line_start = np.concatenate(([0], ends))[np.searchsorted(ends, starts[::width])]
    line_end = np.append(ends, len(raw))[np.searchsorted(ends, starts[::width])]
    none_leading = (before[:, 0] == np.searchsorted(hard, line_start)).all()
    one_between = (np.diff(before, axis=1) == 1).all()
    behind = np.searchsorted(hard, line_end) - before[:, -1]
    in_lines = (np.searchsorted(hard, line_end) - before[:, 0]).sum() == len(hard)
    one_kind = bool((raw[hard] == raw[hard[0]]).all())
    return bool(none_leading and one_between and (behind <= 1).all() and in_lines and one_kind)


def _parse(raw: NDArray[np.uint8], number: NDArray[np.bool_]) -> NDArray[np.float32] | None:
    import polars as pl

    following = np.concatenate((number[1:], [False]))
    flat = np.where(number, raw, np.uint8(ord("\n")))[number | following]
    if flat[0] == ord("\n"):
        flat = flat[1:]
    try:
        frame = pl.read_csv(io.BytesIO(flat.tobytes()), has_header=False, schema={"value": pl.Float64})
    except pl.exceptions.PolarsError:
        return None
    return _to_float32(frame["value"].to_numpy())


def _to_float32(values: NDArray[np.float64]) -> NDArray[np.float32] | None:
    with np.errstate(over="ignore"):
        rounded = values.astype(np.float32)
    return rounded if np.isfinite(rounded).all() else None


def _line_numbers(raw: NDArray[np.uint8], ends: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """A line end is CR LF, LF or CR; an end that is only the CR of a CR LF begins no line."""
    following = np.append(raw, 0)[ends + 1]
    counted = ~((raw[ends] == ord("\r")) & (following == ord("\n")))
    numbers = np.concatenate(([1], 1 + np.cumsum(counted)))
    return numbers[counts > 0].astype(np.int64)


def _careful(data: bytes, path: Path) -> Table:
    """Line by line, value by value, as written by a person: raises InputError at the first fault."""
    texts = [(number, line) for number, line in enumerate(_decode(data, path), 1) if line.strip()]
    separator = next((found for _, line in texts if (found := _separator(line.strip()))), " ")
    rows = [_fields(line, separator, path, number, first=row == 0) for row, (number, line) in enumerate(texts)]
    lines = [number for number, _ in texts]
    _same_width(rows, lines, path)
    values = np.array(rows, dtype=np.float64).astype(np.float32) if rows else np.empty((0, 0), dtype=np.float32)
    return Table(values, np.array(lines, dtype=np.int64))


def _decode(data: bytes, path: Path) -> list[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            "the line is not UTF-8 text; export the file as CSV with plain numbers", path, line
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _separator(line: str) -> str:
    return next((separator for separator in ";,\t " if separator in line), "")


def _fields(line: str, separator: str, path: Path, number: int, first: bool) -> list[float]:
    if separator in " \t":
        texts = line.split()
    else:
        texts = [text.strip(" \t") for text in line.strip(" \t").split(separator)]
        if texts[-1] == "":
            texts.pop()
    return [_value(text, path, number, column, first) for column, text in enumerate(texts, 1)]


def _value(text: str, path: Path, line: int, column: int, first: bool) -> float:
    if text == "":
        raise InputError("a value is missing between separators; fill it in or delete the line", path, line, column)
    plain = text.isascii() and "_" not in text
    try:
        value = float(text) if plain else None
    except ValueError:
        value = None
    if value is None:
        raise InputError(_not_a_number(text, first), path, line, column)
    if value != value or text.lstrip("+-")[:1] in "iInN":
        raise InputError(f"{_shown(text)} is no usable value; delete the line or repair it", path, line, column)
    with np.errstate(over="ignore"):
        if not np.isfinite(np.float32(value)):
            raise InputError(f"{_shown(text)} is beyond the range of a 32-bit float (3.4e38)", path, line, column)
    return value


def _not_a_number(text: str, first: bool) -> str:
    if "," in text and text.replace(",", "", 1).lstrip("+-").isdigit():
        return f"{_shown(text)} has a decimal comma; write a decimal point"
    if " " in text or "\t" in text:
        return f"{_shown(text)} is not one number; use one separator throughout, and the point for decimals"
    if first and any(c.isalpha() for c in text):
        return f"{_shown(text)} is not a number; if this line is a header, delete it"
    return f"{_shown(text)} is not a number; repair it or delete the line"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 24 else text[:23] + "…")


def _same_width(rows: list[list[float]], lines: list[int], path: Path) -> None:
    widths = Counter(map(len, rows))
    if len(widths) < 2:
        return
    usual = widths.most_common(1)[0][0]
    row = next(i for i, values in enumerate(rows) if len(values) != usual)
    advice = "repair or delete it"
    if row in (0, len(rows) - 1):
        advice = "delete it: the recording seems to begin or end in the middle of a signal"
    count = f"{len(rows[row])} value{'s' * (len(rows[row]) != 1)}"
    raise InputError(f"the line has {count} where the others have {usual}; {advice}", path, lines[row])
