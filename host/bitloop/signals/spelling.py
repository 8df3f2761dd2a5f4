"""A few lines of text, value by value, as a person would read them: names the fault, or finds that there is none."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from bitloop.errors import InputError
from bitloop.signals.scan import Scan, rounded

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_UNUSABLE = re.compile(r"[+-]?(nan|inf|infinity|na|n/a|null|none)", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+", re.ASCII)
_BLANKS = re.compile(r"[ \t]+")
_SEPARATORS = re.compile(r"[ \t]*[,;][ \t]*|[ \t]+")
_SHOWN = 24


def spell(data: bytes, separator: bytes, path: Path, line: int, first: bool) -> Scan:
    """The numbers of whole lines that end with LF; InputError at the first fault.

    `line` is the number of the first of them, and `first` says whether the file's first signal is among them.
    """
    texts = data.removesuffix(b"\n").split(b"\n")
    rows: list[list[float]] = []
    places: list[int] = []
    for place, text in enumerate(texts):
        fields = _fields(_decoded(text, path, line + place), separator.decode())
        if fields:
            top = first and not rows
            rows.append([_value(field, path, line + place, at, top) for at, field in enumerate(fields, 1)])
            places.append(place)
    values = rounded(np.array([value for row in rows for value in row], dtype=np.float64))
    if values is None:
        raise AssertionError("every value was looked at")
    return Scan(values, np.array([len(row) for row in rows], dtype=np.int64), np.array(places, np.int64), len(texts))


def is_number(text: str) -> bool:
    """Whether it is a plain decimal number."""
    return _NUMBER.fullmatch(text) is not None


def _decoded(text: bytes, path: Path, line: int) -> str:
    if b"\0" in text:
        raise InputError("there are zero bytes, so this is no text file; export it as CSV", path, line)
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        what = "the line is not UTF-8 text; export the file as CSV with plain numbers"
        raise InputError(what, path, line) from error


def _fields(text: str, separator: str) -> list[str]:
    """What stands between the separators; nothing in a blank line, and nothing behind a trailing separator."""
    text = text.strip(" \t")
    if not text:
        return []
    if separator in " \t":
        return _BLANKS.split(text)
    fields = [field.strip(" \t") for field in text.split(separator)]
    return fields[:-1] if fields[-1] == "" else fields


def _value(text: str, path: Path, line: int, column: int, top: bool) -> float:
    if text == "":
        raise InputError("a value is missing between separators; fill it in or delete the line", path, line, column)
    if not is_number(text):
        raise InputError(_not_a_number(text, top), path, line, column)
    value = float(text)
    with np.errstate(over="ignore", under="ignore"):
        if not np.isfinite(np.float32(value)):
            what = f"{_shown(text)} is beyond the range of a 32-bit float (3.4e38); repair it or delete the line"
            raise InputError(what, path, line, column)
    return value


def _not_a_number(text: str, top: bool) -> str:
    if _UNUSABLE.fullmatch(text):
        return f"{_shown(text)} is no usable value; delete the line or repair it"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"{_shown(text)} has a decimal comma; write a decimal point"
    if top and any(c.isalpha() for c in text):
        return f"{_shown(text)} is not a number; if this line is a header, delete it"
    if text[0] in "\"'":
        return f"{_shown(text)} stands in quotation marks; export the file without them"
    if all(map(is_number, _SEPARATORS.split(text))):
        return f"{_shown(text)} is more than one number; use one separator throughout, and the point for decimals"
    return f"{_shown(text)} is not a number; repair it or delete the line"


def _shown(text: str) -> str:
    return ascii(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "...")
