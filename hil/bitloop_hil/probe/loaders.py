"""Flash loaders of our own: `loaders.toml` says which chip has which, firmware/flash has the C.

pyOCD knows few chips, and takes the others' flash algorithms from CMSIS-Packs it fetches from the network. A loader
is built from its C when it is first needed, kept like everything that is built, and described to pyOCD as pyOCD
describes its own (`pyocd.flash.flash.Flash`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from elftools.elf.elffile import ELFFile

from bitloop import resources
from bitloop.errors import BuildError
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain

_FUNCTIONS = {
    "pc_init": "Init",
    "pc_unInit": "UnInit",
    "pc_eraseAll": "EraseChip",
    "pc_erase_sector": "EraseSector",
    "pc_program_page": "ProgramPage",
}
_BREAKPOINT = 0xBE00BE00  # two of them: where a function of the loader returns to
_STACK = 512  # bytes; twice what loader.h promises
_ALIGNMENT = 8


@dataclass(frozen=True, slots=True)
class FlashChip:
    """A chip as `loaders.toml` describes it. Sizes in bytes; `debug` has registers and bits to set in them."""

    name: str
    loader: str
    core: str
    origin: int
    size: int
    sector: int
    bank: int
    unit: int
    ram: int
    ram_size: int
    debug: tuple[tuple[int, int], ...]


@cache
def chips() -> Mapping[str, FlashChip]:
    """Every chip with a loader of ours, by pyOCD's name."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: _chip(name, table) for name, table in data.items()}


def build(chip: FlashChip, compiler: str = "zig") -> tuple[bytes, dict[str, int]]:
    """The loader of a chip: its code, which runs anywhere, and where in it each function begins."""
    defines = {"ORIGIN": chip.origin, "SIZE": chip.size, "SECTOR": chip.sector, "BANK": chip.bank}
    flags = Flags("-Os", debug=True, defines=tuple(f"BL_FLASH_{name}={value}u" for name, value in defines.items()))
    room = resources.firmware() / "flash"
    sources = Sources.of(room, f"{chip.loader}.c", "*.h", "loader.ld")
    path = Toolchain(compiler, target(chip.core)).executable(sources, flags, "loader.elf", script="loader.ld")
    with path.open("rb") as file:
        elf = ELFFile(file)
        text, symbols = elf.get_section_by_name(".text"), elf.get_section_by_name(".symtab")
        found = {name: symbols.get_symbol_by_name(name) for name in _FUNCTIONS.values()}
        if missing := [name for name, symbol in found.items() if not symbol]:
            raise BuildError(f"the flash loader firmware/flash/{chip.loader}.c has no function {missing[0]}")
        return bytes(text.data()), {name: int(symbol[0]["st_value"]) & ~1 for name, symbol in found.items()}


def algorithm(chip: FlashChip) -> dict[str, Any]:
    """The loader as pyOCD wants it described: code, stack and buffer from the beginning of the chip's RAM on."""
    code, functions = build(chip)
    words = [_BREAKPOINT, *(int.from_bytes(code[at : at + 4], "little") for at in range(0, len(code), 4))]
    first = chip.ram + 4
    bottom = _up(chip.ram + 4 * len(words))
    top = bottom + _STACK
    if top + chip.sector > chip.ram + chip.ram_size:
        raise BuildError(f"the flash loader of {chip.name} does not fit into {chip.ram_size} bytes of RAM")
    return {
        "load_address": chip.ram,
        "instructions": words,
        **{key: first + functions[name] | 1 for key, name in _FUNCTIONS.items()},
        "static_base": bottom,
        "begin_stack": top,
        "end_stack": bottom,
        "page_buffers": [top],
        "min_program_length": chip.unit,
        "analyzer_supported": False,
    }


def _chip(name: str, table: Mapping[str, Any]) -> FlashChip:
    flash, ram = table["flash"], table["ram"]
    return FlashChip(
        name,
        table["loader"],
        table["core"],
        flash["origin"],
        flash["size"],
        flash["sector"],
        flash["bank"],
        flash["unit"],
        ram["origin"],
        ram["size"],
        tuple((address, bits) for address, bits in table["debug"]),
    )


def _up(address: int) -> int:
    return -(-address // _ALIGNMENT) * _ALIGNMENT
