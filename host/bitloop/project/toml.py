"""The little TOML a project writes: strings, booleans, numbers and lists of them, in tables and arrays of tables."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bitloop.errors import ProjectError

Value = str | bool | int | float | list[int] | list[str]


def table(rows: Mapping[str, Value]) -> str:
    """Lines `key = value`; the keys are ours and need no quotes."""
    return "".join(f"{key} = {_value(value)}\n" for key, value in rows.items())


def tables(name: str, items: Iterable[Mapping[str, Value]]) -> str:
    """An array of tables, a blank line between them."""
    return "\n".join(f"[[{name}]]\n{table(rows)}" for rows in items)


def load(path: Path) -> dict[str, Any]:
    """The file's content; ProjectError names the file, and TOML's own message the line and column."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"{path} is not valid TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} cannot be read ({error})") from error


def field(data: Mapping[str, Any], key: str, kind: type, path: Path) -> Any:
    """A field of the wanted type, or a ProjectError that says which is missing or wrong."""
    value = data.get(key)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        words = {str: "a string", int: "a whole number", bool: "true or false", float: "a number", list: "a list"}
        raise ProjectError(f"{path}: the field {key!r} has to be {words[kind]}; repair it")
    return value


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)
