"""JSON that somebody else wrote: bounded in size, no key twice, every field of the type and range that is wanted."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from bitloop.errors import InputError

MAX_BYTES = 4 << 20
"""The description of the largest of ST's boards takes 30 kB."""
_LONGEST = 80
_ADVICE = "copy the acquisition from the board again"


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """One JSON object and where it stands; each method raises InputError unless the field is as it has to be."""

    data: dict[str, Any]
    path: Path
    place: str = ""

    def has(self, key: str) -> bool:
        """Whether the field is there and not null."""
        return self.data.get(key) is not None

    def fields(self, key: str) -> Fields:
        """An object."""
        value = self.data.get(key)
        if not isinstance(value, dict):
            self.refuse(key, "an object")
        return Fields(value, self.path, self._at(key))

    def items(self, key: str, most: int) -> tuple[Fields, ...]:
        """A list of up to `most` objects."""
        value = self._list(key, most)
        if not all(isinstance(item, dict) for item in value):
            self.refuse(key, "a list of objects")
        return tuple(Fields(item, self.path, f"{self._at(key)}[{n}]") for n, item in enumerate(value))

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        """A list of up to `most` short strings."""
        value = self._list(key, most)
        if not all(_short(item) for item in value):
            self.refuse(key, "a list of short strings")
        return tuple(value)

    def text(self, key: str) -> str:
        """A short string of printable characters."""
        value = self.data.get(key)
        if not isinstance(value, str) or not _short(value):
            self.refuse(key, "a short string")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.refuse(key, f"a whole number from {low} to {high}")
        return value

    def number(self, key: str, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.refuse(key, f"a number from {low:g} to {high:g}")
        return float(value)

    def flag(self, key: str) -> bool:
        """true or false."""
        value = self.data.get(key)
        if not isinstance(value, bool):
            self.refuse(key, "true or false")
        return value

    def refuse(self, key: str, wanted: str) -> NoReturn:
        """Raise InputError: the field has to be what is wanted."""
        place = "".join(c if c.isprintable() else "?" for c in self._at(key))
        shown = place if len(place) <= _LONGEST else f"…{place[-_LONGEST:]}"
        raise InputError(f"the field {shown} has to be {wanted}; {_ADVICE}", self.path)

    def _list(self, key: str, most: int) -> list[Any]:
        value = self.data.get(key)
        if not isinstance(value, list) or len(value) > most:
            self.refuse(key, f"a list of at most {most}")
        return value

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key


def read_json(path: Path) -> Fields:
    """The object in the file; InputError where it is none, is too large or deep, has a key twice, NaN or infinity."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror}); check that it is a file of yours", path) from error
    if len(content) > MAX_BYTES:
        raise InputError(f"it has more than {MAX_BYTES} bytes, far more than any board writes; {_ADVICE}", path)
    # the firmware writes the string's end into the file
    content = content.removesuffix(b"\0")
    try:
        text = content.decode("utf-8-sig")
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise InputError(f"it is no JSON ({error.msg}); {_ADVICE}", path, error.lineno, error.colno) from error
    except RecursionError as error:
        raise InputError(f"its JSON is nested deeper than any board writes; {_ADVICE}", path) from error
    except ValueError as error:
        raise InputError(f"its JSON is refused ({_reason(error)}); {_ADVICE}", path) from error
    if not isinstance(data, dict):
        raise InputError(f"its JSON is no object; {_ADVICE}", path)
    return Fields(data, path)


def _short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 128 and value.isprintable()


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:40]!r} stands in one object twice")
        found[key] = value
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is beyond every float")
    return value


def _reason(error: ValueError) -> str:
    """Python's own words for what it refuses are of no use to the user."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    text = str(error)
    return "a whole number has thousands of digits" if "set_int_max_str_digits" in text else text
