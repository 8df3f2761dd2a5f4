"""A family of chips as data: `families/<name>.toml`, with what its parts do differently laid over it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bitloop.errors import BuildError
from bitloop_hil.benches.virtual.devices.clock_tree import read_tree
from bitloop_hil.benches.virtual.devices.limits import Scale
from bitloop_hil.benches.virtual.devices.pwr import PwrTable
from bitloop_hil.benches.virtual.devices.rcc import RccTable
from bitloop_hil.benches.virtual.devices.registers import Field


@dataclass(frozen=True, slots=True)
class Block:
    """A device of plain registers."""

    name: str
    base: int
    size: int
    reset_values: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Family:
    """Everything `board_devices` needs of a part. Sections not worth a class of their own stay tables."""

    rcc: RccTable
    rcc_base: int
    pwr: PwrTable | None
    pwr_base: int
    scales: tuple[Scale, ...]
    blocks: tuple[Block, ...]
    gpio: Mapping[str, Any]
    dma: Mapping[str, Any]
    usart: Mapping[str, Any]
    crc: Mapping[str, Any]
    iwdg: Mapping[str, Any]
    identity: Mapping[str, Any]
    ports: str
    dbgmcu: int
    idcode: int
    boost: Field | None
    remaps: Mapping[str, Field]
    timers: Mapping[str, int]
    adc: Mapping[str, Any]
    dfsdm: Mapping[str, Any]


@cache
def family(name: str, part: str) -> Family:
    """The tables of a part; BuildError if family or part are unknown, or a table is wrong."""
    file = resources.files(__package__) / "families" / f"{name}.toml"
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError(f"the virtual bench has no tables for the family {name!r} ({error})") from error
    parts = data.pop("parts", {})
    if part not in parts:
        raise BuildError(f"the virtual bench does not know {part}; family {name} has {', '.join(sorted(parts))}")
    try:
        return _read(_laid_over(data, parts[part]))
    except (KeyError, TypeError, BuildError) as error:
        raise BuildError(f"families/{name}.toml for {part}: {error}") from error


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(below)
    for key, value in above.items():
        old = both.get(key)
        both[key] = _laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both


def _read(data: Mapping[str, Any]) -> Family:
    pwr = data.get("pwr")
    return Family(
        _rcc(data["rcc"]),
        data["rcc"]["base"],
        _pwr(pwr) if pwr else None,
        pwr["base"] if pwr else 0,
        tuple(_scale(table) for table in data["scales"]),
        tuple(_block(table) for table in data.get("blocks", ())),
        data["gpio"],
        data["dma"],
        data.get("usart", {}),
        data["crc"],
        data["iwdg"],
        data["identity"],
        data["ports"],
        data["dbgmcu"],
        data["idcode"],
        Field(*data["boost"]) if "boost" in data else None,
        {name: Field(*place) for name, place in data["gpio"].get("remaps", {}).items()},
        data.get("timers", {}),
        data.get("adc", {}),
        data.get("dfsdm", {}),
    )


def _rcc(data: Mapping[str, Any]) -> RccTable:
    registers: Mapping[str, int] = data["registers"]
    enables = {name: Field.parse(text, registers) for name, text in data["enables"].items()}
    resets = {
        name: Field.parse(text.replace("ENR", "RSTR"), registers)
        for name, text in data["enables"].items()
        if text.partition("[")[0].replace("ENR", "RSTR") in registers
    }
    return RccTable(
        read_tree(data, registers),
        {registers[name]: value for name, value in data["reset"].items()},
        enables,
        resets,
        Field.parse(data["flags"], registers),
        Field.parse(data["clear_flags"], registers),
    )


def _pwr(data: Mapping[str, Any]) -> PwrTable:
    registers: Mapping[str, int] = data["registers"]

    def field(name: str) -> Field | None:
        return Field.parse(data[name], registers) if name in data else None

    return PwrTable(
        reset_values={registers[name]: value for name, value in data.get("reset", {}).items()},
        microseconds=data.get("microseconds", 0),
        voltage=field("voltage"),
        changing=field("changing"),
        ready=field("ready"),
        needs=data.get("needs", ""),
        actual=field("actual"),
        actual_ready=field("actual_ready"),
        supply=field("supply"),
        overdrive=field("overdrive"),
        follow=tuple((Field.parse(a, registers), Field.parse(b, registers)) for a, b in data.get("follow", ())),
    )


def _scale(data: Mapping[str, Any]) -> Scale:
    return Scale(
        data.get("value", 0), data.get("title", ""), data["limits"], tuple(data["waits"]), data.get("overdrive", {})
    )


def _block(data: Mapping[str, Any]) -> Block:
    words = {int(offset, 16): value for offset, value in data.get("reset", {}).items()}
    return Block(data["name"], data["base"], data.get("size", 0x400), words)
