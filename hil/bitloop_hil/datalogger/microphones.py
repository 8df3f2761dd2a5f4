"""Microphones of one bit as data: one TOML file each in firmware/microphones/, written from the data sheet.

title = "ST MP34DT01-M microphone"
clock_hz = [1_000_000, 3_250_000]   the clock it works with
sensitivity = -26                   dB of full scale, a sine's of amplitude 1, at 94 dB of sound pressure
startup_ms = 10                     from the first clock until its bits are good
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from bitloop import resources
from bitloop_hil.fields import read_file

_STATED_AT = 94
_QUIETEST = 20e-6  # pascals, root mean square, at 0 dB of sound pressure


@dataclass(frozen=True, slots=True)
class Microphone:
    """A kind of microphone; `lowest` and `highest` clock in Hz."""

    name: str
    title: str
    lowest: int
    highest: int
    sensitivity: int
    startup_ms: int

    @property
    def full_scale(self) -> float:
        """Pascals at which its bits are all 1: the amplitude of a sine of 0 dB of full scale."""
        return math.sqrt(2) * _QUIETEST * 10 ** ((_STATED_AT - self.sensitivity) / 20)

    def step(self, full: Fraction) -> Fraction:
        """Pascals a count, in whole nanopascals, where bits that are all 1 count `full`."""
        return Fraction(round(self.full_scale / float(full) * 10**9), 10**9)


@cache
def microphone_names() -> tuple[str, ...]:
    """Every microphone there is a table for."""
    return tuple(sorted(path.stem.upper() for path in _folder().glob("*.toml")))


@cache
def microphone(name: str) -> Microphone:
    """The microphone of that name, in either case; there has to be one."""
    return load_microphone(_folder() / f"{name.lower()}.toml")


def load_microphone(path: Path) -> Microphone:
    """Read and check a microphone's table; BuildError names the file and the field at fault."""
    fields, data = read_file(path, "microphone")
    fields.only(data, {"title", "clock_hz", "sensitivity", "startup_ms"}, "the file")
    match fields.take(data, "clock_hz", list):
        case [int(lowest), int(highest)] if 0 < lowest <= highest:
            clock = lowest, highest
        case other:
            raise fields.wrong(f"clock_hz = {other!r} has to be two numbers: the lowest and the highest clock in Hz")
    sensitivity = fields.take(data, "sensitivity", int)
    if not -60 <= sensitivity <= 0:
        raise fields.wrong(f"sensitivity = {sensitivity} has to be -60 to 0 dB of full scale")
    return Microphone(
        path.stem.upper(),
        fields.take(data, "title", str),
        *clock,
        sensitivity,
        fields.number(data, "startup_ms", 0, 1000),
    )


def _folder() -> Path:
    return resources.firmware() / "microphones"
