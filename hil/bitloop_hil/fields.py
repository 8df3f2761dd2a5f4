"""Fields of a board file, each checked where it is taken; BuildError names the file and the field."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitloop.errors import BuildError

_UNITS = {"K": 1 << 10, "M": 1 << 20}


@dataclass(frozen=True, slots=True)
class Region:
    """A piece of memory: first address and bytes."""

    origin: int
    size: int

    @property
    def end(self) -> int:
        """First address behind it."""
        return self.origin + self.size


def read_file(path: Path, kind: str = "board") -> tuple[Fields, dict[str, Any]]:
    """What takes the fields of a TOML file that describes a `kind`, and its content; BuildError names the file."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError(f"{kind} file {path} cannot be read ({error})") from error
    return Fields(path, kind), data


class Fields:
    """Takes checked fields from the tables of one file."""

    def __init__(self, path: Path, kind: str = "board") -> None:
        """`kind` is what the file describes, for messages."""
        self._path, self._kind = path, kind

    def region(self, data: Mapping[str, Any], name: str, where: str) -> Region:
        """A memory in whole KiB within 4 GiB."""
        region = self.take(data, name, dict)
        self.only(region, {"origin", "size"}, f"{where}.{name}")
        origin, size = self.take(region, "origin", int), self.size(region, "size")
        if origin < 0 or size <= 0 or origin + size > 1 << 32 or origin % 1024 or size % 1024:
            raise self.wrong(f"{where}.{name} has to lie within 4 GiB, in whole KiB")
        return Region(origin, size)

    def size(self, data: Mapping[str, Any], name: str) -> int:
        """Bytes, given as a number or as "64K" or "1M"."""
        value = data.get(name)
        if isinstance(value, str) and value[:-1].isdigit() and value[-1:] in _UNITS:
            return int(value[:-1]) * _UNITS[value[-1]]
        return self.count(data, name)

    def count(self, data: Mapping[str, Any], name: str) -> int:
        """A positive number."""
        value: int = self.take(data, name, int)
        if value <= 0:
            raise self.wrong(f"{name} = {value} has to be positive")
        return value

    def number(self, data: Mapping[str, Any], name: str, low: int, high: int) -> int:
        """A number from low to high."""
        value: int = self.take(data, name, int)
        if not low <= value <= high:
            raise self.wrong(f"{name} = {value} has to be {low} to {high}")
        return value

    def register(self, data: Mapping[str, Any], name: str) -> int:
        """The address of a 32-bit register of a peripheral."""
        value: int = self.take(data, name, int)
        if not 0x40000000 <= value < 0x60000000 or value % 4:
            raise self.wrong(f"{name} = 0x{value:X} is no address of a peripheral's register")
        return value

    def one_of(self, data: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
        """One of the known words."""
        value: str = self.take(data, name, str)
        if value not in known:
            raise self.wrong(f"{name} = {value!r} is unknown; choose one of {', '.join(known)}")
        return value

    def take(self, data: Mapping[str, Any], name: str, kind: type) -> Any:
        """A field of a type."""
        value = data.get(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.wrong(f"{name} is missing or not of type {kind.__name__}")
        return value

    def only(self, data: Mapping[str, Any], known: set[str], where: str) -> None:
        """Refuses fields nobody knows: they are misspelt."""
        if extra := sorted(set(data) - known):
            raise self.wrong(f"{where} has the unknown field {extra[0]!r}")

    def wrong(self, what: str) -> BuildError:
        """The error that says what is wrong, and where."""
        return BuildError(f"{self._kind} file {self._path}: {what}")
