"""What a family's flash looks like (families.toml), cut to the size of one chip."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bitloop.errors import ProbeError

_MICROSECOND, _MILLISECOND = 10**6, 10**9  # picoseconds


@dataclass(frozen=True, slots=True)
class Sector:
    """What is erased at once: first address, bytes, and the picoseconds that takes."""

    address: int
    size: int
    erase: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The flash of one chip. Times are in picoseconds; `banks` are the sectors of each bank in ascending order,
    `reserved` addresses where writes have to be put up with."""

    controller: str
    base: int
    origin: int
    size: int
    banks: tuple[tuple[Sector, ...], ...]
    erased: int
    latency: int
    acr: int
    options: Mapping[int, int]
    program: int
    mass: int
    reserved: tuple[int, ...] = ()

    @staticmethod
    def of(family: str, origin: int, size: int) -> Layout:
        """The flash of `size` bytes at `origin` of a chip of a family; ProbeError if nobody modelled that family."""
        try:
            data = _families()[family]
        except KeyError as error:
            known = ", ".join(sorted(_families()))
            raise ProbeError(f"the virtual bench has no flash for the family {family!r}; it knows {known}") from error
        large = data.get("large", {})
        banks = large if "bank" in large and size > large["over"] else data
        bank = min(int(banks.get("bank", size)), size)
        return Layout(
            str(data["controller"]),
            int(data["base"]),
            origin,
            size,
            tuple(tuple(_sectors(data, first, bank, size)) for first in range(origin, origin + size, bank)),
            int(data["erased"]),
            int(data["latency"]),
            int(data["acr"]),
            {int(offset, 0): int(value) for offset, value in data["options"].items()},
            round(data["program_us"] * _MICROSECOND),
            round(data["mass_ms"] * _MILLISECOND),
            tuple(data.get("reserved", ())),
        )

    def sector(self, address: int) -> Sector | None:
        """The sector an address lies in."""
        for bank in self.banks:
            if bank[0].address <= address < bank[-1].address + bank[-1].size:
                return next(sector for sector in bank if address < sector.address + sector.size)
        return None


def _sectors(data: Mapping[str, Any], first: int, bank: int, flash: int) -> list[Sector]:
    sizes = [size for count, size in data["sectors"] for _ in range(count)]
    if "large" in data and flash > data["large"]["over"]:
        sizes = [int(data["large"]["size"])]
    times = {int(size, 0): value for size, value in data["erase_ms"].items()}
    sectors: list[Sector] = []
    at = first
    while at < first + bank:
        size = sizes[min(len(sectors), len(sizes) - 1)]
        sectors.append(Sector(at, size, round(times[size] * _MILLISECOND)))
        at += size
    return sectors


@cache
def _families() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "families.toml").read_text(encoding="utf-8"))
