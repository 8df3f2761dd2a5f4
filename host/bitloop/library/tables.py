"""Numbers and strings as C text: exact, and laid out to be read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError

_WIDTH = 110
_TYPES = {
    "float32": "float",
    "uint8": "uint8_t",
    "uint16": "uint16_t",
    "uint32": "uint32_t",
    "int8": "int8_t",
    "int16": "int16_t",
    "int32": "int32_t",
}


def c_type(values: NDArray[Any]) -> str:
    """The C type of an array's elements."""
    found = _TYPES.get(values.dtype.name)
    if found is None:
        raise LibraryError(f"a table of type {values.dtype} has no place in a library")
    return found


def c_float(value: float | np.float32) -> str:
    """The shortest decimal that reads back as exactly this float32, with the suffix f."""
    number = np.float32(value)
    if not np.isfinite(number):
        raise LibraryError(f"{number} cannot be a constant of a library")
    if number == 0.0 or 1e-4 <= abs(number) < 2e7:
        return f"{np.format_float_positional(number, unique=True, trim='0')}f"
    return f"{np.format_float_scientific(number, unique=True, trim='0', exp_digits=1)}f"


def c_number(value: Any) -> str:
    """An element of a table."""
    return c_float(value) if isinstance(value, np.floating) else str(int(value))


def braced(values: NDArray[Any]) -> str:
    """An initialiser: on the line of its declaration if it is short, else one row of the table a line."""
    lines = rows(values)
    if len(lines) == 1 and len(lines[0]) < _WIDTH // 2:
        return "{" + lines[0].removesuffix(",") + "}"
    return "{\n" + "".join(f"    {line}\n" for line in lines) + "}"


def rows(values: NDArray[Any]) -> list[str]:
    """Lines of an initialiser: each row of a matrix begins a new one, and none is too wide."""
    lines: list[str] = []
    for row in values.reshape(-1, values.shape[-1]) if values.ndim > 1 else [values]:
        lines += _wrap(c_number(value) for value in row)
    return lines


def c_string(text: str) -> str:
    """A C string literal with these UTF-8 bytes; also safe inside a comment and against trigraphs."""
    safe = "".join(_escaped(byte) for byte in text.encode("utf-8"))
    return f'"{safe}"'


def c_comment(text: str) -> str:
    """Text that may stand inside a block comment: one line of printable ASCII without its end."""
    plain = "".join(char if " " <= char <= "~" else "?" for char in text)
    return plain.replace("*/", "* /").replace("/*", "/ *")


def statement(text: str) -> str:
    """A statement as a kernel emits it, ended and wrapped; its further lines keep their indentation."""
    first, *more = (text if text.endswith((";", "}")) else f"{text};").split("\n")
    return "\n".join([_fill(first, ""), *(_fill(line.lstrip(" "), " " * (4 + _indent(line))) for line in more)])


def _fill(line: str, indent: str) -> str:
    """A line after its indentation, and what does not fit it four columns further in than a line of a function."""
    further = (indent or " " * 4) + " " * 4
    return textwrap.fill(
        line,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _escaped(byte: int) -> str:
    char = chr(byte)
    if char in '"\\':
        return f"\\{char}"
    return char if char.isascii() and char.isprintable() and char not in "?*" else f"\\{byte:03o}"


def _wrap(items: Iterable[str]) -> list[str]:
    text = ", ".join(items) + ","
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
