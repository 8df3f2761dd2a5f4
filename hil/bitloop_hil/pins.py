"""Pins and clock bits of a microcontroller, as every section of a board file names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bitloop_hil.fields import Fields

_PIN = re.compile(r"P([A-K])(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Enable:
    """The bit that gives a peripheral its clock: a register of the RCC and the bit's number."""

    register: int
    bit: int


@dataclass(frozen=True, slots=True)
class Pin:
    """A pin: its name (`PB6`), the address of its port, and the alternate function (0 on the F1, and of outputs)."""

    name: str
    port: int
    alternate: int
    enable: Enable

    @property
    def number(self) -> int:
        """Number within its port."""
        return int(self.name[2:])


def read_enable(fields: Fields, data: Mapping[str, Any], name: str = "enable") -> Enable:
    """A field of a table that is a register and a bit of it; BuildError names what is wrong."""
    table = fields.take(data, name, dict)
    fields.only(table, {"register", "bit"}, name)
    return Enable(fields.register(table, "register"), fields.number(table, "bit", 0, 31))


def read_pin(fields: Fields, data: Mapping[str, Any], name: str, where: str, *, output: bool = False) -> Pin:
    """The pin `name` of the table `where`; one that is an `output` has no alternate function. BuildError if wrong."""
    table = fields.take(data, name, dict)
    fields.only(table, {"pin", "port", "enable"} | (set() if output else {"alternate"}), f"{where}.{name}")
    pin = fields.take(table, "pin", str)
    found = _PIN.fullmatch(pin)
    if found is None or int(found[2]) > 15:
        raise fields.wrong(f"{where}.{name}.pin = {pin!r} is no pin; it reads like PA0 to PK15")
    alternate = 0 if output else fields.number(table, "alternate", 0, 15)
    return Pin(pin, fields.register(table, "port"), alternate, read_enable(fields, table))
